import { tickStep, ticks } from 'd3-array'
import { metricText } from '../../controls/display-text.ts'
import type { ValueRange } from './value-range.ts'

export interface Tick {
  readonly at: number
  readonly label: string
}

const prefixes = ['', 'k', 'M', 'G', 'T'] as const
const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** About so many round numbers, as precise as they are apart. */
export function numberTicks({ low, high }: ValueRange, count: number): readonly Tick[] {
  const size = Math.max(Math.abs(low), Math.abs(high))
  const step = tickStep(low, high, count)
  const power = size >= 10_000 && size < 1e13 ? Math.floor(Math.log10(size) / 3) : 0
  const unit = 1000 ** power
  const decimals = Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9))
  const isPlain = size >= 1e13 || size < 1e-3 || !(decimals <= 12)
  return ticks(low, high, count).map((at) => ({
    at,
    label: isPlain ? metricText(at) : `${fixed(at / unit, decimals)}${at === 0 ? '' : prefixes[power]}`,
  }))
}

/** Zero has no sign. */
function fixed(value: number, decimals: number): string {
  return (value === 0 ? 0 : value).toFixed(decimals)
}

/** Powers of ten as far apart as there is room, with 2 and 5 of each where those fit; over little, round numbers. */
export function logTicks({ low, high }: ValueRange, count: number): readonly Tick[] {
  if (!(low > 0 && high < Infinity)) return []
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  const [powers, parts] = [[1], [1, 2, 5]].map((factors) => {
    const found: { power: number; at: number }[] = []
    for (let power = first; power <= last; power++) {
      // Written, not computed: 10 ** -3 is not 0.001 in every engine.
      for (const factor of factors) found.push({ power, at: Number(`${factor}e${power}`) })
    }
    return found.filter(({ at }) => at >= low && at <= high)
  }) as [{ power: number; at: number }[], { power: number; at: number }[]]
  if (parts.length < 3) {
    return ticks(low, high, Math.min(4, count)).flatMap((at) => (at > 0 ? [{ at, label: metricText(at) }] : []))
  }
  const fitting = parts.length <= Math.max(3, count) ? parts : powers
  const stride = Math.max(1, Math.ceil(fitting.length / Math.max(3, count)))
  return fitting
    .filter((_, index) => index % stride === 0)
    .map(({ power, at }) => ({ at, label: power >= -3 && power < 5 ? String(at) : at.toExponential() }))
}

/** Lengths of time, in the unit that suits the longest. */
export function durationTicks({ low, high }: ValueRange, count: number): readonly Tick[] {
  const longest = Math.max(Math.abs(low), Math.abs(high))
  const [unit, length] = units.find(([, ms]) => longest >= 2 * ms) ?? ['ms', 1]
  return ticks(low / length, high / length, count).map((value) => ({
    at: value * length,
    label: `${Number(value.toPrecision(6))} ${unit}`,
  }))
}
