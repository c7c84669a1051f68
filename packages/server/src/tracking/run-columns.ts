import { invalidParameter } from '@trackway/api'

import { parseField } from '../search/field.ts'
import type { ColumnValue, RunColumn } from './store.ts'

/**
 * Reads a column as the wire has it.
 * @throws ApiError INVALID_PARAMETER_VALUE
 */
export function toColumn({
  field,
  value = 'LAST',
}: {
  readonly field: string
  readonly value?: RunColumn['value'] | undefined
}): RunColumn {
  const { on, key } = parseField('runs', field)
  if (on === 'dataset') throw invalidParameter(`Invalid column '${field}': a run may have many datasets.`)
  if (on !== 'metric' && value !== 'LAST') {
    throw invalidParameter(`Invalid column '${field}': only a metric has ${value}, as it alone has several values.`)
  }
  return { on, key, value }
}

/** JSON has neither NaN and the infinities nor exact integers beyond 2^53: they are text. */
export function toJsonValue(value: ColumnValue): string | number | null {
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value
}
