import { invalidParameter } from '@trackway/api'

import type { Handlers } from '../handlers.ts'
import { EncodedReply } from './encoded-reply.ts'
import { exactJson } from './exact-json.ts'
import type { Curve, TrackingStore } from './store.ts'

const most = { runs: 500, keys: 200, buckets: 5000 } as const
const defaultBuckets = 400

export function createMetricSeriesHandlers({ metrics }: TrackingStore): Pick<Handlers, 'metricSeries'> {
  return {
    async metricSeries({ run_ids, keys, x = 'STEP', x_key, from, to, buckets = defaultBuckets, changed_since }) {
      checkCount('run_ids', run_ids.length, most.runs)
      checkCount('keys', keys.length, most.keys)
      if (buckets < 2 || buckets > most.buckets) {
        throw invalidParameter(`Invalid value ${buckets} for parameter 'buckets' supplied: it must be from 2 to 5000.`)
      }
      if (x === 'METRIC' && !x_key) {
        throw invalidParameter(
          "Missing value for parameter 'x_key': with x METRIC it names the metric that x is read from.",
        )
      }
      if (x !== 'METRIC' && x_key) {
        throw invalidParameter(`Parameter 'x_key' goes with x METRIC only, but x is ${x}.`)
      }
      const range = { from: from ?? -Infinity, to: to ?? Infinity }
      if (Number.isNaN(range.from) || Number.isNaN(range.to) || range.from > range.to) {
        throw invalidParameter(`Invalid range of x: 'from' is ${range.from}, 'to' is ${range.to}; it must go upwards.`)
      }
      const request = {
        runIds: [...new Set(run_ids)],
        keys,
        axis: x,
        xKey: x_key,
        ...range,
        buckets,
        changedSince: changed_since,
      }
      return new EncodedReply(writeCurves(metrics.curves(request)))
    },
  }
}

function checkCount(field: string, count: number, allowed: number): void {
  if (count > allowed) {
    throw invalidParameter(`At most ${allowed} ${field} may be asked for at once, got ${count}.`)
  }
}

async function* writeCurves(curves: AsyncIterable<Curve>): AsyncGenerator<string> {
  let separator = '{"series":['
  for await (const { runId, key, points, x, last, extremes } of curves) {
    const lists = extremes && { min: extremes.min.map(exactJson), max: extremes.max.map(exactJson) }
    yield separator + JSON.stringify({ run_id: runId, key, points, x, last: last.map(exactJson), ...lists })
    separator = ','
  }
  yield separator === ',' ? ']}' : '{}'
}
