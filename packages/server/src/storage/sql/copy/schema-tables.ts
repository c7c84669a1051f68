import SqliteConnection from 'better-sqlite3'

import type { ValueKind } from '../insertion.ts'
import { migrationsFrom } from '../migrate.ts'
import type { ColumnKinds } from '../migrate.ts'

/** A table as the migrations make it, whatever the engine. */
export interface SchemaTable {
  readonly name: string
  readonly columns: Readonly<Record<string, ValueKind>>
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[]
  /** The column whose values the engine makes, where there is one. */
  readonly serial: string | undefined
  /** Whether the migrations themselves put rows into it. */
  readonly isSeeded: boolean
}

/** Columns that name their kind. */
const namedKinds: ColumnKinds = {
  serial: 'serial primary key',
  keyPrimary: 'key primary key',
  key: 'key',
  int64: 'int64',
  double: 'double',
  text: 'text',
  document: 'document',
  clustered: '',
}

interface ColumnInfo {
  readonly name: string
  readonly type: string
  /** The place in the primary key, from 1; 0 for none. */
  readonly pk: number
}

/**
 * Every table of this program's schema, those that others refer to before them. It is asked of a database that the
 * migrations make in memory, so that a table that a migration adds needs no mention anywhere else.
 */
export function schemaTables(): readonly SchemaTable[] {
  const connection = new SqliteConnection(':memory:')
  try {
    for (const statement of migrationsFrom(0, namedKinds)) connection.exec(statement)
    const names = connection.prepare<[], string>("select name from sqlite_master where type = 'table'").pluck().all()
    const referred = new Map(
      names.map((name) => [
        name,
        connection.prepare<[string], string>('select "table" from pragma_foreign_key_list(?)').pluck().all(name),
      ]),
    )
    return inOrder(names, referred).map((name) => ({
      ...tableOf(name, connection.prepare<[string], ColumnInfo>('select * from pragma_table_info(?)').all(name)),
      isSeeded: connection.prepare(`select 1 from ${name} limit 1`).get() !== undefined,
    }))
  } finally {
    connection.close()
  }
}

function tableOf(name: string, columns: readonly ColumnInfo[]): Omit<SchemaTable, 'isSeeded'> {
  const key = columns.filter(({ pk }) => pk > 0).toSorted((one, other) => one.pk - other.pk)
  return {
    name,
    columns: Object.fromEntries(columns.map((column) => [column.name, kindOf(column.type)])),
    key: key.map((column) => column.name),
    serial: columns.find(({ type }) => type === 'serial')?.name,
  }
}

function kindOf(type: string): ValueKind {
  // SQLite spells the types that it knows itself in its own way.
  return type === 'serial' ? 'key' : (type.toLowerCase() as ValueKind)
}

function inOrder(names: readonly string[], referred: ReadonlyMap<string, readonly string[]>): string[] {
  const placed = new Set<string>()
  const place = (name: string): void => {
    if (placed.has(name)) return
    for (const other of referred.get(name) ?? []) if (other !== name) place(other)
    placed.add(name)
  }
  for (const name of names) place(name)
  return [...placed]
}
