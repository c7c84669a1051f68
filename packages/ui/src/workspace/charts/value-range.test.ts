import { expect, test } from 'vitest'
import { paddedRange, valueRange } from './value-range.ts'

test('valueRange spans the finite values of all lists', () => {
  expect(valueRange([Float64Array.of(3, NaN, -2), Float64Array.of(Infinity, 9)])).toEqual({ low: -2, high: 9 })
  expect(valueRange([Float64Array.of(NaN, -Infinity)])).toBeUndefined()
})

test('valueRange on a logarithmic axis counts only what is above zero', () => {
  expect(valueRange([Float64Array.of(-3, 0, 0.1, 5)], { log: true })).toEqual({ low: 0.1, high: 5 })
  expect(valueRange([Float64Array.of(-3, 0)], { log: true })).toBeUndefined()
})

test('valueRange without outliers leaves a spike among many values out', () => {
  const values = Float64Array.from({ length: 1000 }, (_, at) => (at === 500 ? 1e6 : at / 1000))
  const { low = -1, high = -1 } = valueRange([values], { clip: true }) ?? {}
  expect(low).toBeCloseTo(0.024, 2)
  expect(high).toBeCloseTo(0.975, 2)
})

test('paddedRange gives a constant a middle', () => {
  const { low, high } = paddedRange({ low: 0, high: 0 }, false)
  expect(low).toBeLessThan(0)
  expect(high).toBeGreaterThan(0)
  expect(paddedRange({ low: 10, high: 10 }, true)).toEqual({ low: 5, high: 20 })
})
