import type { Brush } from '../workspace-state.ts'
import type { PlotField } from './plot-field.ts'

/** How many values of a param a brush may name: a filter takes 100 conditions. */
export const mostBrushed = 60

export interface Range {
  readonly from: number
  readonly to: number
}

/**
 * A range of a field as a brush. Filters compare params as texts only, so a range of one is the values in it.
 * @returns undefined for a range that leaves out nothing; 'many' where it has more values than a filter can name, and
 * 'none' where it has none.
 */
export function rangeBrush(field: PlotField, { from, to }: Range): Brush | undefined | 'many' | 'none' {
  const { low, high } = field.range ?? { low: 0, high: 0 }
  if (from <= low && to >= high) return undefined
  if (!field.isText) {
    return {
      field: field.field,
      ...(from > low && { from: short(from, 'down') }),
      ...(to < high && { to: short(to, 'up') }),
    }
  }
  const values = new Set<string>()
  for (const [run, text] of field.texts.entries()) {
    const value = field.numbers[run] ?? NaN
    if (text !== undefined && value >= from && value <= to) values.add(text)
  }
  if (values.size === 0) return 'none'
  return values.size > mostBrushed
    ? 'many'
    : { field: field.field, values: [...values].toSorted((a, b) => Number(a) - Number(b)) }
}

/** The range that a brush of a numeric field has on its axis. */
export function brushRange(field: PlotField, brush: Brush | undefined): Range | undefined {
  if (!brush || !field.range) return undefined
  const { low, high } = field.range
  const numbers = (brush.values ?? []).map(Number).filter(Number.isFinite)
  if (brush.values) return numbers.length === 0 ? undefined : { from: Math.min(...numbers), to: Math.max(...numbers) }
  return { from: Math.max(low, brush.from ?? low), to: Math.min(high, brush.to ?? high) }
}

/** The brush with one more category chosen, or one less; undefined when none or all are. */
export function toggledBrush(field: PlotField, brush: Brush | undefined, category: string): Brush | undefined {
  const chosen = brush?.values ?? []
  const values = chosen.includes(category) ? chosen.filter((one) => one !== category) : [...chosen, category]
  const isAll = field.categories.every((one) => values.includes(one))
  return values.length === 0 || isAll ? undefined : { field: field.field, values }
}

/** The brushes with another one of a field, or without one. */
export function withBrush(
  brushes: readonly Brush[] | undefined,
  field: string,
  brush: Brush | undefined,
): readonly Brush[] | undefined {
  const rest = (brushes ?? []).filter((one) => one.field !== field)
  const next = brush ? [...rest, brush] : rest
  return next.length === 0 ? undefined : next
}

/** Whether a run lies within a brush, as the server says it. */
export function isBrushed(field: PlotField, { from, to, values }: Brush, run: number): boolean {
  const text = field.texts[run]
  if (text === undefined) return false
  if (values) return values.includes(text)
  const value = Number(text)
  return (from === undefined || value >= from) && (to === undefined || value <= to)
}

/** Four digits are what a hand can point at; rounded outwards, so that what is in stays in. */
function short(value: number, way: 'down' | 'up'): number {
  if (value === 0) return 0
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 4)
  const rounded = (way === 'down' ? Math.floor(value / unit) : Math.ceil(value / unit)) * unit
  return Number(rounded.toPrecision(6))
}
