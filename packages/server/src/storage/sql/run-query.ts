import sql, { raw } from 'sql-template-tag'

import type { QueriedPage, QueriedRun, RunColumn, RunSearch } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import type { Names } from './names.ts'
import { query } from './query.ts'
import { runAttributes } from './run-filter.ts'
import { runsByIds } from './run-rows.ts'
import type { RunRow } from './run-rows.ts'
import { countFound, findRunIds } from './run-search.ts'

type Value = QueriedRun['values'][number]

type OfName = { ids: string; name: number }

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

/** A page of runs with some columns, in one query for each column, and how many there are in all. */
export function queryRuns(
  database: Database,
  names: Names,
  search: RunSearch,
  columns: readonly RunColumn[],
): Promise<QueriedPage> {
  return database.snapshot(async () => {
    const { ids, token } = await findRunIds(database, names, search)
    const list = JSON.stringify(ids)
    const rows = new Map((await database.all(runsByIds, { ids: list })).map((row) => [row.id, row]))
    const values: ReadonlyMap<number, Value>[] = []
    for (const column of columns) values.push(await columnValues(database, names, list, column))
    const items = ids.flatMap((id) => {
      const row = rows.get(id)
      return row ? [toQueriedRun(row, values)] : []
    })
    return { items, token, ...(await countFound(database, names, search)) }
  })
}

/** The values of a column, by the run's internal id. */
async function columnValues(
  database: Database,
  names: Names,
  ids: string,
  { on, key, value }: RunColumn,
): Promise<ReadonlyMap<number, Value>> {
  if (on === 'attribute') {
    const expression = runAttributes[key]
    if (!expression) throw new Error(`Runs have no column for the attribute ${key}`)
    const found = await database.dynamic(
      sql`select r.id, ${expression} from runs r where ${database.engine.among(sql`r.id`, ids)}`,
    )
    return new Map(found as [number, Value][])
  }
  const name = await names.find(database, key)
  if (name === undefined) return new Map()
  if (on === 'metric' && value !== 'LAST') {
    const place = { MIN: 1, MAX: 2, COUNT: 3 }[value]
    const found = await database.rows(extremes, { ids, name })
    // A metric that was only ever NaN has neither.
    return new Map(found.map((row) => [row[0] as number, (row[place] as number | null) ?? NaN]))
  }
  const found = await database.rows(on === 'metric' ? metricValues : on === 'param' ? paramValues : tagValues, {
    ids,
    name,
  })
  return new Map((found as [number, Value][]).map(([run, text]) => [run, on === 'metric' ? readDouble(text) : text]))
}

function toQueriedRun(row: RunRow, values: readonly ReadonlyMap<number, Value>[]): QueriedRun {
  return {
    runId: row.uuid,
    name: row.name,
    experimentId: String(row.experiment_id),
    status: row.status,
    lifecycle: row.lifecycle_stage,
    startTime: row.start_time,
    endTime: row.end_time,
    values: values.map((column) => column.get(row.id) ?? null),
  }
}
