import sql, { join } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import { isCondition } from '../../search/filter.ts'
import type { Condition, Expression, Filter } from '../../search/filter.ts'

type Compile = (condition: Condition) => Sql | Promise<Sql>

/** A filter as SQL conditions, all of which must hold. */
export async function compileFilter(filter: Filter, compile: Compile): Promise<Sql[]> {
  const conditions: Sql[] = []
  for (const expression of filter) conditions.push(await compileExpression(expression, compile))
  return conditions
}

async function compileExpression(expression: Expression, compile: Compile): Promise<Sql> {
  if (isCondition(expression)) return compile(expression)
  // What compares with null is unknown, and so would be its opposite: NOT takes unknown as false, to leave nothing out.
  if ('not' in expression) return sql`not (${await compileAll(expression.not, compile)} is true)`
  const alternatives: Sql[] = []
  for (const filter of expression.any) alternatives.push(await compileAll(filter, compile))
  return sql`(${join(alternatives, ' or ')})`
}

async function compileAll(filter: Filter, compile: Compile): Promise<Sql> {
  return sql`(${join(await compileFilter(filter, compile), ' and ')})`
}
