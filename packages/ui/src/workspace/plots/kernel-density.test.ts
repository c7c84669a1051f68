import { describe, expect, it } from 'vitest'
import { kernelDensity } from './kernel-density.ts'

const peakOf = (values: readonly number[]): number | undefined =>
  kernelDensity(values)?.toSorted((a, b) => b.density - a.density)[0]?.value

describe('kernelDensity', () => {
  it('is highest where most values lie', () => {
    expect(peakOf([0, 1, 7.8, 7.9, 8, 8, 8.1, 8.2, 12])).toBeCloseTo(8, 0)
    const farOutlier = [...Array.from({ length: 50 }, (_, index) => index / 50), 1000]
    expect(peakOf(farOutlier)).toBeLessThan(5)
  })

  it('is as wide as the values, symmetric where they are, and nearly all of one', () => {
    const density = kernelDensity([-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3]) ?? []
    expect([density[0]?.value, density.at(-1)?.value]).toEqual([-3, 3])
    for (const [index, point] of density.entries()) {
      expect(point.density).toBeCloseTo(density.at(-1 - index)?.density ?? NaN, 12)
    }
    const step = 6 / (density.length - 1)
    const area = density.reduce((sum, point) => sum + point.density * step, 0)
    expect(area).toBeGreaterThan(0.8)
    expect(area).toBeLessThan(1.02)
  })

  it('leaves out what is no number, and knows no shape of a few values', () => {
    expect(kernelDensity([1, 2, 3, 4, NaN, Infinity])).toBeUndefined()
    expect(kernelDensity([5, 5, 5, 5, 5, 5, 5])).toBeUndefined()
    expect(kernelDensity([])).toBeUndefined()
    expect(kernelDensity([1, 2, 3, 4, 5, NaN])?.every(({ density }) => density > 0)).toBe(true)
  })
})
