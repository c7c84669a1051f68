import { doesNotExist } from '@trackway/api'
import type { ModelVersion, RegisteredModel } from '@trackway/api'
import sql, { raw } from 'sql-template-tag'

import type { Database } from './database.ts'
import { latestVersionKeys, readListedVersions } from './model-version-rows.ts'
import { query } from './query.ts'

/** A row of `registered_models`. */
export interface ModelRow {
  readonly id: number
  readonly name: string
  readonly user_id: string
  readonly description: string | null
  readonly creation_time: number
  readonly last_update_time: number
  /** The highest number that a version ever had. */
  readonly last_version: number
  readonly is_prompt: 0 | 1
  readonly allow_self_approval: 0 | 1
}

const columns = raw(
  'id, name, user_id, description, creation_time, last_update_time, last_version, is_prompt, allow_self_approval',
)

const byName = query<{ name: string }, ModelRow>(
  (p) => sql`select ${columns} from registered_models where name = ${p.name}`,
)

/** The model or prompt of this name, undefined where there is none. */
export function lookUpModel(database: Database, name: string): Promise<ModelRow | undefined> {
  return database.first(byName, { name })
}

/** @throws ApiError RESOURCE_DOES_NOT_EXIST */
export async function findModel(database: Database, name: string): Promise<ModelRow> {
  const row = await lookUpModel(database, name)
  if (!row) throw doesNotExist(`Registered Model with name=${name} not found`)
  return row
}

const setTime = query<{ id: number; time: number }, unknown>(
  (p) => sql`update registered_models set last_update_time = ${p.time} where id = ${p.id}`,
)

/** Sets when a model was last changed, in ms. */
export async function touchModel(database: Database, id: number, time: number): Promise<void> {
  await database.run(setTime, { id, time })
}

type Ids = { ids: readonly number[] }

type ModelValues = [
  id: number,
  name: string,
  user: string,
  description: string | null,
  created: number,
  updated: number,
]

const modelsOf = query<Ids, unknown>(
  (p, engine) =>
    sql`select id, name, user_id, description, creation_time, last_update_time from registered_models where ${engine.among(sql`id`, p.ids)}`,
)

const tagsOf = query<Ids, unknown>(
  (p, engine) => sql`select model_id, key, value from registered_model_tags
    where ${engine.among(sql`model_id`, p.ids)} order by model_id, key`,
)

const aliasesOf = query<Ids, unknown>(
  (p, engine) => sql`select model_id, alias, version from registered_model_aliases
    where ${engine.among(sql`model_id`, p.ids)} order by model_id, alias`,
)

/**
 * Whole models as the wire has them, in the order of `ids`, each with the newest version of each stage. Six queries,
 * however many models and versions there are.
 */
export async function readRegisteredModels(database: Database, ids: readonly number[]): Promise<RegisteredModel[]> {
  if (ids.length === 0) return []
  const list = { ids: ids }
  const models = new Map<number, RegisteredModel>()
  for (const row of (await database.rows(modelsOf, list)) as ModelValues[]) models.set(row[0], toRegisteredModel(row))
  for (const [id, key, value] of (await database.rows(tagsOf, list)) as [number, string, string][]) {
    models.get(id)?.tags?.push({ key, value })
  }
  for (const [id, alias, version] of (await database.rows(aliasesOf, list)) as [number, string, number][]) {
    models.get(id)?.aliases?.push({ alias, version: String(version) })
  }
  const latest = await readLatest(database, ids)
  return ids.flatMap((id) => {
    const model = models.get(id)
    if (!model) return []
    model.latest_versions = latest.get(id)
    return [model]
  })
}

async function readLatest(database: Database, ids: readonly number[]): Promise<ReadonlyMap<number, ModelVersion[]>> {
  const keys = await latestVersionKeys(database, ids)
  const versions = await readListedVersions(database, [...keys.values()].flat())
  let taken = 0
  return new Map([...keys].map(([id, of]) => [id, versions.slice(taken, (taken += of.length))]))
}

function toRegisteredModel([, name, user, description, created, updated]: ModelValues): RegisteredModel {
  return {
    name,
    creation_timestamp: created,
    last_updated_timestamp: updated,
    user_id: user || undefined,
    description: description || undefined,
    tags: [],
    aliases: [],
  }
}
