import { durationText, agoText, metricText, timeText } from '../../controls/display-text.ts'
import type { Column } from '../column.ts'
import { valuesOf } from '../run-values.ts'
import type { Aggregate } from '../workspace-state.ts'
import type { GroupRow, RunRow } from './table-rows.ts'

/** What a cell shows. */
export interface CellValue {
  readonly text: string
  /** The whole of it, for the tooltip and for copying. */
  readonly full: string
  readonly isNumber: boolean
}

const blank: CellValue = { text: '', full: '', isNumber: false }
const number = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** A value as logged: null where there is none, NaN and the infinities as strings. */
export function loggedValue(value: unknown, kind: Column['kind']): CellValue {
  if (value === null || value === undefined) return blank
  if (kind === 'metric') {
    const logged = Number(value)
    return { text: metricText(logged), full: String(logged), isNumber: true }
  }
  const full = typeof value === 'string' ? value : JSON.stringify(value)
  if (!number.test(full)) return { text: full.slice(0, 200), full, isNumber: false }
  return { text: full.length <= 9 ? full : metricText(Number(full)), full, isNumber: true }
}

/**
 * @param nowMs what `3 min ago` counts from
 * @param names of experiments, by id
 */
export function runCell(
  column: Column,
  { run, places }: RunRow,
  nowMs: number,
  names: ReadonlyMap<string, string> = new Map(),
): CellValue {
  if (column.kind !== 'attribute' || column.key === 'user_id') {
    return loggedValue(valuesOf(run)[places.get(column.id) ?? -1], column.kind)
  }
  switch (column.key) {
    case 'start_time':
      return { text: agoText(run.start_time, nowMs), full: timeText(run.start_time), isNumber: true }
    case 'end_time':
      return run.end_time === undefined
        ? blank
        : { text: agoText(run.end_time, nowMs), full: timeText(run.end_time), isNumber: true }
    case 'duration': {
      if (run.end_time === undefined && run.status !== 'RUNNING') return blank
      const text = durationText(run.start_time, run.end_time ?? Math.max(nowMs, Number(run.start_time)))
      return { text, full: text, isNumber: true }
    }
    case 'status':
      return plain(run.status[0] + run.status.slice(1).toLowerCase())
    case 'experiment_id':
      return plain(names.get(run.experiment_id) ?? run.experiment_id)
    default:
      return plain(run.run_id)
  }
}

interface Aggregated {
  readonly count?: number
  readonly left_out?: number
  readonly mean?: number
  readonly min?: number
  readonly max?: number
  readonly std?: number
}

export function groupCell(column: Column, { group, places }: GroupRow, shown: Aggregate, nowMs: number): CellValue {
  if (column.id === 'attributes.start_time') {
    return {
      text: agoText(group.last_start_time, nowMs),
      full: `Last: ${timeText(group.last_start_time)}`,
      isNumber: true,
    }
  }
  const found = (group.aggregates as readonly (Aggregated | null)[] | undefined)?.[places.get(column.id) ?? -1]
  const value = found?.[shown]
  if (!found || value === undefined) return blank
  const { count, mean, min, max, std, left_out } = found
  const spread = shown === 'mean' && std !== undefined ? ` ± ${Number(std.toPrecision(2))}` : ''
  const all = Object.entries({ runs: count, mean, std, min, max, 'left out': left_out })
    .flatMap(([name, one]) => (one === undefined || (name === 'left out' && one === 0) ? [] : [`${name} ${one}`]))
    .join('\n')
  return { text: metricText(value) + spread, full: all, isNumber: true }
}

function plain(text: string): CellValue {
  return { text, full: text, isNumber: false }
}
