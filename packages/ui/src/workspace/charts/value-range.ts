/** The share of the values at each end that 'ignore outliers' leaves out of a chart's range. */
const outliers = 0.025
/** Quantiles are taken of a sample of so many values. */
const sample = 20_000

export interface ValueRange {
  readonly low: number
  readonly high: number
}

/**
 * The range of the finite values of some lists: of all, or without the most extreme ones at either end. On a logarithmic
 * axis only what is above zero counts. Undefined where nothing is left.
 */
export function valueRange(
  lists: readonly Float64Array[],
  { clip = false, log = false }: { clip?: boolean; log?: boolean } = {},
): ValueRange | undefined {
  if (clip) return clipped(lists, log)
  let [low, high] = [Infinity, -Infinity]
  for (const list of lists) {
    const found = log ? extremes(list, 0) : known(list)
    if (found.low < low) low = found.low
    if (found.high > high) high = found.high
  }
  return low <= high ? { low, high } : undefined
}

const extremesOf = new WeakMap<Float64Array, ValueRange>()

/** Lists never change, and are asked for their extremes for the axis, the summary and the table. */
function known(list: Float64Array): ValueRange {
  const found = extremesOf.get(list) ?? extremes(list, -Infinity)
  extremesOf.set(list, found)
  return found
}

/** Of the finite values above `above`; the low beyond the high where there are none. */
function extremes(list: Float64Array, above: number): ValueRange {
  let [low, high] = [Infinity, -Infinity]
  for (let at = 0; at < list.length; at++) {
    const value = list[at] ?? 0
    // Compared, not asked: neither NaN nor the infinities pass.
    if (!(value > above && value < Infinity)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}

function clipped(lists: readonly Float64Array[], log: boolean): ValueRange | undefined {
  const count = lists.reduce((all, list) => all + list.length, 0)
  const stride = Math.max(1, Math.ceil(count / sample))
  const found: number[] = []
  let at = 0
  for (const list of lists) {
    for (const value of list) {
      if (at++ % stride === 0 && Number.isFinite(value) && (!log || value > 0)) found.push(value)
    }
  }
  if (found.length === 0) return undefined
  const sorted = Float64Array.from(found).sort()
  const least = Math.floor(outliers * (sorted.length - 1))
  return { low: sorted[least] ?? 0, high: sorted[sorted.length - 1 - least] ?? 0 }
}

/** A range with room around it, so that no line runs along the frame and a constant has a middle. */
export function paddedRange({ low, high }: ValueRange, log: boolean): ValueRange {
  if (log) {
    const factor = high > low ? (high / low) ** 0.04 : 2
    return { low: low / factor, high: high * factor }
  }
  const room = high > low ? (high - low) * 0.05 : Math.abs(high) * 0.1 || 0.5
  return { low: low - room, high: high + room }
}
