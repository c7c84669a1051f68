import sql, { raw } from 'sql-template-tag'

import type { ColumnValue, RunColumn } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import type { Names } from './names.ts'
import { query } from './query.ts'
import { runAttributes } from './run-filter.ts'

type OfName = { ids: readonly number[]; name: number }

const valuesIn = (table: string) =>
  query<OfName, unknown>(
    (p, engine) => sql`select run_id, value from ${raw(table)}
      where name_id = ${p.name} and ${engine.among(sql`run_id`, p.ids)}`,
  )
const metricValues = valuesIn('latest_metrics')
const paramValues = valuesIn('params')
const tagValues = valuesIn('tags')

/** NaN is neither the least nor the greatest. A walk along the points of each run. */
const extremes = query<OfName, unknown>(
  (p, engine) => sql`select run_id, min(case when ${engine.isNumber(sql`value`)} then value end),
      max(case when ${engine.isNumber(sql`value`)} then value end), count(*)
    from metric_points where name_id = ${p.name} and ${engine.among(sql`run_id`, p.ids)} group by run_id`,
)

/**
 * The values of a column, by the run's internal id; runs that have none are left out or have null.
 * @param ids the internal ids of the runs, a JSON list.
 */
export async function columnValues(
  database: Database,
  names: Names,
  ids: readonly number[],
  { on, key, value }: RunColumn,
): Promise<ReadonlyMap<number, ColumnValue>> {
  if (on === 'attribute') {
    const expression = runAttributes[key]
    if (!expression) throw new Error(`Runs have no column for the attribute ${key}`)
    const found = await database.dynamic(
      sql`select r.id, ${expression} from runs r where ${database.engine.among(sql`r.id`, ids)}`,
    )
    return new Map(found as [number, ColumnValue][])
  }
  const name = await names.find(database, key)
  if (name === undefined) return new Map()
  if (on === 'metric' && value !== 'LAST') {
    const place = { MIN: 1, MAX: 2, COUNT: 3 }[value]
    const found = await database.rows(extremes, { ids, name })
    // A metric that was only ever NaN has neither.
    return new Map(found.map((row) => [row[0] as number, (row[place] as number | null) ?? NaN]))
  }
  if (on === 'metric') {
    const found = await database.rows(metricValues, { ids, name })
    return new Map(found.map(([run, number]) => [run as number, readDouble(number)]))
  }
  return new Map((await database.rows(on === 'param' ? paramValues : tagValues, { ids, name })) as [number, string][])
}
