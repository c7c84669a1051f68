import { endpoint } from './endpoint.ts'
import { viewType } from './experiments.ts'
import { boolean, int32, int64, json, list, message, oneOf, optional, required, string } from './schema.ts'

/** A value of a run to show. */
export const runColumn = message({
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
  parent_run_id: optional(
    string,
    'The run that it is nested in: its tag mlflow.parentRunId, be there such a run or not.',
  ),
  children: optional(
    int64,
    'With roots_only or parent_run_id: how many of the matching runs are listed below it, directly.',
  ),
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
    run_ids: optional(
      list(string),
      'Only these of the matching runs, at most 500; unknown ones are left out. With them, no experiment_ids means any.',
    ),
    roots_only: optional(
      boolean,
      'Leaves out each run whose parent is itself among the matching runs. Of runs that are nested in a circle, the ' +
        'one that was made first counts as having no parent: every matching run has one place in the tree.',
    ),
    parent_run_id: optional(
      string,
      'Only the runs directly below this one, which need not match itself. Not together with roots_only.',
    ),
    columns: optional(list(runColumn), 'At most 100.'),
    order_by: optional(
      list(string),
      'As in a search, and min(metrics.loss), max(metrics.loss) or count(metrics.loss) over all points of a metric.',
    ),
    max_results: optional(int32, 'From 1 to 1,000; 100 when absent.'),
    page_token: string,
  }),
  response: message({
    runs: list(queriedRun),
    total: required(int64, 'How many runs match; with roots_only or parent_run_id, how many of that level.'),
    running: required(int64, 'How many of them are running.'),
    total_matching: optional(int64, 'With roots_only or parent_run_id: how many runs match on all levels together.'),
    running_matching: optional(int64, 'And how many of those are running.'),
    next_page_token: string,
  }),
})
