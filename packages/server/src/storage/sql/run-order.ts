import sql, { empty, join, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { RunOrderTerm } from '../../search/filter.ts'
import type { Database } from './database.ts'
import type { SortColumn } from './keyset.ts'
import type { Names } from './names.ts'
import { runAttributes } from './run-filter.ts'

/** What a term of the order joins to `runs r`, and the columns it sorts by: missing values last either way. */
export interface Sort {
  readonly join: Sql
  readonly columns: readonly SortColumn[]
}

/** Ties are broken as in MLflow: the newest first, then by id. */
export const tieBreak: readonly SortColumn[] = [
  { expression: sql`r.start_time`, ascending: false, kind: 'int64' },
  { expression: sql`r.uuid`, ascending: true, kind: 'text' },
]

/**
 * An order as SQL, the first term first.
 * @param conditions what holds of the runs to be sorted: of these alone are all points of a metric read.
 */
export function sortsOf(
  database: Database,
  names: Names,
  terms: readonly RunOrderTerm[],
  conditions: readonly Sql[],
): Promise<readonly Sort[]> {
  return Promise.all(terms.map((term, index) => sortOf(database, names, term, `v${index}`, conditions)))
}

export function columnsOf(sorts: readonly Sort[]): readonly SortColumn[] {
  return [...sorts.flatMap((sort) => sort.columns), ...tieBreak]
}

export function joinsOf(sorts: readonly Sort[]): Sql {
  const joins = sorts.map((sort) => sort.join)
  return joins.length === 0 ? empty : join(joins, ' ')
}

async function sortOf(
  database: Database,
  names: Names,
  term: RunOrderTerm,
  alias: string,
  conditions: readonly Sql[],
): Promise<Sort> {
  const { key, ascending } = term
  if (term.on === 'attribute') {
    const expression = runAttributes[key]
    if (!expression) throw new Error(`Runs have no column for the attribute ${key}`)
    const kind = key === 'start_time' || key === 'end_time' ? 'int64' : 'text'
    const column = { expression, ascending, kind } as const
    const rank = {
      expression: sql`case when ${expression} is null then 1 else 0 end`,
      ascending: true,
      kind: 'int64',
    } as const
    return { join: empty, columns: key === 'end_time' ? [rank, column] : [column] }
  }
  const name = (await names.find(database, key)) ?? 0
  if (term.value !== undefined) return sortOfPoints(database, name, { ...term, value: term.value }, alias, conditions)
  const table = term.on === 'metric' ? 'latest_metrics' : term.on === 'param' ? 'params' : 'tags'
  const join = sql`left join ${raw(table)} ${raw(alias)}
    on ${raw(`${alias}.run_id`)} = r.id and ${raw(`${alias}.name_id`)} = ${name}`
  const value = raw(`${alias}.value`)
  const missing = sql`${value} is null`
  if (term.on !== 'metric') {
    const rank = { expression: sql`case when ${missing} then 1 else 0 end`, ascending: true, kind: 'int64' } as const
    return { join, columns: [rank, { expression: value, ascending, kind: 'text' }] }
  }
  const isNumber = database.engine.isNumber(value)
  const rank = {
    expression: sql`case when ${missing} then 2 when ${isNumber} then 0 else 1 end`,
    ascending: true,
    kind: 'int64',
  } as const
  const number = { expression: sql`case when ${isNumber} then ${value} end`, ascending, kind: 'double' } as const
  return { join, columns: [rank, number] }
}

/** By the least or the greatest of a metric's points, or by how many they are: the points of every run are read once. */
function sortOfPoints(
  { engine }: Database,
  name: number,
  { value, ascending }: RunOrderTerm & { value: 'MIN' | 'MAX' | 'COUNT' },
  alias: string,
  conditions: readonly Sql[],
): Sort {
  const number = sql`case when ${engine.isNumber(sql`p.value`)} then p.value end`
  const counted = { MIN: sql`min(${number})`, MAX: sql`max(${number})`, COUNT: sql`count(*)` }[value]
  const [points, counting] = [raw(`${alias}.points`), raw(`${alias}.counted`)]
  // A metric that was only ever NaN has points, and neither a least nor a greatest.
  const rank = sql`case when ${points} is null then 2 when ${counting} is null then 1 else 0 end`
  return {
    join: sql`left join (select p.run_id, count(*) as points, ${counted} as counted from metric_points p
      where p.name_id = ${name} and p.run_id in (select r.id from runs r where ${join(conditions, ' and ')})
      group by p.run_id) ${raw(alias)} on ${raw(`${alias}.run_id`)} = r.id`,
    columns: [
      { expression: rank, ascending: true, kind: 'int64' },
      { expression: counting, ascending, kind: value === 'COUNT' ? 'int64' : 'double' },
    ],
  }
}
