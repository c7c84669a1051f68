import type { Int64 } from '@trackway/sdk'

const dateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** A time in milliseconds as people read it; the bare number where it lies beyond what a date can be. */
export function timeText(ms: Int64): string {
  const date = new Date(Number(ms))
  return Number.isNaN(date.getTime()) ? String(ms) : dateAndTime.format(date)
}

/** The ISO form for a `time` element, undefined where there is none. */
export function isoTime(ms: Int64): string | undefined {
  const date = new Date(Number(ms))
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

/** The time between two instants in its two largest units, such as `1 h 5 min`. */
export function durationText(startMs: Int64, endMs: Int64): string {
  const ms = Number(endMs) - Number(startMs)
  if (!(ms >= 0)) return '–'
  if (ms < 1000) return `${ms} ms`
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return twoUnits(minutes, 'min', Math.floor(ms / 1000) % 60, 's')
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? twoUnits(hours, 'h', minutes % 60, 'min') : twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** A metric's value in about four significant digits; whole numbers in full. */
export function metricText(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞')
  const size = Math.abs(value)
  if (size >= 1e15) return value.toExponential(3)
  if (Number.isInteger(value)) return String(value)
  if (size < 1e-4) return Number(value.toPrecision(4)).toExponential()
  return size >= 1000 ? value.toFixed(1) : String(Number(value.toPrecision(4)))
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}

const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' })
const agoUnits = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** How long ago an instant was, in its largest unit, such as `3 min. ago`. */
export function agoText(ms: Int64, nowMs: number): string {
  const past = nowMs - Number(ms)
  const unit = agoUnits.find(([, length]) => Math.abs(past) >= length)
  return unit ? ago.format(-Math.round(past / unit[1]), unit[0]) : 'just now'
}

/** A size in bytes with at most three digits, such as `1.5 MB` (a thousand, as file managers and stores count). */
export function sizeText(bytes: Int64): string {
  const size = Number(bytes)
  if (!(size >= 1000)) return `${size} B`
  const power = Math.min(Math.floor(Math.log10(size) / 3), 5)
  return `${Number((size / 1000 ** power).toPrecision(3))} ${'kMGTP'[power - 1]}B`
}

/** A count with its noun: `1 run`, `2,000 runs`. */
export function countText(count: Int64, noun: string, plural = `${noun}s`): string {
  return `${Number(count).toLocaleString('en')} ${Number(count) === 1 ? noun : plural}`
}

/** Orders names as people count: m2 before m10. */
export const { compare: compareNames } = new Intl.Collator('en', { numeric: true })
