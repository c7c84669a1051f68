import { endpoint } from './endpoint.ts'
import { viewType } from './experiments.ts'
import { runColumn } from './run-query.ts'
import { boolean, int32, int64, json, list, message, oneOf, optional, required, string } from './schema.ts'

/** What groups are ordered by. */
const groupOrder = message({
  by: required(
    oneOf(['RUNS', 'LAST_START_TIME', 'VALUE', 'COUNT', 'MEAN', 'MIN', 'MAX', 'STD']),
    'RUNS: how many there are. VALUE: of a field of group_by, numbers before other texts. The rest: of a column.',
  ),
  place: optional(int32, 'Which field of group_by, or which column: 0, the first, when absent.'),
  descending: optional(boolean, 'What is missing comes last either way.'),
})

const runGroup = message({
  values: required(json, 'One for each field of group_by, in their order; null for the runs that have none.'),
  filter: optional(
    string,
    'What finds just these runs: `(…) AND` it to the filter of the query. Absent where no filter can write a value: ' +
      'one that ends in a backslash, or has both kinds of quotes behind backslashes.',
  ),
  runs: required(int64),
  running: required(int64, 'How many of them are running.'),
  last_start_time: required(int64, 'Of the youngest of them. Milliseconds since the epoch.'),
  aggregates: required(
    json,
    'One for each column, in their order: null where no run has a value, else { count, left_out, mean, min, max, std }. ' +
      'NaN, the infinities and texts that are no numbers are left_out of all the others; std is that of a sample ' +
      '(n - 1). What cannot be told, such as std of one value, is absent.',
  ),
})

/** A table of runs, grouped: every group's size and numbers, without reading a run. */
export const groupRuns = endpoint({
  method: 'POST',
  path: '/runs/groups',
  at: 'trackway',
  mode: 'read',
  cost: 'heavy',
  access: { resource: 'experiment', permission: 'search', field: 'experiment_ids' },
  summary:
    'The matching runs grouped by params, tags or attributes, with the mean, the range and the spread of columns.',
  request: message({
    experiment_ids: list(string),
    filter: string,
    run_view_type: viewType,
    group_by: optional(
      list(string),
      'From 1 to 5 of params.model, tags.team and attributes such as status, user_id and experiment_id.',
    ),
    columns: optional(list(runColumn), 'Metrics and params. At most 20.'),
    order_by: optional(list(groupOrder), 'RUNS, the greatest first, when empty; then by the values of group_by.'),
    max_results: optional(int32, 'From 1 to 1,000; 100 when absent.'),
    page_token: string,
  }),
  response: message({
    groups: list(runGroup),
    total: required(int64, 'How many groups there are.'),
    total_matching: required(int64, 'How many runs match.'),
    next_page_token: string,
  }),
})
