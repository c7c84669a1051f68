import { endpoint } from './endpoint.ts'
import { double, int32, int64, json, list, message, oneOf, optional, required, string } from './schema.ts'

/**
 * The curve of one metric of one run. Over METRIC the x of a point is the latest value of `x_key` that the same run has
 * at the same step, as W&B and Aim pair them; points without one, and those whose x is NaN or infinite, are left out.
 * Curves ascend by x, then by step: a grid of buckets along x has no other order.
 */
const series = message({
  run_id: required(string),
  key: required(string),
  points: required(int64, 'How many points the run has in the range; the curve may have fewer.'),
  x: required(json, 'Ascending: steps, ms since the epoch, ms since the run began, or values of x_key.'),
  last: required(json, 'The last value at each x; NaN and the infinities are the strings of the wire.'),
  min: optional(
    json,
    'The least and the greatest value of each bucket, NaN left out; absent where the curve is whole.',
  ),
  max: json,
})

export const metricSeries = endpoint({
  method: 'POST',
  path: '/metrics/series',
  at: 'trackway',
  mode: 'read',
  cost: 'heavy',
  access: { resource: 'run', permission: 'search', field: 'run_ids' },
  summary: 'Curves of many metrics of many runs, sampled so that no bucket loses its least and greatest value.',
  request: message({
    run_ids: required(list(string), 'At most 500.'),
    keys: required(list(string), 'At most 200.'),
    x: optional(oneOf(['STEP', 'TIME', 'RELATIVE', 'METRIC']), 'STEP when absent.'),
    x_key: optional(string, 'The metric whose values at the same steps are x; with METRIC, and only then.'),
    from: optional(double, 'The range of x; all when absent.'),
    to: double,
    buckets: optional(
      int32,
      'At most so many points a curve, from 2 to 5,000; 400 when absent. A curve with fewer points comes whole.',
    ),
    changed_since: optional(int64, 'Leaves out curves whose newest point is not younger, in ms since the epoch.'),
  }),
  response: message({ series: list(series) }),
})
