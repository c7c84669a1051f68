import { endpoint } from './endpoint.ts'
import { viewType } from './experiments.ts'
import { int32, int64, json, list, message, oneOf, optional, required, string } from './schema.ts'

/** A value of a run to show. */
const column = message({
  field: required(
    string,
    'metrics.loss, params.lr, tags.team or an attribute, such as user_id; quoted as in a filter.',
  ),
  value: optional(oneOf(['LAST', 'MIN', 'MAX', 'COUNT']), 'Which of a metric’s values; LAST when absent.'),
})

const queriedRun = message({
  run_id: required(string),
  run_name: required(string),
  experiment_id: required(string),
  status: required(string),
  lifecycle_stage: required(string),
  start_time: required(int64, 'Milliseconds since the epoch.'),
  end_time: int64,
  values: required(
    json,
    'One for each column asked for, in their order: null where the run has none, NaN and the infinities as strings.',
  ),
})

/** What a table of runs asks: the columns that it shows and nothing else, and how many runs there are. */
export const queryRuns = endpoint({
  method: 'POST',
  path: '/runs/query',
  at: 'trackway',
  mode: 'read',
  access: { resource: 'experiment', permission: 'search', field: 'experiment_ids' },
  summary: 'A page of runs with the columns asked for, and how many runs match in all.',
  request: message({
    experiment_ids: list(string),
    filter: string,
    run_view_type: viewType,
    columns: optional(list(column), 'At most 100.'),
    order_by: list(string),
    max_results: optional(int32, 'From 1 to 1,000; 100 when absent.'),
    page_token: string,
  }),
  response: message({
    runs: list(queriedRun),
    total: required(int64, 'How many runs match.'),
    running: required(int64, 'How many of them are running.'),
    next_page_token: string,
  }),
})
