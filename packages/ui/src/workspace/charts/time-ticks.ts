import { ticks, tickStep } from 'd3-array'
import type { Tick } from './axis-ticks.ts'
import type { ValueRange } from './value-range.ts'

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000] as const
/** Steps within a day, in ms, whose multiples since midnight are round. */
const parts = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
]
const dayCounts = [1, 2, 7, 14] as const
const monthCounts = [1, 2, 3, 6] as const
const month = 30.4 * day

/** About so many round times of this browser's time zone: midnights bear the day, others the hour. */
export function timeTicks({ low, high }: ValueRange, count: number, locale?: string): readonly Tick[] {
  const ideal = (high - low) / count
  if (ideal < second / 2) {
    return ticks(low, high, count).map((at) => ({ at, label: `${((at % minute) / 1000).toFixed(3)} s` }))
  }
  const part = parts.find((length) => length >= ideal * 0.7)
  if (part !== undefined) return partTicks(low, high, part, locale)
  const days = dayCounts.find((length) => length * day >= ideal * 0.7)
  const months = monthCounts.find((length) => length * month >= ideal * 0.7)
  const years = Math.max(1, tickStep(0, (ideal * count) / (12 * month), count))
  const start = new Date(low)
  const name = new Intl.DateTimeFormat(
    locale,
    days !== undefined
      ? { day: 'numeric', month: 'short' }
      : months !== undefined
        ? { month: 'short', year: 'numeric' }
        : { year: 'numeric' },
  )
  const found: Tick[] = []
  for (let index = 0; index < 200; index++) {
    const date =
      days !== undefined
        ? new Date(start.getFullYear(), start.getMonth(), start.getDate() + index * days)
        : months !== undefined
          ? new Date(start.getFullYear(), Math.floor(start.getMonth() / months) * months + index * months)
          : new Date(Math.floor(start.getFullYear() / years) * years + index * years, 0)
    const at = date.getTime()
    if (!(at <= high)) break
    if (at >= low) found.push({ at, label: name.format(date) })
  }
  return found
}

/** Counted from each midnight anew, so that they stay round where clocks are changed. */
function partTicks(low: number, high: number, length: number, locale: string | undefined): readonly Tick[] {
  const clock = new Intl.DateTimeFormat(locale, {
    hour: 'numeric',
    minute: '2-digit',
    ...(length < minute && { second: '2-digit' }),
  })
  const dayName = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const start = new Date(low)
  const found: Tick[] = []
  for (let days = 0; ; days++) {
    const midnight = new Date(start.getFullYear(), start.getMonth(), start.getDate() + days)
    const next = new Date(start.getFullYear(), start.getMonth(), start.getDate() + days + 1).getTime()
    if (!(midnight.getTime() <= high)) return found
    const first = Math.max(0, Math.ceil((low - midnight.getTime()) / length))
    for (let at = midnight.getTime() + first * length; at < next && at <= high; at += length) {
      found.push({ at, label: at === midnight.getTime() ? dayName.format(at) : clock.format(at) })
    }
  }
}
