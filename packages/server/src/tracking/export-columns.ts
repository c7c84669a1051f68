import type { ColumnKind, TableColumn } from '../tables/table.ts'
import { toColumn } from './run-columns.ts'
import type { RunColumn } from './store.ts'

/** A column of a file of runs: what it shows, under which name. */
export type ExportColumn = RunColumn & TableColumn

const attributeKinds: Readonly<Record<string, ColumnKind>> = { start_time: 'time', end_time: 'time' }

/** What every file of runs begins with. */
const first = ['run_id', 'run_name', 'experiment_id', 'status', 'lifecycle_stage', 'start_time', 'end_time']

/**
 * A column by its field, as `metrics.loss`, `min(metrics.loss)` or `user_id`. Its name is the field without quotes, as in
 * MLflow's data frames.
 * @throws ApiError INVALID_PARAMETER_VALUE
 */
export function exportColumn(field: string | RunColumn): ExportColumn {
  const column = typeof field === 'string' ? parseColumn(field) : field
  return { ...column, name: nameOf(column), kind: kindOf(column) }
}

/** The columns behind those that every file begins with, each once. */
export function exportColumns(columns: readonly ExportColumn[]): readonly ExportColumn[] {
  const always = first.map((key) => exportColumn({ on: 'attribute', key, value: 'LAST' }))
  return [...new Map([...always, ...columns].map((column) => [column.name, column])).values()]
}

function parseColumn(field: string): RunColumn {
  const [, value, inner] = /^\s*(min|max|count|last)\s*\((.*)\)\s*$/is.exec(field) ?? []
  if (value === undefined || inner === undefined) return toColumn({ field })
  return toColumn({ field: inner, value: value.toUpperCase() as RunColumn['value'] })
}

const prefixes = { metric: 'metrics.', param: 'params.', tag: 'tags.', attribute: '' } as const

function nameOf({ on, key, value }: RunColumn): string {
  const name = prefixes[on] + key
  return value === 'LAST' ? name : `${value.toLowerCase()}(${name})`
}

function kindOf({ on, key, value }: RunColumn): ColumnKind {
  if (on === 'attribute') return attributeKinds[key] ?? 'text'
  if (on !== 'metric') return 'text'
  return value === 'COUNT' ? 'int64' : 'double'
}
