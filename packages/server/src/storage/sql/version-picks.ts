import { invalidParameter } from '@trackway/api'
import type { Stage } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Database } from './database.ts'
import { findVersion } from './model-version-rows.ts'
import type { VersionState } from './model-version-rows.ts'
import { query } from './query.ts'

interface Model {
  readonly id: number
  readonly name: string
}

const newestInStage = query<{ model: number; stage: Stage }, { version: number }>(
  (p) => sql`select version from model_versions where model_id = ${p.model} and stage = ${p.stage}
    order by version desc limit 1`,
)

const newest = query<{ model: number }, { version: number }>(
  (p) => sql`select version from model_versions where model_id = ${p.model} order by version desc limit 1`,
)

const namedBy = query<{ model: number; alias: string }, { version: number }>(
  (p) => sql`select version from registered_model_aliases where model_id = ${p.model} and alias = ${p.alias}`,
)

/** The newest version of a model, in a stage or in any; undefined where there is none. */
export async function newestVersion(
  database: Database,
  { id, name }: Model,
  stage: Stage | undefined,
): Promise<VersionState | undefined> {
  const found =
    stage === undefined
      ? await database.first(newest, { model: id })
      : await database.first(newestInStage, { model: id, stage })
  return found && findVersion(database, name, found.version)
}

/** @throws ApiError INVALID_PARAMETER_VALUE for an unknown alias: MLflow answers 400 here, not 404. */
export async function findVersionByAlias(
  database: Database,
  { id, name }: Model,
  alias: string,
): Promise<VersionState> {
  const found = await database.first(namedBy, { model: id, alias })
  if (!found) throw invalidParameter(`Registered model alias ${alias} not found.`)
  return findVersion(database, name, found.version)
}
