import { expect, test } from 'vitest'
import { groupCurve, sharedGrid, valueAt } from './group-curve.ts'

const of = (x: readonly number[], y: readonly number[]) => ({ x: Float64Array.from(x), y: Float64Array.from(y) })

test('groupCurve is the mean with the least and the greatest value at each x', () => {
  const group = groupCurve([of([0, 1, 2], [1, 2, 3]), of([0, 1, 2], [3, 6, 3])])
  expect([...group.x]).toEqual([0, 1, 2])
  expect([...group.y]).toEqual([2, 4, 3])
  expect([...group.low]).toEqual([1, 2, 3])
  expect([...group.high]).toEqual([3, 6, 3])
})

test('groupCurve reads curves of other x between their points and not beyond their ends', () => {
  const group = groupCurve([of([0, 2], [0, 2]), of([1, 3], [5, 7])])
  expect([...group.x]).toEqual([0, 1, 2, 3])
  expect([...group.y]).toEqual([0, 3, 4, 7])
})

test('groupCurve with std and ci agrees with a plain reckoning', () => {
  const values = [1, 4, 7, 12]
  const curves = values.map((value) => of([5], [value]))
  const mean = 6
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3)
  expect(groupCurve(curves, 'std').high[0]).toBeCloseTo(mean + deviation, 12)
  expect(groupCurve(curves, 'ci').low[0]).toBeCloseTo(mean - (1.96 * deviation) / 2, 12)
})

test('sharedGrid holds each x once, and no more of them than a chart can show', () => {
  expect([...sharedGrid([Float64Array.of(1, 3), Float64Array.of(1, 2)])]).toEqual([1, 2, 3])
  const grid = sharedGrid([Float64Array.from({ length: 5000 }, (_, at) => at)])
  expect([grid.length, grid[0], grid.at(-1)]).toEqual([400, 0, 4999])
})

test('valueAt beside a gap is none', () => {
  const curve = of([0, 1, 2], [1, NaN, 3])
  expect([valueAt(curve, 0), valueAt(curve, 0.5), valueAt(curve, 2), valueAt(curve, 3)]).toEqual([1, NaN, 3, NaN])
})
