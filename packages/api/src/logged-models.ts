import { fileInfo } from './artifacts.ts'
import { endpoint } from './endpoint.ts'
import { tag } from './experiments.ts'
import { metric, param } from './runs.ts'
import { boolean, int32, int64, list, message, oneOf, optional, required, string } from './schema.ts'

const loggedModelStatus = oneOf(
  ['LOGGED_MODEL_STATUS_UNSPECIFIED', 'LOGGED_MODEL_PENDING', 'LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED'],
  0,
)

export const loggedModel = message({
  info: required(
    message({
      model_id: required(string, "'m-' and 32 hex digits."),
      experiment_id: required(string),
      name: required(string),
      creation_timestamp_ms: required(int64),
      last_updated_timestamp_ms: required(int64),
      artifact_uri: required(string),
      status: required(loggedModelStatus),
      creator_id: int64,
      model_type: string,
      source_run_id: string,
      status_message: string,
      tags: list(tag),
      registrations: list(message({ name: required(string), version: required(string) })),
    }),
  ),
  data: required(message({ params: list(param), metrics: list(metric) })),
})

const empty = message({})
const modelRef = { model_id: required(string) }
const oneModel = message({ model: required(loggedModel) })
const onModel = (permission: 'read' | 'edit') => ({ resource: 'logged_model', permission, field: 'model_id' }) as const

export const createLoggedModel = endpoint({
  method: 'POST',
  path: '/mlflow/logged-models',
  mode: 'write',
  access: { resource: 'experiment', permission: 'edit', field: 'experiment_id' },
  summary: 'Make a logged model, pending until its files are there.',
  request: message({
    experiment_id: required(string),
    name: optional(string, 'Generated when absent.'),
    model_type: string,
    source_run_id: string,
    params: list(param),
    tags: list(tag),
  }),
  response: oneModel,
})

export const getLoggedModel = endpoint({
  method: 'GET',
  path: '/mlflow/logged-models/{model_id}',
  mode: 'read',
  access: onModel('read'),
  summary: 'Read a logged model with its params, tags and metrics.',
  request: message({ ...modelRef, allow_deleted: optional(boolean, 'Whether a deleted model is found, too.') }),
  response: oneModel,
})

export const finalizeLoggedModel = endpoint({
  method: 'PATCH',
  path: '/mlflow/logged-models/{model_id}',
  mode: 'write',
  access: onModel('edit'),
  summary: 'Say that a logged model is ready, or that its upload failed.',
  request: message({ ...modelRef, status: required(loggedModelStatus) }),
  response: oneModel,
})

export const deleteLoggedModel = endpoint({
  method: 'DELETE',
  path: '/mlflow/logged-models/{model_id}',
  mode: 'write',
  access: onModel('edit'),
  summary: 'Delete a logged model.',
  request: message(modelRef),
  response: empty,
})

export const searchLoggedModels = endpoint({
  method: 'POST',
  path: '/mlflow/logged-models/search',
  mode: 'read',
  access: { resource: 'experiment', permission: 'search', field: 'experiment_ids' },
  summary: 'Find logged models of some experiments by a filter, page by page.',
  request: message({
    experiment_ids: list(string),
    filter: string,
    datasets: optional(
      list(message({ dataset_name: required(string), dataset_digest: string })),
      'Metrics in the filter count only when measured on one of these.',
    ),
    max_results: optional(int32, 'From 1 to 50,000; 100 when absent.'),
    order_by: list(
      message({
        field_name: required(string),
        ascending: optional(boolean, 'true when absent.'),
        dataset_name: string,
        dataset_digest: string,
      }),
    ),
    page_token: string,
  }),
  response: message({ models: list(loggedModel), next_page_token: string }),
})

export const setLoggedModelTags = endpoint({
  method: 'PATCH',
  path: '/mlflow/logged-models/{model_id}/tags',
  mode: 'write',
  access: onModel('edit'),
  summary: 'Set tags of a logged model, replacing their values.',
  request: message({ ...modelRef, tags: list(tag) }),
  response: empty,
})

export const deleteLoggedModelTag = endpoint({
  method: 'DELETE',
  path: '/mlflow/logged-models/{model_id}/tags/{tag_key}',
  mode: 'write',
  access: onModel('edit'),
  summary: 'Remove a tag of a logged model.',
  request: message({ ...modelRef, tag_key: required(string) }),
  response: empty,
})

export const logLoggedModelParams = endpoint({
  method: 'POST',
  path: '/mlflow/logged-models/{model_id}/params',
  mode: 'write',
  access: onModel('edit'),
  summary: 'Add params to a logged model.',
  request: message({ ...modelRef, params: list(param) }),
  response: empty,
})

export const listLoggedModelArtifacts = endpoint({
  method: 'GET',
  path: '/mlflow/logged-models/{model_id}/artifacts/directories',
  mode: 'stream',
  access: onModel('read'),
  summary: "List a folder of a logged model's files.",
  request: message({ ...modelRef, artifact_directory_path: string, page_token: string }),
  response: message({ root_uri: required(string), files: list(fileInfo), next_page_token: string }),
})
