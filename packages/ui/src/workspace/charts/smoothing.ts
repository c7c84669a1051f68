import type { Smoothing } from './charts-state.ts'

/**
 * A smoothed twin of a curve's values. `weight` is from 0, none, to 1: how much of the past an exponential average keeps
 * at each point, and how wide the window of the others is. What is no finite number stays a gap and counts for nothing.
 */
export function smoothed(values: Float64Array, weight: number, by: Smoothing = 'ema'): Float64Array {
  if (weight <= 0 || values.length < 2) return values
  if (by === 'ema') return exponential(values, weight)
  const radius = windowRadius(values.length, weight)
  return by === 'average' ? windowed(values, radius, () => 1) : windowed(values, radius, bell(radius))
}

/** Points on each side of a window: up to a quarter of the curve. */
export function windowRadius(points: number, weight: number): number {
  return Math.max(1, Math.round((weight ** 2 * points) / 4))
}

/**
 * The exponential moving average with the bias of its start taken out, as TensorBoard computes it: what was seen so far is
 * divided by the weights it had.
 */
function exponential(values: Float64Array, weight: number): Float64Array {
  const found = new Float64Array(values.length).fill(Number.NaN)
  let [sum, kept] = [0, 0]
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN
    if (!Number.isFinite(value)) continue
    sum = sum * weight + (1 - weight) * value
    kept = kept * weight + (1 - weight)
    found[at] = sum / kept
  }
  return found
}

function bell(radius: number): (distance: number) => number {
  const spread = Math.max(radius / 2, 0.5)
  return (distance) => Math.exp(-0.5 * (distance / spread) ** 2)
}

function windowed(values: Float64Array, radius: number, weigh: (distance: number) => number): Float64Array {
  const weights = Float64Array.from({ length: radius + 1 }, (_, distance) => weigh(distance))
  const found = new Float64Array(values.length).fill(Number.NaN)
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(values[at])) continue
    let [sum, all] = [0, 0]
    const end = Math.min(values.length - 1, at + radius)
    for (let near = Math.max(0, at - radius); near <= end; near++) {
      const value = values[near] ?? Number.NaN
      if (!Number.isFinite(value)) continue
      const share = weights[Math.abs(near - at)] ?? 0
      sum += share * value
      all += share
    }
    found[at] = sum / all
  }
  return found
}
