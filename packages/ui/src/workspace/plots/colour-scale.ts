import { quantileSorted } from 'd3-array'
import { metricText } from '../../controls/display-text.ts'
import { categoryName, categoryOf, type PlotField } from './plot-field.ts'

/** How a field's values are coloured. */
export interface ColourScale {
  /** From 0 to 1; undefined where a run has no value that can be coloured. */
  readonly share: (run: number) => number | undefined
  /** What its ends stand for. */
  readonly low: string
  readonly high: string
}

/**
 * Colours for a field. A few values far from all others would leave one colour to the rest: what lies beyond Tukey's
 * fences has the colour of the end, which then says so.
 * @param log whether numbers are spread by their logarithm.
 */
export function colourScale(field: PlotField, log: boolean): ColourScale {
  if (!field.isNumeric) {
    const { categories } = field
    return {
      share: (run) => {
        const category = categoryOf(field, run)
        return category === undefined ? undefined : (categories.indexOf(category) + 0.5) / categories.length
      },
      low: categoryName(categories[0] ?? ''),
      high: categoryName(categories.at(-1) ?? ''),
    }
  }
  const bend = (value: number): number => (log ? Math.log(value) : value)
  const sorted = Array.from(field.numbers, bend)
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b)
  const [least = 0, greatest = 0] = [sorted[0], sorted.at(-1)]
  const [first, third] = [quantileSorted(sorted, 0.25) ?? least, quantileSorted(sorted, 0.75) ?? greatest]
  const reach = 1.5 * (third - first)
  const low = reach === 0 ? least : (sorted.find((value) => value >= first - reach) ?? least)
  const high = reach === 0 ? greatest : (sorted.findLast((value) => value <= third + reach) ?? greatest)
  const text = (value: number): string => metricText(log ? Math.exp(value) : value)
  return {
    share: (run) => {
      const value = bend(field.numbers[run] ?? NaN)
      if (!Number.isFinite(value)) return undefined
      return low === high ? 0.5 : Math.max(0, Math.min(1, (value - low) / (high - low)))
    },
    low: low > least ? `≤ ${text(low)}` : text(low),
    high: high < greatest ? `≥ ${text(high)}` : text(high),
  }
}

/** Whether an axis is logarithmic: by itself, or as it was turned. */
export function isLog(field: PlotField, turned: readonly string[]): boolean {
  return field.isWide !== turned.includes(field.field) && field.range !== undefined && field.range.high > 0
}
