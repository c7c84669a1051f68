import { durationText, metricText } from '../../controls/display-text.ts'
import { durationTicks, logTicks, numberTicks, type Tick } from './axis-ticks.ts'
import { timeTicks } from './time-ticks.ts'
import type { ValueRange } from './value-range.ts'

export type AxisKind = 'number' | 'time' | 'relative'

/** A range of values laid along some pixels. */
export interface ChartAxis extends ValueRange {
  readonly log: boolean
  readonly ticks: readonly Tick[]
  readonly place: (value: number) => number
  readonly valueAt: (pixel: number) => number
}

/** @param pixels from where the least value is to where the greatest is. */
export function chartAxis(
  { low, high }: ValueRange,
  [from, to]: readonly [number, number],
  { kind = 'number', log = false, gap = 80 }: { kind?: AxisKind; log?: boolean; gap?: number } = {},
): ChartAxis {
  const bend = log ? Math.log : (value: number) => value
  const [start, end] = [bend(low), bend(high)]
  const factor = end > start ? (to - from) / (end - start) : 0
  const straight = (pixel: number): number => (factor === 0 ? start : start + (pixel - from) / factor)
  return {
    low,
    high,
    log,
    ticks: ticksOf({ low, high }, Math.max(2, Math.floor(Math.abs(to - from) / gap)), kind, log),
    place: (value) => from + (bend(value) - start) * factor,
    valueAt: (pixel) => (log ? Math.exp(straight(pixel)) : straight(pixel)),
  }
}

function ticksOf(range: ValueRange, count: number, kind: AxisKind, log: boolean): readonly Tick[] {
  if (log) return logTicks(range, count)
  if (kind === 'time') return timeTicks(range, count)
  return kind === 'relative' ? durationTicks(range, count) : numberTicks(range, count)
}

/** A value of x in words: `step 120`, a time, or how long after the run began. */
export function xText(value: number, kind: AxisKind, name: string): string {
  if (kind === 'time') return new Date(value).toLocaleString()
  if (kind === 'relative') return `after ${durationText(0, Math.round(value))}`
  return `${name} ${Number.isInteger(value) ? value.toLocaleString('en') : metricText(value)}`
}
