import type { Response } from '@trackway/sdk'

export type Series = NonNullable<Response<'metricSeries'>['series']>[number]

/** A metric of a run over x, as the server sampled it. No object for each point: a page may hold a million. */
export interface Curve {
  readonly runId: string
  readonly key: string
  /** How many points were logged in the range. */
  readonly points: number
  /** Ascending. */
  readonly x: Float64Array
  /** NaN and the infinities are themselves. */
  readonly last: Float64Array
  /** The least and the greatest value of what each point stands for, where points were left out. */
  readonly min: Float64Array | undefined
  readonly max: Float64Array | undefined
}

export function curveOf({ run_id, key, points, x, last, min, max }: Series): Curve {
  return {
    runId: run_id,
    key,
    points: Number(points),
    x: numbers(x),
    last: numbers(last),
    min: min === undefined ? undefined : numbers(min),
    max: max === undefined ? undefined : numbers(max),
  }
}

/** NaN and the infinities come as text, and so do integers that no number holds. */
function numbers(values: unknown): Float64Array {
  const list = Array.isArray(values) ? (values as readonly unknown[]) : []
  const found = new Float64Array(list.length)
  for (let at = 0; at < found.length; at++) {
    const value = list[at]
    found[at] = typeof value === 'number' ? value : value === null ? Number.NaN : Number(value)
  }
  return found
}

/** The index of the last x that is not beyond `at`; -1 where all are. */
export function indexAt(x: Float64Array, at: number): number {
  let [low, high] = [0, x.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((x[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The index of the x that is nearest to `at`; -1 of nothing. */
export function nearestIndex(x: Float64Array, at: number): number {
  const before = indexAt(x, at)
  if (before < 0) return x.length > 0 ? 0 : -1
  const next = x[before + 1]
  return next !== undefined && next - at < at - (x[before] ?? at) ? before + 1 : before
}
