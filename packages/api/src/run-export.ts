import { endpoint } from './endpoint.ts'
import { viewType } from './experiments.ts'
import { list, message, oneOf, optional, string } from './schema.ts'

/**
 * Files of runs and of their metrics. Values are exact, also where a spreadsheet would take a text for a formula, as
 * programs read these files first and numbers begin with a minus. NaN and the infinities are values like any other.
 *
 * CSV is RFC 4180 in UTF-8: what is missing is empty, an empty text is `""`, times are ISO 8601. JSON is one array with a
 * row a line, so that a file that broke off cannot be read as a whole one; what is missing is left out, times are ms
 * since the epoch, and NaN and the infinities are the strings of the wire. Parquet has typed columns.
 */
const format = optional(
  oneOf(['CSV', 'JSON', 'PARQUET']),
  'CSV when absent. Values are exact: a text that a spreadsheet would take for a formula stays as it is.',
)

const selection = {
  experiment_ids: optional(list(string), 'May be empty where runs are named.'),
  run_ids: optional(list(string), 'Only these runs.'),
  filter: string,
  run_view_type: viewType,
}

const ofRuns = { resource: 'experiment', permission: 'search', field: 'experiment_ids' } as const

export const exportRuns = endpoint({
  method: 'POST',
  alsoMethod: 'GET',
  path: '/runs/export',
  at: 'trackway',
  mode: 'read',
  cost: 'heavy',
  file: 'response',
  access: ofRuns,
  summary: 'A file of runs with the columns asked for, one run a row, written while it is read.',
  request: message({
    ...selection,
    order_by: list(string),
    columns: optional(
      list(string),
      'metrics.loss, min(metrics.loss), max(…), count(…), params.lr, tags.team or an attribute, quoted as in a ' +
        'filter; all metrics and params of the runs when empty. Ids, name, status and times come before them.',
    ),
    format,
  }),
  response: message({}),
})

export const exportMetrics = endpoint({
  method: 'POST',
  alsoMethod: 'GET',
  path: '/metrics/export',
  at: 'trackway',
  mode: 'read',
  cost: 'heavy',
  file: 'response',
  access: ofRuns,
  summary: "A file of every point of the runs' metrics: run_id, run_name, key, step, timestamp and value.",
  request: message({ ...selection, keys: optional(list(string), 'Which metrics; all when empty.'), format }),
  response: message({}),
})
