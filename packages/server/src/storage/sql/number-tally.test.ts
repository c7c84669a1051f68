import { describe, expect, test } from 'vitest'

import { tallyFinite, toFinite } from './number-tally.ts'

describe('tallyFinite', () => {
  function summarize(values: readonly unknown[]) {
    const tally = tallyFinite()
    for (const value of values) tally.add(value)
    return tally.summarize()
  }

  test('gives mean, range and the spread of a sample', () => {
    expect(summarize([2, '4', ' 6e0 '])).toEqual({ count: 3, leftOut: 0, mean: 4, min: 2, max: 6, std: 2 })
  })

  test('leaves out what is no finite number, and says how many', () => {
    expect(summarize([1, NaN, Infinity, '-inf', 'nan', 'adam', '', '0x10', 3])).toEqual({
      count: 2,
      leftOut: 7,
      mean: 2,
      min: 1,
      max: 3,
      std: Math.SQRT2,
    })
    expect(summarize([NaN])).toEqual({ count: 0, leftOut: 1 })
    expect(summarize([5])).toEqual({ count: 1, leftOut: 0, mean: 5, min: 5, max: 5 })
    expect(summarize([])).toBeNull()
  })

  test('is exact for numbers that are large beside their differences', () => {
    expect(summarize([1e9 + 1, 1e9 + 2, 1e9 + 3])).toMatchObject({ mean: 1e9 + 2, std: 1 })
    expect(summarize([0.1, 0.1, 0.1])).toMatchObject({ mean: 0.1, std: 0 })
  })

  test('leaves out what no double holds', () => {
    expect(summarize([1.7e308, -1.7e308])).toMatchObject({ count: 2, min: -1.7e308, max: 1.7e308, std: undefined })
  })
})

test.each([
  ['1e-3', 0.001],
  ['+.5', 0.5],
  ['1.', 1],
  [9007199254740993n, 9007199254740992],
  ['1e999', null],
  ['1_000', null],
  [null, null],
])('toFinite reads %s as %s', (value, number) => {
  expect(toFinite(value)).toBe(number)
})
