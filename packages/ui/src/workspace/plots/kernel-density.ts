import { deviation, quantileSorted } from 'd3-array'

export interface DensityPoint {
  readonly value: number
  readonly density: number
}

const points = { fewest: 48, most: 256 } as const
const leastDistinct = 5

/**
 * How densely values lie, by a Gaussian kernel of Silverman’s bandwidth, from the least value to the greatest. Undefined
 * with fewer than five distinct finite values, which would pretend to know a shape.
 */
export function kernelDensity(values: readonly number[]): readonly DensityPoint[] | undefined {
  const sorted = values.filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b)
  if (new Set(sorted).size < leastDistinct) return undefined
  const low = sorted[0] ?? 0
  const span = (sorted.at(-1) ?? 0) - low
  const spread = deviation(sorted) ?? 0
  const middle = ((quantileSorted(sorted, 0.75) ?? 0) - (quantileSorted(sorted, 0.25) ?? 0)) / 1.34
  // Where half of the values are equal, the quartiles tell nothing.
  const width = 0.9 * (middle > 0 ? Math.min(spread, middle) : spread) * sorted.length ** -0.2
  // Three points a bandwidth, so that no peak lies between two of them.
  const count = Math.max(points.fewest, Math.min(points.most, Math.ceil((3 * span) / width)))
  const scale = 1 / (sorted.length * width * Math.sqrt(2 * Math.PI))
  return Array.from({ length: count }, (_, index) => {
    const value = low + (index * span) / (count - 1)
    const sum = sorted.reduce((total, own) => total + Math.exp(-0.5 * ((value - own) / width) ** 2), 0)
    return { value, density: sum * scale }
  })
}
