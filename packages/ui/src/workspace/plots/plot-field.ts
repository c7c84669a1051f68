import { parseColumn } from '../column.ts'

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
/** Beyond it, a range that begins above zero is drawn logarithmic. */
const wideRange = 50
/** Categories that an axis shows; what is rarer is one of its own. */
const mostCategories = 12
/** Longer texts are cut: they are names on an axis. */
const longestCategory = 200

/** The values of a field over the runs that are plotted. */
export interface PlotField {
  readonly field: string
  readonly name: string
  /** Params and tags are texts, also where they are all numbers. */
  readonly isText: boolean
  /** Whether it has an axis of numbers. */
  readonly isNumeric: boolean
  /** As logged, one for each run; undefined where it has none. */
  readonly texts: readonly (string | undefined)[]
  /** NaN where there is none or none that can be placed. */
  readonly numbers: Float64Array
  /** The least and the greatest finite number; undefined without any. */
  readonly range: { readonly low: number; readonly high: number } | undefined
  /** Whether the numbers are told apart better on a logarithmic axis. */
  readonly isWide: boolean
  /** The values of a field that is not numeric, the most frequent first and `others` last. */
  readonly categories: readonly string[]
}

export const others = '\u0000others'

/** @param values as runs/query gives them: null for none, NaN and the infinities as strings. */
export function plotField(field: string, values: readonly unknown[]): PlotField {
  const column = parseColumn(field)
  const isText = column?.kind !== 'metric'
  const texts = values.map((value) =>
    value === null || value === undefined ? undefined : String(value as string | number),
  )
  const present = texts.filter((text) => text !== undefined)
  const isNumeric =
    !isText || (present.length > 0 && present.every((text) => number.test(text.trim()) || isNotFinite(text)))
  const numbers = Float64Array.from(texts, (text) => (isNumeric && text !== undefined ? finite(Number(text)) : NaN))
  const range = rangeOf(numbers)
  return {
    field,
    name: column?.key ?? field,
    isText,
    isNumeric,
    texts,
    numbers,
    range,
    isWide: isText && range !== undefined && range.low > 0 && range.high / range.low >= wideRange,
    categories: isNumeric ? [] : categoriesOf(present),
  }
}

/** The category of a run's value: undefined where it has none. */
export function categoryOf({ categories, texts }: PlotField, run: number): string | undefined {
  const text = texts[run]
  if (text === undefined) return undefined
  return categories.includes(text) ? text : others
}

/** A category as an axis writes it. */
export function categoryName(category: string): string {
  if (category === others) return 'others'
  return category === '' ? '(empty)' : category.slice(0, longestCategory)
}

/** Whether a value is there but has no place on an axis. */
export function isOff({ isNumeric, texts, numbers }: PlotField, run: number): boolean {
  return isNumeric && texts[run] !== undefined && Number.isNaN(numbers[run])
}

function categoriesOf(present: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const text of present) counts.set(text, (counts.get(text) ?? 0) + 1)
  const sorted = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([text]) => text)
  return sorted.length > mostCategories ? [...sorted.slice(0, mostCategories - 1), others] : sorted
}

function rangeOf(numbers: Float64Array): PlotField['range'] {
  let low = Infinity
  let high = -Infinity
  for (const value of numbers) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return low <= high ? { low, high } : undefined
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : NaN
}

function isNotFinite(text: string): boolean {
  return /^(nan|[+-]?inf(inity)?)$/i.test(text.trim())
}
