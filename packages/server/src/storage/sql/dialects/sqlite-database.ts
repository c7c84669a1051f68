import type SqliteConnection from 'better-sqlite3'
import type { Sql } from 'sql-template-tag'

import type { Database } from '../database.ts'
import type { Columns, Insertion, RowOf } from '../insertion.ts'
import { prepareQuery } from '../query.ts'
import type { Bind, Query } from '../query.ts'
import { sqliteEngine } from './sqlite-engine.ts'
import { toApiError } from './sqlite-errors.ts'

type Connection = SqliteConnection.Database
type Statement = SqliteConnection.Statement<unknown[]>
type Parameters = Readonly<Record<string, unknown>>

/** How many statements of searches stay prepared. */
const mostDynamic = 100

/** A SQLite database file as a store. Every call is done when it returns; the promises are those of the interface. */
export interface SqliteDatabase extends Database {
  /** Whether a transaction is open: a full disk may have ended it. */
  readonly inTransaction: boolean
  close(): void
}

interface Prepared {
  readonly statement: Statement
  readonly bind: Bind
  readonly int64: readonly string[]
  /** Where the int64 columns stand in a row. */
  readonly indexes: readonly number[]
}

/** @param afterClose is called when the connection is closed. */
export function createSqliteDatabase(connection: Connection, afterClose: () => void): SqliteDatabase {
  const prepared = { objects: new Map<object, Prepared>(), arrays: new Map<object, Prepared>() }
  const insertions = new Map<object, { statement: Statement; names: readonly string[] }>()
  const dynamic = new Map<string, Statement>()
  let undos: (() => void)[] = []
  let depth = 0
  let snapshots = 0

  function prepare(definition: object, shape: 'objects' | 'arrays' = 'objects'): Prepared {
    let entry = prepared[shape].get(definition)
    if (!entry) {
      const { int64 } = definition as Query<unknown, unknown>
      const text = prepareQuery(definition as Query<unknown, unknown>, sqliteEngine)
      const statement = connection.prepare<unknown[]>(text.statement.sql)
      if (shape === 'arrays') statement.raw(true)
      entry = {
        statement,
        bind: text.bind,
        int64,
        indexes: indexesOf(statement, int64),
      }
      prepared[shape].set(definition, entry)
    }
    return entry
  }

  function prepareInsertion(definition: Insertion<Columns>): {
    statement: Statement
    names: readonly string[]
  } {
    let entry = insertions.get(definition)
    if (!entry) {
      const { table, columns, onConflict } = definition
      const names = Object.keys(columns)
      const places = names.map(() => '?').join(', ')
      const text = `insert into ${table} (${names.join(', ')}) values (${places}) ${onConflict.sql}`
      entry = { statement: connection.prepare<unknown[]>(text), names }
      insertions.set(definition, entry)
    }
    return entry
  }

  /** Searches of one form have one text: the last few are kept prepared. */
  function dynamicStatement(text: string): Statement {
    let statement = dynamic.get(text)
    if (statement) dynamic.delete(text)
    else statement = connection.prepare<unknown[]>(text).raw(true)
    dynamic.set(text, statement)
    if (dynamic.size > mostDynamic) dynamic.delete(dynamic.keys().next().value as string)
    return statement
  }

  function undoBackTo(length: number): void {
    for (const undo of undos.splice(length).toReversed()) undo()
  }

  const database: SqliteDatabase = {
    engine: sqliteEngine,
    all<P, R>(definition: Query<P, R>, parameters: P): Promise<R[]> {
      return settle(() => {
        const { statement, bind, int64 } = prepare(definition)
        const bound = bind(parameters as Parameters)
        const rows = statement.all(...bound) as Record<string, unknown>[]
        if (int64.length === 0 || !rows.some((row) => int64.some((name) => isInexact(row[name])))) return rows as R[]
        return exactly(statement, () => statement.all(...bound) as Record<string, unknown>[]).map(narrowRow) as R[]
      })
    },
    first<P, R>(definition: Query<P, R>, parameters: P): Promise<R | undefined> {
      return settle(() => {
        const { statement, bind, int64 } = prepare(definition)
        const bound = bind(parameters as Parameters)
        const row = statement.get(...bound) as Record<string, unknown> | undefined
        if (!row || !int64.some((name) => isInexact(row[name]))) return row as R | undefined
        return narrowRow(exactly(statement, () => statement.get(...bound) as Record<string, unknown>)) as R
      })
    },
    rows<P>(definition: Query<P, unknown>, parameters: P): Promise<readonly unknown[][]> {
      return settle(() => {
        const { statement, bind, indexes } = prepare(definition, 'arrays')
        return rawRows(statement, bind(parameters as Parameters), indexes)
      })
    },
    scan: (definition, parameters) => database.rows(definition, parameters),
    run<P>(definition: Query<P, unknown>, parameters: P): Promise<number> {
      return settle(() => {
        const { statement, bind } = prepare(definition)
        return statement.run(...bind(parameters as Parameters)).changes
      })
    },
    insert(definition: Insertion<Columns>, rows: readonly RowOf<Columns>[]): Promise<number> {
      return settle(() => {
        const { statement, names } = prepareInsertion(definition)
        let changes = 0
        for (const row of rows) {
          changes += statement.run(...names.map((name) => sqliteEngine.bindable(row[name]))).changes
        }
        return changes
      })
    },
    // There is one connection that writes, and no two transactions of it.
    insertApart: (definition, rows) => database.insert(definition, rows),
    // Nobody else adds anything meanwhile.
    insertLast: async (definition, rows) => void (await database.insert(definition, rows)),
    flush: async () => {},
    // To look costs next to nothing here.
    isHopeful: false,
    demand: () => {},
    dynamic(statement: Sql): Promise<readonly unknown[][]> {
      return settle(() =>
        rawRows(
          dynamicStatement(statement.sql),
          statement.values.map((value) => sqliteEngine.bindable(value)),
          null,
        ),
      )
    },
    async snapshot<T>(work: (inner: Database) => Promise<T>): Promise<T> {
      if (connection.inTransaction && snapshots === 0) return work(database)
      // Snapshots that overlap are one, until the last of them ends.
      if (snapshots++ === 0) connection.exec('BEGIN')
      try {
        return await work(database)
      } finally {
        if (--snapshots === 0) connection.exec('COMMIT')
      }
    },
    async transaction<T>(work: (inner: Database) => Promise<T>): Promise<T> {
      const outermost = depth === 0 && !connection.inTransaction
      const undoLength = undos.length
      const savepoint = `s${depth}`
      try {
        connection.exec(outermost ? 'BEGIN IMMEDIATE' : `SAVEPOINT ${savepoint}`)
      } catch (error) {
        throw toApiError(error)
      }
      depth++
      try {
        const result = await work(database)
        connection.exec(outermost ? 'COMMIT' : `RELEASE ${savepoint}`)
        return result
      } catch (error) {
        undoBackTo(undoLength)
        if (connection.inTransaction) {
          connection.exec(outermost ? 'ROLLBACK' : `ROLLBACK TO ${savepoint}; RELEASE ${savepoint}`)
        }
        throw toApiError(error)
      } finally {
        depth--
        if (depth === 0 && outermost) undos = []
      }
    },
    onRollback(undo: () => void): void {
      undos.push(undo)
    },
    get inTransaction() {
      return connection.inTransaction
    },
    close() {
      connection.close()
      afterClose()
    },
  }
  return database
}

