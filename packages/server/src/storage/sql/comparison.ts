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
      return engine.among(column, comparison.value)
    case 'NOT IN':
      return sql`not ${engine.among(column, comparison.value)}`
    case 'IS NULL':
      return sql`${column} is null`
    case 'IS NOT NULL':
      return sql`${column} is not null`
    default:
      return typeof comparison.value === 'string'
        ? sql`${column} ${raw(comparison.comparator)} ${comparison.value}`
        : compareInteger(engine, column, comparison.comparator, comparison.value)
  }
}

type Order = '=' | '!=' | '<' | '<=' | '>' | '>='

/** Numbers between integers, and those beyond int64, are turned into integers that compare the same. */
function compareInteger(engine: Engine, column: Sql, comparator: Order, value: number | bigint): Sql {
  if (isInt64(value)) return sql`${column} ${raw(comparator)} ${engine.typed('int64', value)}`
  if (comparator === '=') return sql`1 = 0`
  if (comparator === '!=') return sql`${column} is not null`
  const isBelow = comparator === '<' || comparator === '<='
  const bound = isBelow ? Math.floor(Number(value)) : Math.ceil(Number(value))
  if (isInt64(bound)) return sql`${column} ${raw(isBelow ? '<=' : '>=')} ${engine.typed('int64', bound)}`
  return isBelow === bound > 0 ? sql`${column} is not null` : sql`1 = 0`
}

/** Whether a column of integers may hold a value. */
export function isInt64(value: unknown): value is number | bigint {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value
  return typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63
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
  const { comparator, value } = comparison
  const compared =
    typeof value === 'number' || typeof value === 'bigint'
      ? sql`${column} ${raw(comparator)} ${engine.typed('double', value)}`
      : compare(engine, column, comparison)
  return comparison.comparator === '!=' ? compared : sql`(${engine.isNumber(column)} and ${compared})`
}
