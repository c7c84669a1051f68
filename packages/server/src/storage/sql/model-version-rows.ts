import { doesNotExist, stages } from '@trackway/api'
import type { ModelVersion, Stage } from '@trackway/api'
import sql, { join } from 'sql-template-tag'

import type { Database } from './database.ts'
import { largestKey } from './experiment-keys.ts'
import { query } from './query.ts'

/** What a change of a version needs to know of it, with the name of its model. */
export interface VersionState {
  readonly id: number
  readonly model_id: number
  readonly name: string
  readonly version: number
  readonly stage: Stage
  /** '' without a run. */
  readonly run_uuid: string
  /** '' without a logged model. */
  readonly model_uuid: string
  readonly storage_location: string
  /** The version that it was copied from, even when that is gone. */
  readonly source_version_id: number | null
  readonly is_prompt: 0 | 1
}

const stateOf = query<{ name: string; version: number }, VersionState>(
  (p) => sql`select v.id, v.model_id, m.name, v.version, v.stage, v.run_uuid, v.model_uuid, v.storage_location,
      v.source_version_id, m.is_prompt
    from registered_models m join model_versions v on v.model_id = m.id
    where m.name = ${p.name} and v.version = ${p.version}`,
)

/** @throws ApiError RESOURCE_DOES_NOT_EXIST, also where the model is unknown: MLflow has one sentence for both. */
export async function findVersion(database: Database, name: string, version: number): Promise<VersionState> {
  const found = version <= largestKey ? await database.first(stateOf, { name, version }) : undefined
  if (!found) throw doesNotExist(`Model Version (name=${name}, version=${version}) not found`)
  return found
}

type Ids = { ids: readonly number[] }

type VersionRow = [
  id: number,
  name: string,
  version: number,
  stage: Stage,
  user: string,
  description: string | null,
  source: string,
  run: string,
  model: string,
  runLink: string,
  status: string,
  statusMessage: string,
  created: number,
  updated: number,
]

const versionsOf = query<Ids, unknown>(
  (
    p,
    engine,
  ) => sql`select v.id, m.name, v.version, v.stage, v.user_id, v.description, v.source, v.run_uuid, v.model_uuid, v.run_link,
      v.status, v.status_message, v.creation_time, v.last_update_time
    from model_versions v join registered_models m on m.id = v.model_id where ${engine.among(sql`v.id`, p.ids)}`,
)

const tagsOf = query<Ids, unknown>(
  (p, engine) => sql`select version_id, key, value from model_version_tags
    where ${engine.among(sql`version_id`, p.ids)} order by version_id, key`,
)

const aliasesOf = query<Ids, unknown>(
  (p, engine) => sql`select v.id, a.alias
    from model_versions v join registered_model_aliases a on a.model_id = v.model_id and a.version = v.version
    where ${engine.among(sql`v.id`, p.ids)} order by v.id, a.alias`,
)

/** Whole versions as the wire has them, in the order of `keys`, with their aliases. Three queries. */
export async function readVersions(database: Database, keys: readonly number[]): Promise<ModelVersion[]> {
  const versions = await readListedVersions(database, keys)
  if (versions.length === 0) return versions
  const aliases = new Map<number, string[]>()
  for (const [id, alias] of (await database.rows(aliasesOf, { ids: keys })) as [number, string][]) {
    const known = aliases.get(id)
    if (known) known.push(alias)
    else aliases.set(id, [alias])
  }
  return versions.map((version, index) => ({ ...version, aliases: aliases.get(keys[index] ?? 0) }))
}

/** As `readVersions` without aliases: MLflow gives none in searches and in the `latest_versions` of a model. */
export async function readListedVersions(database: Database, keys: readonly number[]): Promise<ModelVersion[]> {
  if (keys.length === 0) return []
  const list = { ids: keys }
  const versions = new Map<number, ModelVersion>()
  for (const row of (await database.rows(versionsOf, list)) as VersionRow[]) versions.set(row[0], toVersion(row))
  for (const [id, key, value] of (await database.rows(tagsOf, list)) as [number, string, string][]) {
    versions.get(id)?.tags?.push({ key, value })
  }
  return keys.map((id) => {
    const version = versions.get(id)
    if (!version) throw new Error(`The version with the key ${id} was not read`)
    return version
  })
}

/** One version by its key, with its aliases. */
export async function readVersion(database: Database, key: number): Promise<ModelVersion> {
  const [version] = await readVersions(database, [key])
  if (!version) throw new Error(`The version with the key ${key} was not read`)
  return version
}

function toVersion(row: VersionRow): ModelVersion {
  const [, name, version, stage, user, description, source, run, model, runLink, status, message, created, updated] =
    row
  return {
    name,
    version: String(version),
    creation_timestamp: created,
    last_updated_timestamp: updated,
    user_id: user || undefined,
    current_stage: stage,
    description: description ?? '',
    source,
    run_id: run,
    status: status as ModelVersion['status'],
    status_message: message || undefined,
    run_link: runLink,
    model_id: model || undefined,
    tags: [],
  }
}

const newestOf = query<Ids, unknown>(
  // One step into `model_versions_by_stage` for each model and stage, however many versions there are.
  (p, engine) => sql`select m.id, ${join(
    stages.map(
      (stage) => sql`(select v.id from model_versions v where v.model_id = m.id and v.stage = ${stage}
        order by v.version desc limit 1)`,
    ),
  )}
    from registered_models m where ${engine.among(sql`m.id`, p.ids)}`,
)

/**
 * The newest version of each stage that has one, for each of these models: keys in the order of `stages`, by the
 * model's key. Models without versions have an empty list. One query.
 */
export async function latestVersionKeys(
  database: Database,
  modelIds: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const keys = new Map<number, readonly number[]>(modelIds.map((id) => [id, []]))
  const rows = (await database.rows(newestOf, { ids: modelIds })) as [number, ...(number | null)[]][]
  for (const [model, ...newest] of rows) {
    keys.set(
      model,
      newest.filter((key) => key !== null),
    )
  }
  return keys
}
