import { invalidParameter } from '@trackway/api'
import sql, { raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { Comparison } from '../../search/filter.ts'
import type { Engine } from './engine.ts'

/** Characters of a pattern. SQLite takes 50,000 bytes, and a character may come to three. */
const longestPattern = 16_000

/**
 * A comparison of the search language on a text or integer column.
 * @throws ApiError INVALID_PARAMETER_VALUE where a pattern is too long for the engines.
 */
export function compare(engine: Engine, column: Sql, comparison: Comparison): Sql {
  switch (comparison.comparator) {
    case 'LIKE':
      return engine.like(column, checkPattern(comparison.value))
    case 'ILIKE':
      return engine.ilike(column, checkPattern(comparison.value))
    case 'IN':
      return engine.among(column, JSON.stringify(comparison.value))
    case 'NOT IN':
      return sql`not ${engine.among(column, JSON.stringify(comparison.value))}`
    case 'IS NULL':
      return sql`${column} is null`
    case 'IS NOT NULL':
      return sql`${column} is not null`
    default:
      return sql`${column} ${raw(comparison.comparator)} ${comparison.value}`
  }
}

function checkPattern(pattern: string): string {
  if (pattern.length > longestPattern) {
    throw invalidParameter(
      `Invalid filter string: a pattern has ${pattern.length} characters, ${longestPattern} are allowed.`,
    )
  }
  return pattern
}

/** A comparison on a column of doubles: NaN is unequal to everything, and neither less nor greater. */
export function compareDouble(engine: Engine, column: Sql, comparison: Comparison): Sql {
  const compared = compare(engine, column, comparison)
  return comparison.comparator === '!=' ? compared : sql`(${engine.isNumber(column)} and ${compared})`
}
