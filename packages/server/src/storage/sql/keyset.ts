import sql, { join, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import { isInt64 } from './comparison.ts'
import type { Engine } from './engine.ts'

/** One column of an order. Nulls stand only where an earlier column has told them apart. */
export interface SortColumn {
  readonly expression: Sql
  readonly ascending: boolean
  readonly kind: 'int64' | 'double' | 'text'
}

/**
 * Rows behind `position` in an order: the next page, whatever was added or removed before it meanwhile.
 * @param position the last row's value of each column. Behind values that a column cannot hold, which only forged page
 * tokens have, there is nothing.
 */
export function behind(engine: Engine, columns: readonly SortColumn[], position: readonly unknown[]): Sql {
  const [column, ...rest] = columns
  if (!column) return sql`1 = 0`
  const [given, ...values] = position
  const { expression } = column
  const deeper = rest.length === 0 ? null : behind(engine, rest, values)
  if (given === null || given === undefined) {
    return deeper === null ? sql`1 = 0` : sql`(${expression} is null and ${deeper})`
  }
  if (!fits[column.kind](given)) return sql`1 = 0`
  const value = engine.typed(column.kind, given)
  const past = column.ascending ? sql`${expression} > ${value}` : sql`${expression} < ${value}`
  if (deeper === null) return sql`${past}`
  // The first comparison is implied by the second; with it the engine can begin its walk at the position.
  const from = column.ascending ? sql`${expression} >= ${value}` : sql`${expression} <= ${value}`
  return sql`(${from} and (${past} or ${deeper}))`
}

const fits = {
  int64: isInt64,
  double: (value: unknown) => typeof value === 'number' || typeof value === 'bigint',
  text: (value: unknown) => typeof value === 'string',
} as const

/** `order by` for these columns. */
export function orderBy(columns: readonly SortColumn[]): Sql {
  return sql`order by ${join(columns.map((c) => sql`${c.expression} ${raw(c.ascending ? 'asc' : 'desc')}`))}`
}
