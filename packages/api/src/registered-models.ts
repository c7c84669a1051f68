import { endpoint } from './endpoint.ts'
import { tag } from './experiments.ts'
import { modelVersion } from './model-versions.ts'
import { boolean, emptyableString, int64, list, message, optional, required, string } from './schema.ts'

export const registeredModel = message({
  name: required(string),
  creation_timestamp: required(int64, 'Milliseconds since the epoch.'),
  last_updated_timestamp: required(int64, 'Milliseconds since the epoch.'),
  user_id: optional(string, 'Who made it, where the server knows.'),
  description: string,
  latest_versions: optional(list(modelVersion), 'The newest version of each stage.'),
  tags: list(tag),
  aliases: list(message({ alias: required(string), version: required(string) })),
})

/** A transition that needs somebody's approval: into `to_stage`, out of `from_stage` or of any. */
const approvalRule = message({
  to_stage: required(string),
  from_stage: optional(string, 'Any stage when absent.'),
})

export const registeredModelSettings = message({
  approvals: optional(list(approvalRule), 'The transitions that need approval; none when empty.'),
  allow_self_approval: required(boolean, 'Whether who asked for such a transition may also approve it.'),
})

const empty = message({})
const byName = { name: required(string) }
const oneModel = message({ registered_model: required(registeredModel) })
const onModel = (permission: 'read' | 'edit' | 'manage') =>
  ({ resource: 'registered_model', permission, field: 'name' }) as const

export const createRegisteredModel = endpoint({
  method: 'POST',
  path: '/mlflow/registered-models/create',
  mode: 'write',
  access: { resource: 'server', permission: 'create' },
  summary: 'Make a registered model, without versions yet. A taken name is refused.',
  request: message({ ...byName, tags: list(tag), description: string }),
  response: oneModel,
})

export const getRegisteredModel = endpoint({
  method: 'GET',
  path: '/mlflow/registered-models/get',
  mode: 'read',
  cost: 'light',
  access: onModel('read'),
  summary: 'Read a registered model with its tags, aliases and the newest version of each stage.',
  request: message(byName),
  response: oneModel,
})

export const renameRegisteredModel = endpoint({
  method: 'POST',
  path: '/mlflow/registered-models/rename',
  mode: 'write',
  access: onModel('manage'),
  summary: 'Give a registered model, with its versions, another name. A taken name is refused.',
  request: message({ ...byName, new_name: string }),
  response: oneModel,
})

export const updateRegisteredModel = endpoint({
  method: 'PATCH',
  path: '/mlflow/registered-models/update',
  mode: 'write',
  access: onModel('edit'),
  summary: "Set a registered model's description.",
  request: message({ ...byName, description: string }),
  response: oneModel,
})

export const deleteRegisteredModel = endpoint({
  method: 'DELETE',
  path: '/mlflow/registered-models/delete',
  mode: 'write',
  access: onModel('manage'),
  summary: 'Delete a registered model with all its versions. Their files stay.',
  request: message(byName),
  response: empty,
})

const search = { max_results: optional(int64, 'From 1 to 1,000; 100 when absent.'), page_token: string }
const modelPage = message({ registered_models: list(registeredModel), next_page_token: string })

export const searchRegisteredModels = endpoint({
  method: 'GET',
  path: '/mlflow/registered-models/search',
  mode: 'read',
  cost: 'light',
  access: { resource: 'registered_model', permission: 'search' },
  summary:
    'Find registered models by a filter, page by page; by name unless ordered otherwise. Prompts only when asked for.',
  request: message({ ...search, filter: string, order_by: list(string) }),
  response: modelPage,
})

export const listRegisteredModels = endpoint({
  method: 'GET',
  path: '/mlflow/registered-models/list',
  mode: 'read',
  access: { resource: 'registered_model', permission: 'search' },
  summary: "All registered models by name, page by page: the call of MLflow 1.x and of Databricks' SDKs.",
  request: message(search),
  response: modelPage,
})

