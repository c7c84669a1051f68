import type { RunFacet } from '../../tracking/store.ts'

/** Values of a field are told apart up to so many. */
const mostDistinct = 1000

/** Longer texts are counted and not listed. */
export const longestListed = 256

/** As Python and JSON write them; NaN and the infinities are numbers that lie nowhere. */
const numberText = /^\s*[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf(?:inity)?)\s*$/i

export type Summary = Omit<RunFacet, 'on' | 'key'>

/** Counts the values of one field over runs, one value a run. */
export interface Tally {
  add(value: unknown): void
  /** @param values how many are listed. @param bins of the histogram; 0 for none. */
  summarize(values: number, bins: number): Summary
}

/** Of a field of numbers. What is not a number counts as NaN. */
export function tallyNumbers(): Tally {
  const distinct = new Set<number>()
  const finite: number[] = []
  let runs = 0
  return {
    add(value) {
      const number = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : NaN
      runs++
      if (distinct.size < mostDistinct) distinct.add(number)
      if (Number.isFinite(number)) finite.push(number)
    },
    summarize: (_values, bins) => ({ runs, distinct: distinct.size, values: undefined, ...measure(finite, bins) }),
  }
}

/** Of a field of texts; `params` may be numbers that are written as text. */
export function tallyTexts(kind: { readonly mayBeNumbers: boolean; readonly isListed: boolean }): Tally {
  const counts = new Map<string, number>()
  const finite: number[] = []
  let areNumbers = kind.mayBeNumbers
  let runs = 0
  return {
    add(value) {
      const text = String(value)
      runs++
      const count = counts.get(text)
      if (count !== undefined) counts.set(text, count + 1)
      else if (counts.size < mostDistinct) counts.set(text, 1)
      if (!areNumbers) return
      areNumbers = numberText.test(text)
      const number = Number(text)
      if (areNumbers && Number.isFinite(number)) finite.push(number)
    },
    summarize: (values, bins) => ({
      runs,
      distinct: counts.size,
      values: kind.isListed ? mostFrequent(counts, values) : undefined,
      ...measure(areNumbers ? finite : [], bins),
    }),
  }
}

function mostFrequent(counts: ReadonlyMap<string, number>, most: number): NonNullable<Summary['values']> {
  return [...counts]
    .filter(([value]) => value.length <= longestListed)
    .toSorted(([a, runsOfA], [b, runsOfB]) => runsOfB - runsOfA || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([value, runs]) => ({ value, runs }))
}

function measure(numbers: readonly number[], bins: number): Pick<Summary, 'range' | 'histogram'> {
  if (numbers.length === 0) return { range: undefined, histogram: undefined }
  let min = Infinity
  let max = -Infinity
  for (const number of numbers) {
    if (number < min) min = number
    if (number > max) max = number
  }
  if (bins === 0) return { range: { min, max }, histogram: undefined }
  const histogram = Array.from({ length: bins }, () => 0)
  // Halves, as the distance of two doubles may be more than a double holds.
  const width = max / 2 - min / 2 || 1
  for (const number of numbers) {
    const bin = Math.min(bins - 1, Math.floor(((number / 2 - min / 2) / width) * bins))
    histogram[bin] = (histogram[bin] ?? 0) + 1
  }
  return { range: { min, max }, histogram }
}
