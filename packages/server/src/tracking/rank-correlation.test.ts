import { describe, expect, test } from 'vitest'

import { correlationRatio, ranksOf, spearman } from './rank-correlation.ts'

/** Each rank counted one by one, each difference on its own. */
function naiveRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const less = values.filter((other) => other < value).length
    const equal = values.filter((other) => other === value).length
    return less + (equal + 1) / 2
  })
}

function naivePearson(first: readonly number[], second: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [a, b] = [mean(first), mean(second)]
  const sum = (of: (index: number) => number) => first.reduce((all, _, index) => all + of(index), 0)
  const [x, y] = [(index: number) => (first[index] ?? 0) - a, (index: number) => (second[index] ?? 0) - b]
  return sum((i) => x(i) * y(i)) / Math.sqrt(sum((i) => x(i) ** 2) * sum((i) => y(i) ** 2))
}

const lists = [
  [3, 1, 2, 2, 9, -1, 2],
  [1, 2, 3, 4, 5, 6, 7],
  [5, 5, 5, 1, 1, 0.5, 1e9],
] as const

describe('ranksOf', () => {
  test.each(lists)('gives what counting gives: %j', (...values) => {
    expect([...ranksOf(values)]).toEqual(naiveRanks(values))
  })
})

describe('spearman', () => {
  test('is Pearson’s correlation of the ranks', () => {
    for (const first of lists) {
      for (const second of lists) {
        expect(spearman(first, second)).toBeCloseTo(naivePearson(naiveRanks(first), naiveRanks(second)), 12)
      }
    }
  })

  test('is 1 and -1 for what only grows or falls, however it is bent', () => {
    expect(spearman([1, 2, 3, 4], [1, 10, 100, 1e9])).toBeCloseTo(1, 12)
    expect(spearman([1, 2, 3, 4], [4, 3, 2, -1e9])).toBeCloseTo(-1, 12)
  })

  test('is none for fewer than three pairs and for what is all equal', () => {
    expect(spearman([1, 2], [1, 2])).toBeUndefined()
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeUndefined()
    expect(spearman([1, 2, 3], [7, 7, 7])).toBeUndefined()
  })
})

describe('correlationRatio', () => {
  test('is large where groups are apart, and 0 where they are alike', () => {
    // Squares within are 4 with 4 degrees of freedom, in all 17.5 with 5.
    expect(correlationRatio(['a', 'a', 'a', 'b', 'b', 'b'], [1, 2, 3, 101, 102, 103])).toBeCloseTo(
      Math.sqrt(1 - 1 / 3.5),
      12,
    )
    expect(correlationRatio(['a', 'b', 'a', 'b'], [1, 1, 2, 2])).toBe(0)
  })

  test('equals the formula of epsilon squared', () => {
    const groups = ['a', 'a', 'b', 'b', 'c', 'c', 'c']
    const values = [4, 8, 1, 2, 9, 3, 7]
    const ranks = naiveRanks(values)
    const meanOf = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length
    const squares = (of: readonly number[]) => of.reduce((sum, value) => sum + (value - meanOf(of)) ** 2, 0)
    const within = ['a', 'b', 'c'].reduce((sum, name) => sum + squares(ranks.filter((_, at) => groups[at] === name)), 0)
    const expected = 1 - within / (7 - 3) / (squares(ranks) / (7 - 1))
    expect(expected).toBeGreaterThan(0)
    expect(correlationRatio(groups, values)).toBeCloseTo(Math.sqrt(expected), 12)
  })

  test('is none where nothing can be told', () => {
    expect(correlationRatio(['a', 'b', 'c'], [1, 2, 3])).toBeUndefined()
    expect(correlationRatio(['a', 'a', 'a'], [1, 2, 3])).toBeUndefined()
    expect(correlationRatio(['a', 'a', 'b'], [1, 1, 1])).toBeUndefined()
  })
})
