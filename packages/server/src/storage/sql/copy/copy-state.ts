import sql from 'sql-template-tag'

import type { Database } from '../database.ts'
import { insertOrReplace } from '../insertion.ts'
import { query } from '../query.ts'

/**
 * How far a copy has come, kept in its target, and written with the rows in one transaction: what a copy that was killed
 * had committed is known. The table goes when the copy is done.
 */
const create = query<{}, unknown>(
  () => sql`create table trackway_copy (item text not null primary key, state text not null)`,
)
const remove = query<{}, unknown>(() => sql`drop table trackway_copy`)
const read = query<{}, { item: string; state: string }>(() => sql`select item, state from trackway_copy`)
const save = insertOrReplace('trackway_copy', { item: 'text', state: 'text' }, ['item'])

/** Where the copy comes from, and how many rows each table had when it began. */
export interface CopyOrigin {
  readonly source: string
  readonly counts: Readonly<Record<string, number>>
}

export interface TableState {
  /** The key of the last row that was copied, as text. */
  readonly after: string
  readonly rows: number
}

export interface CopyState {
  readonly origin: CopyOrigin
  readonly tables: ReadonlyMap<string, TableState>
}

/** No table is called so. */
const originItem = '*'

export async function beginCopy(target: Database, origin: CopyOrigin): Promise<void> {
  await target.run(create, {})
  await target.insert(save, [{ item: originItem, state: JSON.stringify(origin) }])
}

/** Only for a target in which a copy was begun. */
export async function readCopyState(target: Database): Promise<CopyState> {
  const items = new Map((await target.all(read, {})).map(({ item, state }) => [item, JSON.parse(state) as unknown]))
  const origin = items.get(originItem) as CopyOrigin
  items.delete(originItem)
  return { origin, tables: items as Map<string, TableState> }
}

export async function saveTableState(target: Database, table: string, state: TableState): Promise<void> {
  await target.insert(save, [{ item: table, state: JSON.stringify(state) }])
}

export async function endCopy(target: Database): Promise<void> {
  await target.run(remove, {})
}
