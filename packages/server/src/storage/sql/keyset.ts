import sql, { join, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

/** One column of an order. Nulls stand only where an earlier column has told them apart. */
export interface SortColumn {
  readonly expression: Sql
  readonly ascending: boolean
}

/**
 * Rows behind `position` in an order: the next page, whatever was added or removed before it meanwhile.
 * @param position the last row's value of each column.
 */
export function behind(columns: readonly SortColumn[], position: readonly unknown[]): Sql {
  const [column, ...rest] = columns
  if (!column) return sql`1 = 0`
  const [value, ...values] = position
  const { expression } = column
  const deeper = rest.length === 0 ? null : behind(rest, values)
  if (value === null || value === undefined) {
    return deeper === null ? sql`1 = 0` : sql`(${expression} is null and ${deeper})`
  }
  const past = column.ascending ? sql`${expression} > ${value}` : sql`${expression} < ${value}`
  if (deeper === null) return sql`${past}`
  // The first comparison is implied by the second; with it the engine can begin its walk at the position.
  const from = column.ascending ? sql`${expression} >= ${value}` : sql`${expression} <= ${value}`
  return sql`(${from} and (${past} or ${deeper}))`
}

/** `order by` for these columns. */
export function orderBy(columns: readonly SortColumn[]): Sql {
  return sql`order by ${join(columns.map((c) => sql`${c.expression} ${raw(c.ascending ? 'asc' : 'desc')}`))}`
}
