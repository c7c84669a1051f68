import { durationText, metricText, timeText } from '../../controls/display-text.ts'
import { betterWhen } from '@trackway/sdk'

export const factGroups = ['Metrics', 'Params', 'Tags', 'Attributes', 'Datasets'] as const
export type FactGroup = (typeof factGroups)[number]

/** Something that is known of runs: a metric, a param, when they began. */
export interface Fact {
  /** As a filter writes it: `metrics.loss`. */
  readonly id: string
  readonly group: FactGroup
  readonly name: string
  /** What its numbers are; texts may be numbers, too. */
  readonly kind: 'metric' | 'text' | 'time' | 'duration'
  /** Of each run, in their order: undefined where a run has none. */
  readonly values: readonly (string | number | undefined)[]
}

export type FactValue = Fact['values'][number]

const decimal = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i

/** A value to calculate with: a number, or a text that is one. NaN and the infinities are none of a param. */
export function numberOf({ kind }: Fact, value: FactValue): number | undefined {
  if (typeof value === 'number') return kind === 'time' ? undefined : value
  return value !== undefined && decimal.test(value) ? Number(value) : undefined
}

/** A value as a cell shows it: missing is blank, NaN and the infinities are themselves. */
export function factText({ kind }: Fact, value: FactValue): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value.length > 200 ? value.slice(0, 200) : value
  if (kind === 'time') return timeText(value)
  return kind === 'duration' ? durationText(0, value) : metricText(value)
}

/** The whole of a value, for tooltips and copies. */
export function wholeText(fact: Fact, value: FactValue): string {
  if (value === undefined) return ''
  return typeof value === 'string' || fact.kind === 'metric' ? String(value) : factText(fact, value)
}

/** Whether the runs differ in it; a run without it differs from one with it, NaN does not differ from NaN. */
export function isDiffering({ values }: Fact): boolean {
  const [first] = values
  return values.some((value) => !isSame(value, first))
}

export function isSame(one: FactValue, other: FactValue): boolean {
  return one === other || Object.is(one, other)
}

/** Which way a fact is better; undefined where its name does not tell, and for all but metrics. */
function directionOf({ kind, name }: Fact): 'lower' | 'higher' | undefined {
  return kind === 'metric' ? betterWhen(name) : undefined
}

/** The best of a metric's values; undefined where runs are alike or nobody knows which way is better. */
export function bestOf(fact: Fact): number | undefined {
  const direction = directionOf(fact)
  if (direction === undefined) return undefined
  const numbers = fact.values.filter((value) => typeof value === 'number' && !Number.isNaN(value)) as number[]
  if (new Set(numbers).size < 2) return undefined
  return numbers.reduce((best, value) => (direction === 'lower' ? Math.min(best, value) : Math.max(best, value)))
}

interface Delta {
  /** The value less the baseline's. */
  readonly by: number
  /** `by` in percent of the baseline's value; undefined where that is zero. */
  readonly percent: number | undefined
  /** Undefined where nobody knows which way is better, and where the values are alike. */
  readonly verdict: 'better' | 'worse' | undefined
}

/** How far a value lies from the baseline's; undefined where one of them is no finite number. */
export function deltaOf(fact: Fact, value: FactValue, base: FactValue): Delta | undefined {
  const [to, from] = [numberOf(fact, value), numberOf(fact, base)]
  if (to === undefined || from === undefined || !Number.isFinite(to) || !Number.isFinite(from)) return undefined
  const by = to - from
  const direction = by === 0 ? undefined : directionOf(fact)
  return {
    by,
    percent: from === 0 ? undefined : (by / Math.abs(from)) * 100,
    verdict: direction && (by < 0 === (direction === 'lower') ? 'better' : 'worse'),
  }
}

/** A difference with its sign, as `+0.013` or `−3`. */
export function deltaText({ by }: Delta, kind: Fact['kind']): string {
  return signed(by, kind === 'duration' ? durationText(0, Math.abs(by)) : metricText(roundOff(Math.abs(by))))
}

/** A difference in percent with its sign; undefined where there is none. */
export function percentText({ percent }: Delta): string | undefined {
  if (percent === undefined) return undefined
  const size = Math.abs(percent)
  return `${signed(percent, size >= 1000 ? metricText(Math.round(size)) : String(Number(size.toPrecision(size < 1 ? 2 : 3))))} %`
}

function signed(value: number, text: string): string {
  return value === 0 ? text : `${value > 0 ? '+' : '−'}${text}`
}

/** Without the last digits of a difference of decimals, which are of the arithmetic: 0.3 less 0.1 is 0.2. */
function roundOff(value: number): number {
  return Number(value.toPrecision(12))
}