/** Results come at once, errors as the rejection that the interface promises. */
async function settle<T>(work: () => T): Promise<T> {
  try {
    return work()
  } catch (error) {
    throw toApiError(error)
  }
}

function indexesOf(statement: Statement, int64: readonly string[]): number[] {
  if (int64.length === 0) return []
  return statement.columns().flatMap((column, index) => (int64.includes(column.name) ? [index] : []))
}

/** Rows as arrays; `int64` lists the columns to keep exact, null means all of them. */
function rawRows(statement: Statement, bound: unknown[], int64: readonly number[] | null): unknown[][] {
  const rows = statement.all(...bound) as unknown[][]
  const inexact = (row: unknown[]): boolean =>
    int64 === null ? row.some(isInexact) : int64.some((index) => isInexact(row[index]))
  if (int64?.length === 0 || !rows.some(inexact)) return rows
  return exactly(statement, () => statement.all(...bound) as unknown[][]).map((row) => row.map(narrow))
}

/** better-sqlite3 reads integers as doubles unless told otherwise: beyond 2^53 they may be off. */
function isInexact(value: unknown): boolean {
  return typeof value === 'number' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
}

/** Reads with every integer as a bigint. */
function exactly<T>(statement: Statement, read: () => T): T {
  statement.safeIntegers(true)
  try {
    return read()
  } finally {
    statement.safeIntegers(false)
  }
}

function narrowRow(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, narrow(value)]))
}

function narrow(value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  const near = Number(value)
  return Number.isSafeInteger(near) ? near : value
}
