import type { Response } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Database } from './database.ts'
import type { VersionState } from './model-version-rows.ts'
import { query } from './query.ts'

type Lineage = Response<'getModelVersionLineage'>

interface RunRow {
  readonly id: number
  readonly run_id: string
  readonly run_name: string
  readonly experiment_id: number
  readonly experiment_name: string
  readonly status: string
  readonly user_id: string
  readonly lifecycle_stage: string
}

const runOf = query<{ uuid: string }, RunRow>(
  (p) => sql`select r.id, r.uuid as run_id, r.name as run_name, r.experiment_id, e.name as experiment_name, r.status,
      r.user_id, r.lifecycle_stage
    from runs r join experiments e on e.id = r.experiment_id where r.uuid = ${p.uuid}`,
)

/** The tags in which MLflow's clients say what code made a run. */
const codeTags = {
  source_name: 'mlflow.source.name',
  git_commit: 'mlflow.source.git.commit',
  git_branch: 'mlflow.source.git.branch',
  git_repository: 'mlflow.source.git.repoURL',
} as const

const tagsOf = query<{ run: number; names: readonly string[] }, { name: string; value: string }>(
  (p, engine) => sql`select n.name, t.value from tags t join names n on n.id = t.name_id
    where t.run_id = ${p.run} and ${engine.among(sql`n.name`, p.names)}`,
)

const loggedModelOf = query<{ uuid: string }, { id: number; model_id: string; name: string; artifact_uri: string }>(
  (p) => sql`select id, uuid as model_id, name, artifact_uri from logged_models where uuid = ${p.uuid}`,
)

interface DatasetRow {
  readonly name: string
  readonly digest: string
  readonly source_type: string
  readonly source: string
  readonly schema: string | null
  readonly profile: string | null
  readonly context: string | null
}

const isContext = sql`t.key = 'mlflow.data.context'`

const datasetsOf = query<{ run: number; model: number }, DatasetRow>(
  // What the run used, and what the logged model was measured on, be it by other runs.
  (p) => sql`
    select d.id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile, used.context
    from (
      select i.dataset_id, t.value as context
      from run_datasets i left join run_dataset_tags t on ${isContext} and t.dataset_id = i.dataset_id
        and t.run_id = i.run_id
      where i.run_id = ${p.run}
      union
      select d.id, t.value from (
        select distinct run_id, dataset_name, dataset_digest from logged_model_metrics
        where model_id = ${p.model} and dataset_name <> ''
      ) v
      join runs r on r.id = v.run_id
      join datasets d
        on d.experiment_id = r.experiment_id and d.name = v.dataset_name and d.digest = v.dataset_digest
      left join run_dataset_tags t on ${isContext} and t.dataset_id = d.id and t.run_id = r.id
    ) used
    join datasets d on d.id = used.dataset_id
    order by d.id, context`,
)

const versionOf = query<{ id: number }, { name: string; version: number }>(
  (p) => sql`select m.name, v.version from model_versions v join registered_models m on m.id = v.model_id
    where v.id = ${p.id}`,
)

/** What a version was made from. What is not known here, such as another server's run, is left out; what is deleted not. */
export async function readLineage(database: Database, version: VersionState): Promise<Lineage> {
  const { run_uuid, model_uuid, source_version_id } = version
  const run = run_uuid === '' ? undefined : await database.first(runOf, { uuid: run_uuid })
  const model = model_uuid === '' ? undefined : await database.first(loggedModelOf, { uuid: model_uuid })
  const source = source_version_id === null ? undefined : await database.first(versionOf, { id: source_version_id })
  const datasets = await database.all(datasetsOf, { run: run?.id ?? 0, model: model?.id ?? 0 })
  return {
    run: run && toRun(run),
    code: run && (await readCode(database, run.id)),
    logged_model: model && { model_id: model.model_id, name: model.name, artifact_uri: model.artifact_uri },
    datasets: datasets.map(toDataset),
    source_version: source && { name: source.name, version: String(source.version) },
  }
}

function toRun(row: RunRow): Lineage['run'] {
  return {
    run_id: row.run_id,
    run_name: row.run_name,
    experiment_id: String(row.experiment_id),
    experiment_name: row.experiment_name,
    status: row.status,
    user_id: row.user_id || undefined,
    lifecycle_stage: row.lifecycle_stage,
  }
}

async function readCode(database: Database, run: number): Promise<Lineage['code']> {
  const rows = await database.all(tagsOf, { run, names: Object.values(codeTags) })
  if (rows.length === 0) return undefined
  const values = new Map(rows.map(({ name, value }) => [name, value]))
  const fields = Object.entries(codeTags).map(([field, tag]) => [field, values.get(tag)] as const)
  return Object.fromEntries(fields)
}

function toDataset({ name, digest, source_type, source, schema, profile, context }: DatasetRow) {
  return {
    dataset: { name, digest, source_type, source, schema: schema ?? undefined, profile: profile ?? undefined },
    context: context ?? undefined,
  }
}
