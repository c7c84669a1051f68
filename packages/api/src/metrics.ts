import { endpoint } from './endpoint.ts'
import { metric } from './runs.ts'
import { double, int32, int64, list, message, optional, required, string } from './schema.ts'

const metricOfRun = message({
  key: required(string),
  value: required(double),
  timestamp: required(int64),
  step: required(int64),
  run_id: required(string),
})

const onRun = { resource: 'run', permission: 'read', field: 'run_id' } as const

export const getMetricHistory = endpoint({
  method: 'GET',
  path: '/mlflow/metrics/get-history',
  mode: 'read',
  access: onRun,
  summary: "All points of a run's metric, in order of time, then step, then value.",
  request: message({
    run_id: string,
    run_uuid: string,
    metric_key: required(string),
    page_token: string,
    max_results: optional(int32, 'Points in a page; the whole history when absent.'),
  }),
  response: message({ metrics: list(metric), next_page_token: string }),
})

export const getMetricHistoryBulk = endpoint({
  method: 'GET',
  path: '/mlflow/metrics/get-history-bulk',
  mode: 'read',
  access: onRun,
  summary: 'The points of one metric for up to 100 runs, in order of run id, then time.',
  request: message({
    run_id: required(list(string), 'Repeated: one to 100 run ids.'),
    metric_key: required(string),
    max_results: optional(int32, 'Points in all, 25,000 at most and when absent.'),
  }),
  response: message({ metrics: list(metricOfRun) }),
})

export const getMetricHistoryBulkInterval = endpoint({
  method: 'GET',
  path: '/mlflow/metrics/get-history-bulk-interval',
  mode: 'read',
  access: { ...onRun, field: 'run_ids' },
  summary:
    "A sample of one metric's points for up to 100 runs, evenly over the steps, with first and last of each run.",
  request: message({
    run_ids: required(list(string), 'Repeated: one to 100 run ids.'),
    metric_key: required(string),
    start_step: int32,
    end_step: int32,
    max_results: optional(int32, 'Points for each run, about; from 1 to 2,500, which is also the default.'),
  }),
  response: message({ metrics: list(metricOfRun) }),
})
