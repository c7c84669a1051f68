import { describe, expect, it } from 'vitest'
import { boxOf, groupValues } from './box-scene.ts'
import { contourGrid } from './contour-scene.ts'
import { plotAxis } from './plot-axis.ts'
import { plotField } from './plot-field.ts'
import { paretoFront, trendOf } from './scatter-scene.ts'
import { shadeOf, shadesBetween } from './shade.ts'

describe('boxOf', () => {
  it('has quartiles between values, and whiskers that leave out what lies far off', () => {
    expect(boxOf([5, 1, 2, 4, 3])).toEqual({ first: 2, median: 3, third: 4, low: 1, high: 5 })
    expect(boxOf([1, 2, 3, 4, 100])).toMatchObject({ median: 3, high: 4 })
    expect(boxOf([7])).toEqual({ first: 7, median: 7, third: 7, low: 7, high: 7 })
    expect(boxOf([])).toBeUndefined()
  })
})

describe('groupValues', () => {
  it('orders numbers as numbers and texts by how many there are; what is missing comes last', () => {
    expect(groupValues(plotField('params.a', ['16', '8', '128', null]))).toEqual(['8', '16', '128', undefined])
    expect(groupValues(plotField('params.a', ['x', 'y', 'y']))).toEqual(['y', 'x'])
    expect(
      groupValues(
        plotField(
          'params.a',
          Array.from({ length: 30 }, (_, run) => `v${run}`),
        ),
      ),
    ).toHaveLength(20)
  })
})

describe('contourGrid', () => {
  it('has a point’s value where it lies, and between two equal ones the same', () => {
    const grid = contourGrid(
      [
        { x: 0, y: 0, value: 0 },
        { x: 1, y: 1, value: 1 },
      ],
      11,
    )
    expect(grid).toHaveLength(121)
    expect(grid[0]).toBeLessThan(0.01)
    expect(grid[120]).toBeGreaterThan(0.99)
    expect(grid[60]).toBeCloseTo(0.5, 9)
    for (const value of contourGrid(
      [
        { x: 0, y: 0, value: 3 },
        { x: 1, y: 0, value: 3 },
      ],
      5,
    ))
      expect(value).toBeCloseTo(3, 9)
  })
})

describe('paretoFront', () => {
  it('keeps what nothing else beats by both', () => {
    const cost = Float64Array.from([1, 2, 3, 4, NaN, 2])
    const score = Float64Array.from([0.5, 0.7, 0.6, 0.9, 1, 0.7])
    const all = new Uint8Array(6).fill(1)
    expect(paretoFront(cost, score, all, [true, false])).toEqual([0, 1, 3])
    expect(paretoFront(cost, score, Uint8Array.from([1, 0, 1, 1, 1, 0]), [true, false])).toEqual([0, 2, 3])
    expect(paretoFront(cost, score, all, [false, false])).toEqual([3])
  })
})

describe('trendOf', () => {
  it('is the line of least squares, with the correlation', () => {
    const x = plotAxis(plotField('metrics.x', [0, 1, 2, 3]), [0, 300])
    const y = plotAxis(plotField('metrics.y', [0, 2, 4, 6]), [100, 0])
    const data = {
      runs: Array.from({ length: 4 }, () => ({ id: '', name: '', experimentId: '' })),
      isIn: new Uint8Array(4).fill(1),
    }
    const trend = trendOf(data, x, y)
    expect(trend?.correlation).toBeCloseTo(1, 9)
    expect(trend?.slope).toBeCloseTo(-1 / 3, 9)
    expect(trendOf({ ...data, isIn: Uint8Array.from([1, 1, 0, 0]) }, x, y)).toBeUndefined()
  })
})

describe('shadesBetween', () => {
  it('goes evenly from the first to the last, by the shorter way around the hues', () => {
    const shades = shadesBetween(['oklch(0.4 0.1 350)', 'oklch(0.8 0.2 10)'], 3)
    expect(shades).toEqual(['oklch(0.4000 0.1000 350.00)', 'oklch(0.6000 0.1500 0.00)', 'oklch(0.8000 0.2000 10.00)'])
    expect([0, 0.5, 1, 7].map((share) => shadeOf(shades, share))).toEqual([shades[0], shades[1], shades[2], shades[2]])
  })

  it('takes colours that it cannot read as they are', () => {
    expect(shadesBetween(['red', 'blue'], 2)).toEqual(['red', 'blue'])
  })
})
