import sql from 'sql-template-tag'

import type { DatasetInput, DatasetStore, DatasetSummary } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { experimentKeys } from './experiment-keys.ts'
import { insertion, insertOrKeep } from './insertion.ts'
import { query } from './query.ts'
import { openRunForWriting } from './run-rows.ts'

/** The tag that says what a run used a dataset for, such as "train". */
const contextTag = 'mlflow.data.context'

const find = query<{ experiment: number; name: string; digest: string }, { id: number }>(
  (p) => sql`select id from datasets
    where experiment_id = ${p.experiment} and name = ${p.name} and digest = ${p.digest}`,
)

interface NewDataset {
  readonly experiment: number
  readonly name: string
  readonly digest: string
  readonly sourceType: string
  readonly source: string
  readonly schema: string | null
  readonly profile: string | null
}

const insert = query<NewDataset, unknown>(
  // Another replica may add it at the same time.
  (p) => sql`insert into datasets (experiment_id, name, digest, source_type, source, schema, profile)
    values (${p.experiment}, ${p.name}, ${p.digest}, ${p.sourceType}, ${p.source}, ${p.schema}, ${p.profile})
    on conflict do nothing`,
)

const link = query<{ run: number; dataset: number }, unknown>(
  (p) => sql`insert into run_datasets (run_id, dataset_id) values (${p.run}, ${p.dataset}) on conflict do nothing`,
)

const insertTags = insertion('run_dataset_tags', { run_id: 'key', dataset_id: 'key', key: 'text', value: 'text' })

const insertModelInputs = insertOrKeep('run_model_inputs', { run_id: 'key', model_uuid: 'text' })

const insertModelOutputs = insertOrKeep('run_model_outputs', { run_id: 'key', model_uuid: 'text', step: 'int64' })

type SummaryRow = { experiment_id: number; name: string; digest: string; context: string | null }

const summaries = query<{ experiments: readonly number[]; limit: number }, SummaryRow>(
  (p, engine) => sql`
    select distinct d.experiment_id, d.name, d.digest, t.value as context
    from datasets d join run_datasets i on i.dataset_id = d.id
    left join run_dataset_tags t on t.run_id = i.run_id and t.dataset_id = d.id and t.key = ${contextTag}
    where ${engine.among(sql`d.experiment_id`, p.experiments)}
    order by d.experiment_id, d.name, d.digest, context limit ${p.limit}`,
)

export function createDatasetStore(database: Database): DatasetStore {
  return {
    logInputs: (runId, datasets, modelIds) =>
      database.transaction(async (inner) => {
        const run = await openRunForWriting(inner, runId)
        for (const input of datasets) await logDataset(inner, run, input)
        await inner.insert(
          insertModelInputs,
          modelIds.map((model) => ({ run_id: run.id, model_uuid: model })),
        )
      }, runId),

    logOutputs: (runId, models) =>
      database.transaction(async (inner) => {
        const run = await openRunForWriting(inner, runId)
        await inner.insert(
          insertModelOutputs,
          models.map(({ modelId, step }) => ({ run_id: run.id, model_uuid: modelId, step })),
        )
      }, runId),

    async summaries(experimentIds, limit) {
      const experiments = experimentKeys(experimentIds)
      const rows = await database.all(summaries, { experiments, limit })
      return rows.map(({ experiment_id, name, digest, context }): DatasetSummary => ({
        experiment_id: String(experiment_id),
        name,
        digest,
        context: context ?? undefined,
      }))
    },
  }
}

/** Notes that a run used a dataset. Noted already, it keeps the tags of the first time, as in MLflow. */
async function logDataset(
  database: Database,
  run: { readonly id: number; readonly experiment_id: number },
  { dataset, tags }: DatasetInput,
): Promise<void> {
  const key = { experiment: run.experiment_id, name: dataset.name, digest: dataset.digest }
  let known = await database.first(find, key)
  if (!known) {
    const { source_type: sourceType, source, schema = null, profile = null } = dataset
    await database.run(insert, { ...key, sourceType, source, schema, profile })
    known = await database.first(find, key)
    if (!known) throw new Error('The dataset was not stored')
  }
  const at = { run: run.id, dataset: known.id }
  if ((await database.run(link, at)) === 0) return
  await database.insert(
    insertTags,
    tags.map(({ key, value }) => ({ run_id: run.id, dataset_id: known.id, key, value })),
  )
}
