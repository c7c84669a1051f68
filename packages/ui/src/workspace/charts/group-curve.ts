import type { Band } from './charts-state.ts'
import { indexAt } from './curve.ts'

/** Values over an x of their own; what is no finite number is a gap. */
export interface Points {
  readonly x: Float64Array
  readonly y: Float64Array
}

export interface GroupCurve extends Points {
  readonly low: Float64Array
  readonly high: Float64Array
}

const mostPoints = 400

/**
 * The mean of some curves with a band around it. Curves have their own x: each is read at the points of a shared grid,
 * linearly between its points and not beyond its ends. `std` is one standard deviation of the sample to each side, `ci`
 * the 95 % confidence interval of the mean (1.96 standard errors).
 */
export function groupCurve(curves: readonly Points[], band: Band = 'minmax'): GroupCurve {
  const x = sharedGrid(curves.map((curve) => curve.x))
  const [y, low, high] = [new Float64Array(x.length), new Float64Array(x.length), new Float64Array(x.length)]
  const values: number[] = []
  for (let at = 0; at < x.length; at++) {
    values.length = 0
    for (const curve of curves) {
      const value = valueAt(curve, x[at] ?? 0)
      if (Number.isFinite(value)) values.push(value)
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const half = band === 'minmax' ? 0 : halfBand(values, mean, band)
    y[at] = mean
    low[at] = band === 'minmax' && values.length > 0 ? Math.min(...values) : mean - half
    high[at] = band === 'minmax' && values.length > 0 ? Math.max(...values) : mean + half
  }
  return { x, y, low, high }
}

function halfBand(values: readonly number[], mean: number, band: Band): number {
  if (values.length < 2) return 0
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return band === 'std' ? Math.sqrt(variance) : 1.96 * Math.sqrt(variance / values.length)
}

/** All x there are, or so many of them, evenly over the list, as a chart can show. */
export function sharedGrid(lists: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0))
  let end = 0
  for (const list of lists) {
    all.set(list, end)
    end += list.length
  }
  all.sort()
  const distinct = all.filter((value, at) => at === 0 || value !== all[at - 1])
  if (distinct.length <= mostPoints) return distinct
  return Float64Array.from(
    { length: mostPoints },
    (_, at) => distinct[Math.round((at * (distinct.length - 1)) / (mostPoints - 1))] ?? 0,
  )
}

/** The value between the points around `at`; NaN beyond the ends and beside a gap. */
export function valueAt({ x, y }: Points, at: number): number {
  const before = indexAt(x, at)
  const left = x[before]
  if (left === undefined) return Number.NaN
  const value = y[before] ?? Number.NaN
  if (left === at) return value
  const right = x[before + 1]
  if (right === undefined) return Number.NaN
  return value + (((y[before + 1] ?? Number.NaN) - value) * (at - left)) / (right - left)
}
