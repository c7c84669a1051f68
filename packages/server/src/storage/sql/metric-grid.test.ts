import { describe, expect, test } from 'vitest'

import { randomNumbers } from '../../random-numbers.ts'
import { gridOver } from './metric-grid.ts'

describe('gridOver()', () => {
  test('covers the range with at most as many buckets as asked for, and with not many fewer', () => {
    const random = randomNumbers(3)
    for (let round = 0; round < 2000; round++) {
      const isWhole = round % 2 === 0
      const scale = 10 ** (random() * 12 - (isWhole ? 0 : 6))
      const ends = [(random() - 0.5) * scale, (random() - 0.5) * scale].map((end) => (isWhole ? Math.round(end) : end))
      const [low, high] = [Math.min(...ends), Math.max(...ends)]
      const buckets = 2 + Math.floor(random() * 500)
      const { width, first, count } = gridOver(low, high, buckets, isWhole)
      expect(first * width).toBeLessThanOrEqual(low)
      expect((first + count) * width).toBeGreaterThan(high)
      expect(count).toBeLessThanOrEqual(buckets)
      if (isWhole) expect(Number.isInteger(width)).toBe(true)
      if (buckets > 10 && (!isWhole || high - low > buckets * 20)) expect(count).toBeGreaterThan(buckets * 0.7)
    }
  })

  test('stays the same while a range grows a little', () => {
    const { width, first } = gridOver(0, 10_000, 400, true)
    expect(gridOver(0, 10_300, 400, true)).toMatchObject({ width, first })
  })

  test.each([
    [5, 5],
    [-(2 ** 63), 2 ** 63],
    [0, 5e-324],
    [0, 4e-322],
    [-Number.MAX_VALUE, Number.MAX_VALUE],
    [Number.MAX_VALUE, Number.MAX_VALUE],
    [1e300, 1.0000000000000003e300],
  ])('takes any range: %d to %d', (low, high) => {
    const { width, count } = gridOver(low, high, 10, false)
    expect(width).toBeGreaterThan(0)
    expect(count).toBeGreaterThanOrEqual(1)
    expect(count).toBeLessThanOrEqual(10)
  })
})