export const getLatestVersions = endpoint({
  method: 'POST',
  alsoMethod: 'GET',
  path: '/mlflow/registered-models/get-latest-versions',
  mode: 'read',
  cost: 'light',
  access: onModel('read'),
  summary: 'The newest version of each of the given stages, of all stages when none is given.',
  request: message({ ...byName, stages: list(string) }),
  response: message({ model_versions: list(modelVersion) }),
})

export const setRegisteredModelTag = endpoint({
  method: 'POST',
  path: '/mlflow/registered-models/set-tag',
  mode: 'write',
  access: onModel('edit'),
  summary: 'Set a tag of a registered model, replacing its value.',
  request: message({ ...byName, key: required(string), value: required(emptyableString) }),
  response: empty,
})

export const deleteRegisteredModelTag = endpoint({
  method: 'DELETE',
  path: '/mlflow/registered-models/delete-tag',
  mode: 'write',
  access: onModel('edit'),
  summary: 'Remove a tag of a registered model; one that is not there is no error.',
  request: message({ ...byName, key: required(string) }),
  response: empty,
})

const alias = { alias: required(string, 'Letters, digits, _ and -; not `latest`, not `v` and digits.') }

export const setRegisteredModelAlias = endpoint({
  method: 'POST',
  path: '/mlflow/registered-models/alias',
  mode: 'write',
  access: onModel('edit'),
  summary: 'Point an alias at a version, away from the one it named before.',
  request: message({ ...byName, ...alias, version: required(string) }),
  response: empty,
})

export const deleteRegisteredModelAlias = endpoint({
  method: 'DELETE',
  path: '/mlflow/registered-models/alias',
  mode: 'write',
  access: onModel('edit'),
  summary: 'Remove an alias; one that is not there is no error.',
  request: message({ ...byName, ...alias }),
  response: empty,
})

export const getModelVersionByAlias = endpoint({
  method: 'GET',
  path: '/mlflow/registered-models/alias',
  mode: 'read',
  cost: 'light',
  access: onModel('read'),
  summary: 'Read the version that an alias names.',
  request: message({ ...byName, ...alias }),
  response: message({ model_version: required(modelVersion) }),
})

const permissionLevel = optional(string, 'What the caller may do, in the words of Databricks.')

export const getDatabricksRegisteredModel = endpoint({
  method: 'GET',
  path: '/mlflow/databricks/registered-models/get',
  mode: 'read',
  cost: 'light',
  access: onModel('read'),
  summary: "Read a registered model in the shape of Databricks' SDKs.",
  request: message(byName),
  response: message({
    registered_model_databricks: required(
      message({
        id: required(string),
        name: required(string),
        creation_timestamp: required(int64),
        last_updated_timestamp: required(int64),
        user_id: string,
        description: string,
        latest_versions: list(modelVersion),
        tags: list(tag),
        permission_level: permissionLevel,
      }),
    ),
  }),
})

const settings = message({ settings: required(registeredModelSettings) })

export const getRegisteredModelSettings = endpoint({
  method: 'GET',
  path: '/registered-models/settings',
  at: 'trackway',
  mode: 'read',
  cost: 'light',
  access: onModel('read'),
  summary: "Which of a registered model's transitions need approval, and whose.",
  request: message(byName),
  response: settings,
})

export const updateRegisteredModelSettings = endpoint({
  method: 'PATCH',
  path: '/registered-models/settings',
  at: 'trackway',
  mode: 'write',
  access: onModel('manage'),
  summary: "Replace a registered model's rules of approval. What is absent stays as it is.",
  request: message({
    ...byName,
    approvals: optional(list(approvalRule), 'Replaces the rules; an empty list takes them all away.'),
    allow_self_approval: optional(boolean, 'false until it is set.'),
  }),
  response: settings,
})
