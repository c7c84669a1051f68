import sql, { join, raw } from 'sql-template-tag'

import type { RunKeys } from '../../tracking/run-export-store.ts'
import type { ColumnValue, PageRequest, RunColumn, RunSearch, RunSelection } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import type { Names } from './names.ts'
import { columnValues } from './run-columns.ts'
import { findRunIds, selectionOf } from './run-search.ts'

/** Runs that are found at once: few walks along an order, as most orders sort all runs for each. */
const mostFound = 50_000
/** Runs whose values are read at once. */
const blockSize = 500

/** All runs that a search finds, block by block. Between blocks others may write: a run that is gone is left out. */
export async function* exportRuns(
  database: Database,
  names: Names,
  search: Omit<RunSearch, keyof PageRequest>,
  columns: readonly RunColumn[],
): AsyncGenerator<readonly (readonly ColumnValue[])[]> {
  let pageToken: string | undefined
  do {
    const page = { ...search, maxResults: mostFound, pageToken }
    const { ids, token } = await database.snapshot((inner) => findRunIds(inner, names, page))
    for (let start = 0; start < ids.length; start += blockSize) {
      const block = ids.slice(start, start + blockSize)
      yield await database.snapshot((inner) => readBlock(inner, names, block, columns))
    }
    pageToken = token ?? undefined
  } while (pageToken !== undefined)
}

async function readBlock(
  database: Database,
  names: Names,
  ids: readonly number[],
  columns: readonly RunColumn[],
): Promise<readonly (readonly ColumnValue[])[]> {
  const there = await columnValues(database, names, ids, { on: 'attribute', key: 'run_id', value: 'LAST' })
  const values: ReadonlyMap<number, ColumnValue>[] = []
  for (const column of columns) values.push(await columnValues(database, names, ids, column))
  return ids.filter((id) => there.has(id)).map((id) => values.map((column) => column.get(id) ?? null))
}

/** The keys of the metrics and params that the runs of a selection have. */
export function readRunKeys(database: Database, names: Names, selection: RunSelection): Promise<RunKeys> {
  return database.snapshot(async (inner) => {
    const conditions = join(await selectionOf(inner, names, selection), ' and ')
    const keysIn = async (table: string): Promise<readonly string[]> => {
      const found = await inner.dynamic(sql`select name from names where id in
        (select name_id from ${raw(table)} where run_id in (select r.id from runs r where ${conditions}))`)
      return found.map(([name]) => name as string).sort()
    }
    return { metrics: await keysIn('latest_metrics'), params: await keysIn('params') }
  })
}
