import { endpoint } from './endpoint.ts'
import { emptyableString, int64, list, message, oneOf, optional, required, string } from './schema.ts'

export const tag = message({ key: required(string), value: required(emptyableString) })

export const viewType = oneOf(['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'])

export const lifecycleStage = oneOf(['active', 'deleted'])

export const experiment = message({
  experiment_id: required(string),
  name: required(string),
  artifact_location: required(string),
  lifecycle_stage: required(lifecycleStage),
  last_update_time: required(int64, 'Milliseconds since the epoch.'),
  creation_time: required(int64, 'Milliseconds since the epoch.'),
  tags: list(tag),
})

const empty = message({})

const byId = message({ experiment_id: required(string) })

export const createExperiment = endpoint({
  method: 'POST',
  path: '/mlflow/experiments/create',
  mode: 'write',
  access: { resource: 'server', permission: 'create' },
  summary: 'Make an experiment. A taken name is refused, also when its experiment is deleted.',
  request: message({
    name: required(string),
    artifact_location: optional(string, "Where its runs' artifacts lie; the server's default root when absent."),
    tags: list(tag),
  }),
  response: message({ experiment_id: required(string) }),
})

export const getExperiment = endpoint({
  method: 'GET',
  path: '/mlflow/experiments/get',
  mode: 'read',
  cost: 'light',
  access: { resource: 'experiment', permission: 'read', field: 'experiment_id' },
  summary: 'Read an experiment, active or deleted.',
  request: byId,
  response: message({ experiment: required(experiment) }),
})

export const getExperimentByName = endpoint({
  method: 'GET',
  path: '/mlflow/experiments/get-by-name',
  mode: 'read',
  cost: 'light',
  access: { resource: 'experiment', permission: 'read', field: 'experiment_name' },
  summary: 'Read an experiment by its name, active or deleted.',
  request: message({ experiment_name: required(string) }),
  response: message({ experiment: required(experiment) }),
})

export const searchExperiments = endpoint({
  method: 'POST',
  alsoMethod: 'GET',
  path: '/mlflow/experiments/search',
  mode: 'read',
  cost: 'light',
  access: { resource: 'experiment', permission: 'search' },
  summary: 'Find experiments by a filter, page by page; the newest first unless ordered otherwise.',
  request: message({
    max_results: optional(int64, 'From 1 to 50,000.'),
    page_token: string,
    filter: string,
    order_by: list(string),
    view_type: viewType,
  }),
  response: message({ experiments: list(experiment), next_page_token: string }),
})

export const updateExperiment = endpoint({
  method: 'POST',
  path: '/mlflow/experiments/update',
  mode: 'write',
  access: { resource: 'experiment', permission: 'edit', field: 'experiment_id' },
  summary: 'Rename an experiment.',
  request: message({ experiment_id: required(string), new_name: string }),
  response: empty,
})

export const deleteExperiment = endpoint({
  method: 'POST',
  path: '/mlflow/experiments/delete',
  mode: 'write',
  access: { resource: 'experiment', permission: 'manage', field: 'experiment_id' },
  summary: 'Delete an experiment and its runs; `restore` brings them back.',
  request: byId,
  response: empty,
})

export const restoreExperiment = endpoint({
  method: 'POST',
  path: '/mlflow/experiments/restore',
  mode: 'write',
  access: { resource: 'experiment', permission: 'manage', field: 'experiment_id' },
  summary: 'Bring a deleted experiment and its runs back.',
  request: byId,
  response: empty,
})

export const setExperimentTag = endpoint({
  method: 'POST',
  path: '/mlflow/experiments/set-experiment-tag',
  mode: 'write',
  access: { resource: 'experiment', permission: 'edit', field: 'experiment_id' },
  summary: 'Set a tag of an experiment, replacing its value.',
  request: message({ experiment_id: required(string), key: required(string), value: required(emptyableString) }),
  response: empty,
})

export const deleteExperimentTag = endpoint({
  method: 'POST',
  path: '/mlflow/experiments/delete-experiment-tag',
  mode: 'write',
  access: { resource: 'experiment', permission: 'edit', field: 'experiment_id' },
  summary: 'Remove a tag of an experiment.',
  request: message({ experiment_id: required(string), key: required(string) }),
  response: empty,
})

export const summarizeExperiments = endpoint({
  method: 'GET',
  path: '/experiments/summaries',
  at: 'trackway',
  mode: 'read',
  access: { resource: 'experiment', permission: 'search' },
  summary: 'How many runs each experiment has, how many are running, and when something last happened in it.',
  request: message({ experiment_ids: optional(list(string), 'All that are active when empty.') }),
  response: message({
    summaries: list(
      message({
        experiment_id: required(string),
        runs: required(int64, 'Active ones.'),
        running: required(int64),
        last_activity: optional(int64, 'When a run last began or ended, in ms since the epoch.'),
      }),
    ),
  }),
})
