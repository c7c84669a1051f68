import { endpoint } from './endpoint.ts'
import { boolean, double, json, list, message, required, string } from './schema.ts'

export const experimentHeadlines = endpoint({
  method: 'GET',
  path: '/experiments/headlines',
  at: 'trackway',
  mode: 'read',
  access: { resource: 'experiment', permission: 'search', field: 'experiment_ids' },
  summary: 'The metric that each experiment is about and its best value, from its newest 200 runs.',
  request: message({ experiment_ids: required(list(string), 'At most 100.') }),
  response: message({
    headlines: list(
      message({
        experiment_id: required(string),
        metric: required(
          string,
          'What the tag trackway.headline names, or else the likeliest: a score of validation before a loss.',
        ),
        lower_is_better: required(boolean, 'Guessed from the metric’s name.'),
        best: required(double),
        best_run_id: required(string),
        recent: required(json, 'The last values of the runs, at most 30 numbers, the newest last.'),
      }),
    ),
  }),
})
