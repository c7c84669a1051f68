import { scaleLinear, scaleLog, scaleTime } from 'd3-scale'
import { durationText, metricText } from '../../controls/display-text.ts'
import type { ValueRange } from './value-range.ts'

export type AxisKind = 'number' | 'time' | 'relative'

export interface Tick {
  readonly at: number
  readonly label: string
}

/** A range of values laid along some pixels. */
export interface ChartAxis extends ValueRange {
  readonly log: boolean
  readonly ticks: readonly Tick[]
  readonly place: (value: number) => number
  readonly valueAt: (pixel: number) => number
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

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
    ticks: ticksOf(low, high, Math.max(2, Math.floor(Math.abs(to - from) / gap)), kind, log),
    place: (value) => from + (bend(value) - start) * factor,
    valueAt: (pixel) => (log ? Math.exp(straight(pixel)) : straight(pixel)),
  }
}

function ticksOf(low: number, high: number, count: number, kind: AxisKind, log: boolean): readonly Tick[] {
  if (log) return logTicks(low, high, count)
  if (kind === 'time') {
    const scale = scaleTime([low, high], [0, 1])
    const format = scale.tickFormat(count)
    return scale.ticks(count).map((date) => ({ at: date.getTime(), label: format(date) }))
  }
  if (kind === 'relative') {
    const [unit, length] = units.find(([, ms]) => Math.max(Math.abs(low), Math.abs(high)) >= 2 * ms) ?? ['ms', 1]
    const scale = scaleLinear([low / length, high / length], [0, 1])
    return scale.ticks(count).map((value) => ({ at: value * length, label: `${Number(value.toPrecision(6))} ${unit}` }))
  }
  const scale = scaleLinear([low, high], [0, 1])
  const size = Math.max(Math.abs(low), Math.abs(high))
  const format =
    size >= 1e13 || size < 1e-3 ? metricText : size >= 10_000 ? scale.tickFormat(count, '~s') : scale.tickFormat(count)
  return scale.ticks(count).map((value) => ({ at: value, label: format(value) }))
}

function logTicks(low: number, high: number, count: number): readonly Tick[] {
  const powers = Math.log10(high / low)
  if (powers < 1.2)
    return scaleLinear([low, high], [0, 1])
      .ticks(Math.min(4, count))
      .filter((at) => at > 0)
      .map((at) => ({ at, label: metricText(at) }))
  const ticks = scaleLog([low, high], [0, 1])
    .ticks(count)
    .filter((at) => Math.abs(Math.log10(at) - Math.round(Math.log10(at))) < 1e-9)
  const stride = Math.max(1, Math.ceil(ticks.length / count))
  return ticks
    .filter((_, index) => index % stride === 0)
    .map((at) => ({ at, label: at >= 1e-3 && at < 1e5 ? String(Number(at.toPrecision(2))) : at.toExponential(0) }))
}

/** A value of x in words: `step 120`, a time, or how long after the run began. */
export function xText(value: number, kind: AxisKind, name: string): string {
  if (kind === 'time') return new Date(value).toLocaleString()
  if (kind === 'relative') return `after ${durationText(0, Math.round(value))}`
  return `${name} ${Number.isInteger(value) ? value.toLocaleString('en') : metricText(value)}`
}
