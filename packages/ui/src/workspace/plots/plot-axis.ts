import { isLog } from './colour-scale.ts'
import { metricText } from '../../controls/display-text.ts'
import type { Tick } from '../charts/axis-ticks.ts'
import { chartAxis } from '../charts/chart-axis.ts'
import { categoryName, categoryOf, isOff, others, type PlotField } from './plot-field.ts'

/** A field laid along some pixels, with a lane beyond its start for values that have no place on it. */
export interface PlotAxis {
  readonly field: PlotField
  readonly log: boolean
  readonly ticks: readonly Tick[]
  /** Where a run lies. */
  readonly place: (run: number) => number
  readonly placeValue: (value: number) => number
  readonly valueAt: (pixel: number) => number
  /** How far along the axis a run lies, from 0 to 1; undefined where it has no number. */
  readonly share: (run: number) => number | undefined
  /** The lanes that some run lies in. */
  readonly lanes: readonly Tick[]
}

/** How far a lane lies from the axis and from the next lane, in pixels. */
const laneGap = 18

/** @param pixels from where the least value is to where the greatest is. */
export function plotAxis(
  field: PlotField,
  [from, to]: readonly [number, number],
  { turned = false, gap = 40 } = {},
): PlotAxis {
  const log = isLog(field, turned ? [field.field] : [])
  const step = Math.sign(from - to) * laneGap
  const runs = field.texts.map((_, run) => run)
  const unplaceable = (run: number): boolean => isOff(field, run) || (log && (field.numbers[run] ?? 1) <= 0)
  const lanes = [
    ...(runs.some((run) => field.texts[run] === undefined) ? ['missing'] : []),
    ...(runs.some(unplaceable)
      ? [log && runs.some((run) => (field.numbers[run] ?? 1) <= 0) ? '≤ 0, NaN, ∞' : 'NaN, ∞']
      : []),
  ].map((label, lane): Tick => ({ label, at: from + step * (lane + 1) }))
  const laneAt = (run: number): number => lanes[field.texts[run] === undefined ? 0 : lanes.length - 1]?.at ?? from
  if (!field.isNumeric) {
    const count = field.categories.length
    const at = (place: number): number => (count === 1 ? (from + to) / 2 : from + ((to - from) * (place + 0.5)) / count)
    const places = new Map(field.categories.map((category, place) => [category, at(place)]))
    const placeOf = (run: number): number => places.get(categoryOf(field, run) ?? '') ?? laneAt(run)
    return {
      field,
      log: false,
      ticks: field.categories.map((category, place) => ({ at: at(place), label: categoryName(category) })),
      place: (run) => (field.texts[run] === undefined ? laneAt(run) : placeOf(run)),
      placeValue: () => from,
      valueAt: () => NaN,
      share: (run) => {
        const category = categoryOf(field, run)
        return category === undefined ? undefined : (field.categories.indexOf(category) + 0.5) / count
      },
      lanes,
    }
  }
  const least = field.range?.low ?? 0
  const high = field.range?.high ?? 1
  const low = log && least <= 0 ? Math.min(...field.numbers.filter((value) => value > 0)) : least
  const isFlat = low === high
  const axis = chartAxis(
    isFlat ? { low: log ? low / 2 : low - 1, high: log ? high * 2 : high + 1 } : { low, high },
    [from, to],
    { log, gap },
  )
  return {
    field,
    log,
    ticks: (isFlat ? [{ at: low, label: metricText(low) }] : axis.ticks).map(({ at, label }) => ({
      at: axis.place(at),
      label,
    })),
    place: (run) => {
      const value = field.numbers[run] ?? NaN
      return Number.isNaN(value) || (log && value <= 0) ? laneAt(run) : axis.place(value)
    },
    placeValue: axis.place,
    valueAt: (pixel) => Math.max(low, Math.min(high, axis.valueAt(pixel))),
    share: (run) => {
      const value = field.numbers[run] ?? NaN
      return Number.isNaN(value) || (log && value <= 0) ? undefined : (axis.place(value) - from) / (to - from)
    },
    lanes,
  }
}

/** What an axis says of a run's value. */
export function valueText({ isNumeric, texts, numbers }: PlotField, run: number): string {
  const text = texts[run]
  if (text === undefined) return 'missing'
  const value = numbers[run] ?? NaN
  return isNumeric && Number.isFinite(value) ? metricText(value) : text === '' ? '(empty)' : text.slice(0, 200)
}

export function isOthers(category: string): boolean {
  return category === others
}

/** How a text fits into so many pixels of the small type that plots are written in. */
export function fitted(text: string, pixels: number): string {
  const most = Math.max(3, Math.floor(pixels / 6))
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}
