import { datasetInput, modelInput, modelOutput } from './datasets.ts'
import { endpoint } from './endpoint.ts'
import { lifecycleStage, tag, viewType } from './experiments.ts'
import { double, emptyableString, int32, int64, list, message, oneOf, optional, required, string } from './schema.ts'

const runStatus = oneOf(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'])

export const metric = message({
  key: required(string),
  value: required(double),
  timestamp: required(int64, 'Milliseconds since the epoch.'),
  step: optional(int64, '0 when absent.'),
  dataset_name: string,
  dataset_digest: string,
  model_id: optional(string, 'The logged model that this point measures.'),
  run_id: string,
})

export const param = message({ key: required(string), value: required(emptyableString) })

export const runInfo = message({
  run_id: required(string, '32 hex digits.'),
  run_uuid: required(string, 'The same as run_id, under its old name.'),
  run_name: required(string),
  experiment_id: required(string),
  user_id: required(string),
  status: required(runStatus),
  start_time: required(int64, 'Milliseconds since the epoch.'),
  end_time: int64,
  artifact_uri: required(string),
  lifecycle_stage: required(lifecycleStage),
})

const runData = message({ metrics: list(metric), params: list(param), tags: list(tag) })

export const run = message({
  info: required(runInfo),
  data: required(runData),
  inputs: required(message({ dataset_inputs: list(datasetInput), model_inputs: list(modelInput) })),
  outputs: message({ model_outputs: list(modelOutput) }),
})

const empty = message({})

/** Old clients name a run by `run_uuid`, new ones send both. */
const runRef = { run_id: string, run_uuid: optional(string, 'The old name of run_id.') }
const onRun = (permission: 'read' | 'edit') => ({ resource: 'run', permission, field: 'run_id' }) as const

export const createRun = endpoint({
  method: 'POST',
  path: '/mlflow/runs/create',
  mode: 'write',
  access: { resource: 'experiment', permission: 'edit', field: 'experiment_id' },
  summary: 'Start a run. Without a name it gets a generated one.',
  request: message({
    experiment_id: optional(string, "The default experiment, '0', when absent."),
    user_id: string,
    run_name: string,
    start_time: optional(int64, 'Milliseconds since the epoch; now when absent.'),
    tags: list(tag),
  }),
  response: message({ run: required(run) }),
})

export const updateRun = endpoint({
  method: 'POST',
  path: '/mlflow/runs/update',
  mode: 'write',
  access: onRun('edit'),
  summary: "Set a run's status, end time or name.",
  request: message({ ...runRef, status: runStatus, end_time: int64, run_name: string }),
  response: message({ run_info: required(runInfo) }),
})

export const deleteRun = endpoint({
  method: 'POST',
  path: '/mlflow/runs/delete',
  mode: 'write',
  access: onRun('edit'),
  summary: 'Delete a run; `restore` brings it back.',
  request: message({ run_id: required(string) }),
  response: empty,
})

export const restoreRun = endpoint({
  method: 'POST',
  path: '/mlflow/runs/restore',
  mode: 'write',
  access: onRun('edit'),
  summary: 'Bring a deleted run back.',
  request: message({ run_id: required(string) }),
  response: empty,
})

export const moveRuns = endpoint({
  method: 'POST',
  path: '/runs/move',
  at: 'trackway',
  mode: 'write',
  access: { resource: 'run', permission: 'edit', field: 'run_ids' },
  summary: 'Move runs to another experiment, all or none. Artifacts and logged models stay where they are.',
  request: message({
    run_ids: required(list(string), 'From 1 to 1,000.'),
    experiment_id: required(string, 'Where they go.'),
  }),
  response: message({ moved: required(int64, 'How many were in another experiment.') }),
})

export const getRun = endpoint({
  method: 'GET',
  path: '/mlflow/runs/get',
  mode: 'read',
  access: onRun('read'),
  summary: 'Read a run with its latest metrics, params, tags, inputs and outputs.',
  request: message(runRef),
  response: message({ run: required(run) }),
})

export const searchRuns = endpoint({
  method: 'POST',
  path: '/mlflow/runs/search',
  mode: 'read',
  access: { resource: 'experiment', permission: 'search', field: 'experiment_ids' },
  summary: 'Find runs of some experiments by a filter, page by page; the newest first unless ordered otherwise.',
  request: message({
    experiment_ids: list(string),
    filter: string,
    run_view_type: optional(viewType, 'ACTIVE_ONLY when absent.'),
    max_results: optional(int32, 'From 1 to 50,000; 1,000 when absent.'),
    order_by: list(string),
    page_token: string,
  }),
  response: message({ runs: list(run), next_page_token: string }),
})

export const logMetric = endpoint({
  method: 'POST',
  path: '/mlflow/runs/log-metric',
  mode: 'write',
  access: onRun('edit'),
  summary: 'Log one point of a metric. The same point again changes nothing.',
  request: message({
    ...runRef,
    key: required(string),
    value: required(double),
    timestamp: required(int64),
    step: optional(int64, '0 when absent.'),
    model_id: string,
    dataset_name: string,
    dataset_digest: string,
  }),
  response: empty,
})

export const logParam = endpoint({
  method: 'POST',
  path: '/mlflow/runs/log-parameter',
  mode: 'write',
  access: onRun('edit'),
  summary: 'Log a param. Its value never changes: the same value again is fine, another is refused.',
  request: message({ ...runRef, key: required(string), value: required(emptyableString) }),
  response: empty,
})

export const logBatch = endpoint({
  method: 'POST',
  path: '/mlflow/runs/log-batch',
  mode: 'write',
  access: onRun('edit'),
  summary: 'Log up to 1,000 metrics, 100 params and 100 tags, 1,000 in all; stored whole or not at all.',
  request: message({ run_id: string, metrics: list(metric), params: list(param), tags: list(tag) }),
  response: empty,
})

export const setTag = endpoint({
  method: 'POST',
  path: '/mlflow/runs/set-tag',
  mode: 'write',
  access: onRun('edit'),
  summary: 'Set a tag of a run, replacing its value.',
  request: message({ ...runRef, key: required(string), value: required(emptyableString) }),
  response: empty,
})

export const deleteTag = endpoint({
  method: 'POST',
  path: '/mlflow/runs/delete-tag',
  mode: 'write',
  access: onRun('edit'),
  summary: 'Remove a tag of a run.',
  request: message({ run_id: required(string), key: required(string) }),
  response: empty,
})

export const logInputs = endpoint({
  method: 'POST',
  path: '/mlflow/runs/log-inputs',
  mode: 'write',
  access: onRun('edit'),
  summary: 'Note the datasets and models that a run used.',
  request: message({ run_id: required(string), datasets: list(datasetInput), models: list(modelInput) }),
  response: empty,
})

export const logOutputs = endpoint({
  method: 'POST',
  path: '/mlflow/runs/outputs',
  mode: 'write',
  access: onRun('edit'),
  summary: 'Note the models that a run made.',
  request: message({ run_id: required(string), models: list(modelOutput) }),
  response: empty,
})

export const logModel = endpoint({
  method: 'POST',
  path: '/mlflow/runs/log-model',
  mode: 'write',
  access: onRun('edit'),
  summary: "Add an MLmodel description to the run's tag mlflow.log-model.history.",
  request: message({ run_id: string, model_json: string }),
  response: empty,
})
