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
  return size >= 1000 ? value.toFixed(1) : String(Number(value.toPrecision(4)))
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}
