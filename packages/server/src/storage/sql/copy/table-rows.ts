import sql, { empty, join, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { Int64 } from '@trackway/api'

import type { Database } from '../database.ts'
import { readDouble } from '../database.ts'
import type { ValueKind } from '../insertion.ts'
import type { SchemaTable } from './schema-tables.ts'

/** A value as any engine takes it: documents as text, NaN as a number. */
export type Value = Int64 | string | Uint8Array | null
export type Row = Readonly<Record<string, Value>>

/** About how much is held at once, in bytes, and between how many rows that may be. */
const batchBytes = 4_000_000
const fewestRows = 20
const mostRows = 4000
const mostRowsOfTexts = 2000

/**
 * The rows of a table in the order of its primary key, in batches whose size follows that of the rows.
 * @param after the key of the last row that was read before; undefined to begin.
 */
export async function* tableRows(
  database: Database,
  table: SchemaTable,
  after: readonly Value[] | undefined,
): AsyncGenerator<readonly Row[]> {
  const most = Object.values(table.columns).some(isText) ? mostRowsOfTexts : mostRows
  let limit = Math.min(most, 200)
  let next = readBatch(database, table, after, limit)
  while (true) {
    const rows = await next
    const last = rows.at(-1)
    const isLast = last === undefined || rows.length < limit
    if (!isLast) {
      const fitting = Math.floor(batchBytes / (sizeOf(rows) / rows.length))
      limit = Math.max(fewestRows, Math.min(fitting, limit * 4, most))
      // Read while whoever asked works on these.
      next = readBatch(database, table, keyOf(table, last), limit)
      next.catch(() => {})
    }
    if (last !== undefined) yield rows
    if (isLast) return
  }
}

/** How many rows a table has. */
export async function countRows(database: Database, table: string): Promise<number> {
  const [row] = await database.dynamic(sql`select count(*) from ${raw(table)}`)
  return Number((row as readonly unknown[] | undefined)?.[0])
}

export function keyOf(table: SchemaTable, row: Row): readonly Value[] {
  return table.key.map((column) => row[column] as Value)
}

/** A key as text that is kept. */
export function keyText(key: readonly Value[]): string {
  return JSON.stringify(key.map(String))
}

export function parseKey(table: SchemaTable, text: string): readonly Value[] {
  const parts = JSON.parse(text) as readonly string[]
  return table.key.map((column, index) => parseValue(table.columns[column], parts[index] ?? ''))
}

function parseValue(kind: ValueKind | undefined, text: string): Value {
  if (kind === 'text' || kind === 'document') return text
  if (kind === 'double') return Number(text)
  const near = Number(text)
  return Number.isSafeInteger(near) ? near : BigInt(text)
}

export function isText(kind: ValueKind): boolean {
  return kind === 'text' || kind === 'document'
}

async function readBatch(
  database: Database,
  table: SchemaTable,
  after: readonly Value[] | undefined,
  limit: number,
): Promise<Row[]> {
  const columns = Object.entries(table.columns)
  const names = raw(columns.map(([name]) => name).join(', '))
  const key = raw(table.key.join(', '))
  const behind: Sql = after === undefined ? empty : sql`where (${key}) > (${join([...after])})`
  const rows = await database.dynamic(
    sql`select ${names} from ${raw(table.name)} ${behind} order by ${key} limit ${limit}`,
  )
  return rows.map((values) => {
    const row: Record<string, Value> = {}
    for (let index = 0; index < columns.length; index++) {
      const [name, kind] = columns[index] as [string, ValueKind]
      row[name] = neutral(kind, (values as readonly unknown[])[index])
    }
    return row
  })
}

function neutral(kind: ValueKind, value: unknown): Value {
  if (value === null) return null
  if (kind === 'double') return readDouble(value)
  if (kind === 'document' && typeof value === 'string') return Buffer.from(value)
  return value as Value
}

function sizeOf(rows: readonly Row[]): number {
  let size = 0
  for (const row of rows) {
    for (const value of Object.values(row)) {
      size += typeof value === 'string' || value instanceof Uint8Array ? value.length + 16 : 8
    }
  }
  return size
}
