import { doesNotExist, invalidParameter } from '@trackway/api'
import type { LoggedModel } from '@trackway/api'
import sql from 'sql-template-tag'

import type { KeyValue, Lifecycle, LoggedModelStore } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { appendToUri, findActiveExperiment } from './experiments.ts'
import { readModels } from './logged-model-rows.ts'
import { searchModels } from './logged-model-search.ts'
import { insertOrReplace } from './insertion.ts'
import { query } from './query.ts'

interface ModelState {
  readonly id: number
  readonly lifecycle_stage: Lifecycle
  readonly artifact_uri: string
}

const find = query<{ uuid: string }, ModelState>(
  (p) => sql`select id, lifecycle_stage, artifact_uri from logged_models where uuid = ${p.uuid}`,
)

interface NewRow {
  readonly uuid: string
  readonly experiment: number
  readonly name: string
  readonly modelType: string
  readonly sourceRun: string
  readonly uri: string
  readonly now: number
}

const insert = query<NewRow, { id: number }>(
  (p) => sql`insert into logged_models (uuid, experiment_id, name, model_type, source_run_uuid, status,
      status_message, artifact_uri, creation_time, last_update_time, lifecycle_stage)
    values (${p.uuid}, ${p.experiment}, ${p.name}, ${p.modelType}, ${p.sourceRun}, 'LOGGED_MODEL_PENDING',
      '', ${p.uri}, ${p.now}, ${p.now}, 'active')
    returning id`,
)

const setStatus = query<{ id: number; status: string; now: number }, unknown>(
  (p) => sql`update logged_models set status = ${p.status}, last_update_time = ${p.now} where id = ${p.id}`,
)

const setDeleted = query<{ id: number; now: number }, unknown>(
  (p) => sql`update logged_models set lifecycle_stage = 'deleted', last_update_time = ${p.now} where id = ${p.id}`,
)

type Value = KeyValue & { id: number }

const insertParam = query<Value, unknown>(
  (p) => sql`insert into logged_model_params (model_id, key, value) values (${p.id}, ${p.key}, ${p.value})
    on conflict do nothing`,
)

const paramOf = query<{ id: number; key: string }, { value: string }>(
  (p) => sql`select value from logged_model_params where model_id = ${p.id} and key = ${p.key}`,
)

const putTags = insertOrReplace('logged_model_tags', { model_id: 'key', key: 'text', value: 'text' }, [
  'model_id',
  'key',
])

const removeTag = query<{ id: number; key: string }, unknown>(
  (p) => sql`delete from logged_model_tags where model_id = ${p.id} and key = ${p.key}`,
)

function unknownModel(modelId: string): Error {
  return doesNotExist(`Logged model with ID '${modelId}' not found.`)
}

async function findModel(database: Database, modelId: string): Promise<ModelState> {
  const model = await database.first(find, { uuid: modelId })
  if (!model) throw unknownModel(modelId)
  return model
}

/** A deleted model is as good as gone; MLflow still lets its tags and status be set. */
async function findActiveModel(database: Database, modelId: string): Promise<ModelState> {
  const model = await findModel(database, modelId)
  if (model.lifecycle_stage !== 'active') throw unknownModel(modelId)
  return model
}

async function readModel(database: Database, id: number): Promise<LoggedModel> {
  const [model] = await readModels(database, [id])
  if (!model) throw new Error('The logged model was not read')
  return model
}

/** Adds params; one that is there keeps its value, and another value for it is refused, as for runs. */
async function insertParams(
  database: Database,
  id: number,
  modelId: string,
  params: readonly KeyValue[],
): Promise<void> {
  for (const { key, value } of params) {
    if ((await database.run(insertParam, { id, key, value })) > 0) continue
    const present = await database.first(paramOf, { id, key })
    if (!present || present.value === value) continue
    throw invalidParameter(
      `Changing param values is not allowed. Param with key='${key}' was already logged with ` +
        `value='${present.value}' for model ID='${modelId}'. Attempted logging new value '${value}'.`,
    )
  }
}

export function createLoggedModelStore(database: Database): LoggedModelStore {
  return {
    create: ({ modelId, experimentId, name, modelType = '', sourceRunId = '', params, tags, now }) =>
      database.transaction(async (inner) => {
        const experiment = await findActiveExperiment(inner, experimentId)
        const added = await inner.first(insert, {
          uuid: modelId,
          experiment: experiment.id,
          name,
          modelType,
          sourceRun: sourceRunId,
          uri: appendToUri(experiment.artifact_location, `models/${modelId}/artifacts`),
          now,
        })
        if (!added) throw new Error('The logged model was not stored')
        const { id } = added
        await insertParams(inner, id, modelId, params)
        await inner.insert(
          putTags,
          tags.map(({ key, value }) => ({ model_id: id, key, value })),
        )
        return readModel(inner, id)
      }),

    async get(modelId, { allowDeleted }) {
      return database.snapshot(async (inner) => {
        const { id } = await (allowDeleted ? findModel : findActiveModel)(inner, modelId)
        return readModel(inner, id)
      })
    },

    search: (search) => searchModels(database, search),

    finalize: (modelId, status, now) =>
      database.transaction(async (inner) => {
        const { id } = await findActiveModel(inner, modelId)
        await inner.run(setStatus, { id, status, now })
        return readModel(inner, id)
      }),

    /** Deleting what is deleted is no error, as in MLflow. */
    delete: (modelId, now) =>
      database.transaction(async (inner) => {
        const { id, lifecycle_stage } = await findModel(inner, modelId)
        if (lifecycle_stage === 'active') await inner.run(setDeleted, { id, now })
      }),

    setTags: (modelId, tags) =>
      database.transaction(async (inner) => {
        const { id } = await findActiveModel(inner, modelId)
        await inner.insert(
          putTags,
          tags.map(({ key, value }) => ({ model_id: id, key, value })),
        )
      }),

    deleteTag: (modelId, key) =>
      database.transaction(async (inner) => {
        const { id } = await findActiveModel(inner, modelId)
        if ((await inner.run(removeTag, { id, key })) === 0) {
          throw doesNotExist(`No tag with key '${key}' found for model with ID '${modelId}'.`)
        }
      }),

    logParams: (modelId, params) =>
      database.transaction(async (inner) => {
        const { id } = await findActiveModel(inner, modelId)
        await insertParams(inner, id, modelId, params)
      }),

    artifactUri: async (modelId) => (await findActiveModel(database, modelId)).artifact_uri,
  }
}
