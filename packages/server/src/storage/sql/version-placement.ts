import { doesNotExist } from '@trackway/api'
import sql from 'sql-template-tag'

import { saysPrompt } from '../../registry/rules.ts'
import { liesInside } from '../../registry/source-uri.ts'
import type { NewModelVersion } from '../../registry/store.ts'
import {
  notOfSourceVersion,
  outsideOfOwner,
  promptAsSource,
  readVersionSource,
  unidentified,
} from '../../registry/version-source.ts'
import type { VersionPick } from '../../registry/version-source.ts'
import type { Database } from './database.ts'
import { findVersion } from './model-version-rows.ts'
import type { VersionState } from './model-version-rows.ts'
import { query } from './query.ts'
import { findModel } from './registered-model-rows.ts'
import type { ModelRow } from './registered-model-rows.ts'
import { findVersionByAlias, newestVersion } from './version-picks.ts'

/** Where a new version comes from, as it is stored; '' for what there is none of. */
export interface VersionPlacement {
  readonly source: string
  readonly storageLocation: string
  readonly runId: string
  readonly modelUuid: string
  /** Of a copy, the version that it is a copy of. */
  readonly sourceVersionId: number | null
}

interface LoggedModelState {
  readonly source_run_uuid: string
  readonly artifact_uri: string
}

const loggedModelOf = query<{ uuid: string }, LoggedModelState>(
  (p) => sql`select source_run_uuid, artifact_uri from logged_models
    where uuid = ${p.uuid} and lifecycle_stage = 'active'`,
)

const runFolderOf = query<{ uuid: string }, { artifact_uri: string }>(
  (p) => sql`select artifact_uri from runs where uuid = ${p.uuid}`,
)

/**
 * Judges a new version's source by what is stored, and follows it to the files.
 * @throws ApiError INVALID_PARAMETER_VALUE where the source is not its owner's, RESOURCE_DOES_NOT_EXIST where it names
 *   what is not there: MLflow answers 500 to some of these.
 */
export async function placeVersion(database: Database, version: NewModelVersion): Promise<VersionPlacement> {
  const { source, modelId = '', runId = '' } = version
  const asGiven = { source, storageLocation: source, runId, modelUuid: '', sourceVersionId: null }
  if (saysPrompt(version.tags)) return asGiven
  const read = readVersionSource(source, { runId, modelId })
  if (read.kind === 'version') return copyOf(version, await findSource(database, source, read))

  const model = modelId === '' ? undefined : await database.first(loggedModelOf, { uuid: modelId })
  if (read.kind === 'ownFiles') {
    const field = modelId === '' ? 'run_id' : 'model_id'
    const owner = modelId === '' && runId !== '' ? await database.first(runFolderOf, { uuid: runId }) : model
    if (read.isLocal && modelId === '' && runId === '') throw outsideOfOwner(source, field)
    if (!owner) throw unidentified(source, field)
    if (!liesInside(source, owner.artifact_uri)) throw (read.isLocal ? outsideOfOwner : unidentified)(source, field)
  }
  if (modelId === '') return asGiven
  if (!model) throw doesNotExist(`Logged model with ID '${modelId}' not found.`)
  return {
    ...asGiven,
    modelUuid: modelId,
    runId: runId || model.source_run_uuid,
    storageLocation: read.kind === 'loggedModel' ? model.artifact_uri : source,
  }
}

async function findSource(
  database: Database,
  source: string,
  { name, pick }: { readonly name: string; readonly pick: VersionPick },
): Promise<VersionState> {
  const model = await findModel(database, name)
  if (model.is_prompt) throw promptAsSource(source)
  return pickVersion(database, model, pick)
}

async function pickVersion(database: Database, model: ModelRow, pick: VersionPick): Promise<VersionState> {
  switch (pick.by) {
    case 'number':
      return findVersion(database, model.name, pick.version)
    case 'alias':
      return findVersionByAlias(database, model, pick.alias)
    case 'stage':
    case 'newest': {
      const stage = pick.by === 'stage' ? pick.stage : undefined
      const newest = await newestVersion(database, model, stage)
      if (newest) return newest
      const inStage = stage === undefined ? '' : ` and stage '${stage}'`
      throw doesNotExist(`No versions of model with name '${model.name}'${inStage} found`)
    }
  }
}

/**
 * A copy has its source's files, run and logged model. What the request says of these must agree, but no model_id counts
 * as none given: MLflow's clients do not hear of a version's logged model, and send ''.
 */
function copyOf({ source, runId, modelId }: NewModelVersion, of: VersionState): VersionPlacement {
  if ((runId !== undefined && runId !== of.run_uuid) || (modelId && modelId !== of.model_uuid)) {
    throw notOfSourceVersion(source)
  }
  return {
    source: `models:/${of.name}/${of.version}`,
    storageLocation: of.storage_location,
    runId: of.run_uuid,
    modelUuid: of.model_uuid,
    sourceVersionId: of.id,
  }
}
