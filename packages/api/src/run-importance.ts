import { endpoint } from './endpoint.ts'
import { viewType } from './experiments.ts'
import { double, int64, list, message, oneOf, optional, required, string } from './schema.ts'

const paramImportance = message({
  field: required(string, 'As a filter writes it: params.lr.'),
  key: required(string),
  runs: required(int64, 'How many of the runs used have the param.'),
  measure: required(oneOf(['SPEARMAN', 'CORRELATION_RATIO']), 'The latter where not all values are numbers.'),
  correlation: optional(
    double,
    'From -1 to 1 for Spearman’s rank correlation, from 0 to 1 for the correlation ratio, which is that of the metric’s ' +
      'ranks and corrected for chance. Of the runs that have the param; absent where they are fewer than three.',
  ),
  importance: required(
    double,
    'From 0 to 1: how much of a forest’s explanation of the metric is lost when the param’s values are shuffled, as a ' +
      'share of what is lost with all of the params together.',
  ),
})

/** Which params a metric seems to depend on. */
export const runImportance = endpoint({
  method: 'POST',
  path: '/runs/importance',
  at: 'trackway',
  mode: 'read',
  cost: 'heavy',
  access: { resource: 'experiment', permission: 'search', field: 'experiment_ids' },
  summary:
    'How much each param matters for a metric over the matching runs: its correlation, and its permutation importance ' +
    'in a small random forest that is the same for the same runs.',
  request: message({
    experiment_ids: list(string),
    filter: string,
    run_view_type: viewType,
    metric: required(string, 'As a filter writes it: metrics.loss. Its last values count.'),
  }),
  response: message({
    total: required(int64, 'How many runs match.'),
    used: required(int64, 'How many of the newest 5,000 of them have a number for the metric.'),
    explained: optional(
      double,
      'How much of the metric’s ranks the forest explains on runs that it has not seen, from 0 to 1. Where it is small, ' +
        'the importances say little.',
    ),
    params: optional(
      list(paramImportance),
      'The most important first; none where fewer than 10 runs can be used. Of the params that differ, at most 60, those ' +
        'that most runs have; texts that are another for nearly each run are left out.',
    ),
  }),
})
