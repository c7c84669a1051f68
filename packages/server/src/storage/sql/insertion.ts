import sql, { empty, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { Int64 } from '@trackway/api'

/** The kinds of values that rows are made of. */
export type ValueKind = 'key' | 'int64' | 'double' | 'text' | 'document'

interface ValueOf {
  readonly key: number
  readonly int64: Int64
  readonly double: number
  readonly text: string
  /** JSON that is only ever copied: an engine may keep it as bytes. */
  readonly document: Uint8Array
}

export type Columns = Readonly<Record<string, ValueKind>>

/** Rows to be added to a table: an engine takes any number of them at once, in its own way. */
export interface Insertion<C extends Columns> {
  readonly table: string
  readonly columns: C
  /** What becomes of a row that is there already; empty where there can be none. */
  readonly onConflict: Sql
  /** The columns by which rows replace each other, as if they were added one after the other. */
  readonly key: readonly string[]
  /** Whether keys that the store generates must grow in the order of the commits, whoever adds rows. */
  readonly isOrdered: boolean
}

export type RowOf<C extends Columns> = { readonly [K in keyof C]: ValueOf[C[K]] | null }

export function insertion<const C extends Columns>(table: string, columns: C): Insertion<C> {
  return { table, columns, onConflict: empty, key: [], isOrdered: false }
}

/** Who reads on behind the last key that he knows misses none: keys grow in the order of the commits. */
export function insertInOrder<const C extends Columns>(table: string, columns: C): Insertion<C> {
  return { ...insertion(table, columns), isOrdered: true }
}

/** Rows that are there already stay as they are. */
export function insertOrKeep<const C extends Columns>(table: string, columns: C): Insertion<C> {
  return { ...insertion(table, columns), onConflict: sql`on conflict do nothing` }
}

/** Rows of the same key are replaced. */
export function insertOrReplace<const C extends Columns>(
  table: string,
  columns: C,
  key: readonly (keyof C & string)[],
  update: Sql = replaceAll(columns, key),
): Insertion<C> {
  return {
    ...insertion(table, columns),
    onConflict: sql`on conflict (${raw(key.join(', '))}) do update set ${update}`,
    key,
  }
}

function replaceAll(columns: Columns, key: readonly string[]): Sql {
  const others = Object.keys(columns).filter((column) => !key.includes(column))
  return raw(others.map((column) => `${column} = excluded.${column}`).join(', '))
}
