import type { Aggregate } from '../../tracking/run-grouping.ts'

/** As Python and JSON write finite numbers. */
const numberText = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i

/** A number, or a text that is one; null for all else, NaN and the infinities among it. */
export function toFinite(value: unknown): number | null {
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  if (!isNumber && !(typeof value === 'string' && numberText.test(value))) return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** The numbers of a column, taken one by one. */
export interface NumberTally {
  add(value: unknown): void
  /** Null where nothing was added. */
  summarize(): Aggregate | null
}

/** Welford's way: exact for numbers that are large beside their differences, where a sum of squares is not. */
export function tallyFinite(): NumberTally {
  let [count, leftOut] = [0, 0]
  let [mean, squares] = [0, 0]
  let [min, max] = [Infinity, -Infinity]
  return {
    add(value) {
      const number = toFinite(value)
      if (number === null) {
        leftOut++
        return
      }
      count++
      const distance = number - mean
      mean += distance / count
      squares += distance * (number - mean)
      if (number < min) min = number
      if (number > max) max = number
    },
    summarize() {
      if (count + leftOut === 0) return null
      const told = (number: number, least: number) => (count >= least && Number.isFinite(number) ? number : undefined)
      return {
        count,
        leftOut,
        mean: told(mean, 1),
        min: told(min, 1),
        max: told(max, 1),
        std: told(Math.sqrt(squares / (count - 1)), 2),
      }
    },
  }
}
