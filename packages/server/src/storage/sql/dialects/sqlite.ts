import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

import { ApiError } from '@trackway/api'
import SqliteConnection from 'better-sqlite3'
import sql from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import { StartupError } from '../../../startup-error.ts'
import type { Database } from '../database.ts'
import type { Engine } from '../engine.ts'
import { migrate } from '../migrate.ts'
import type { ColumnKinds } from '../migrate.ts'
import { prepareQuery } from '../query.ts'
import type { Bind, Query } from '../query.ts'
import { applicationId, refuseForeign } from './sqlite-origin.ts'

type Connection = SqliteConnection.Database
type Statement = SqliteConnection.Statement<unknown[]>
type Parameters = Readonly<Record<string, unknown>>

const kinds: ColumnKinds = {
  serial: 'INTEGER PRIMARY KEY',
  keyPrimary: 'INTEGER PRIMARY KEY',
  key: 'INTEGER',
  int64: 'INTEGER',
  double: 'REAL',
  text: 'TEXT',
  bytes: 'BLOB',
  clustered: 'WITHOUT ROWID',
}

/** How many statements of searches stay prepared. */
const mostDynamic = 100

/** A SQLite database file as a store. Every call is done when it returns; the promises are those of the interface. */
export interface SqliteDatabase extends Database {
  /** Runs `work` in one transaction that is on disk when this resolves. Transactions inside become savepoints. */
  commit(work: () => Promise<void>): Promise<void>
  /** Whether a transaction is open: a full disk may have ended it. */
  readonly inTransaction: boolean
  close(): void
}

/**
 * Opens the file for writing, alone: makes it and its folder where they are missing, and brings its schema up to date.
 * @throws StartupError where the file cannot be used; the sentence says why and what to do.
 */
export function openSqliteWriter(file: string): SqliteDatabase {
  const lock = lockForWriting(file)
  try {
    return databaseOn(openForWriting(file), () => lock.close())
  } catch (error) {
    lock.close()
    throw error
  }
}

function openForWriting(file: string): Connection {
  return guardStartup(file, () => {
    const opened = new SqliteConnection(file)
    try {
      prepareForWriting(opened, file)
    } catch (error) {
      if (opened.inTransaction) opened.exec('ROLLBACK')
      opened.close()
      throw error
    }
    return opened
  })
}

function prepareForWriting(opened: Connection, file: string): void {
  refuseForeign(opened, file)
  opened.pragma('journal_mode = WAL')
  // An acknowledged write is on disk: FULL syncs the log at every commit.
  opened.pragma('synchronous = FULL')
  opened.pragma('temp_store = MEMORY')
  opened.pragma('cache_size = -16384')
  opened.pragma('wal_autocheckpoint = 4000')
  opened.exec('BEGIN IMMEDIATE')
  migrate({
    kinds,
    version: () => opened.pragma('user_version', { simple: true }) as number,
    setVersion: (version) => opened.pragma(`user_version = ${version}`),
    execute: (statement) => opened.exec(statement),
  })
  // Written at every start: a file that cannot be written and a full disk are found now, not by the first request.
  opened.pragma(`application_id = ${applicationId}`)
  opened.exec('COMMIT')
}

/** Opens a file that a writer has opened, for reading. */
export function openSqliteReader(file: string): SqliteDatabase {
  const connection = new SqliteConnection(file, { readonly: true, fileMustExist: true })
  connection.pragma('temp_store = MEMORY')
  connection.pragma('cache_size = -16384')
  return databaseOn(connection, () => {})
}

/**
 * A second server on the same file would break what this one knows of it. The lock is the operating system's, on a
 * file of its own, and goes when the process ends, however it ends.
 */
function lockForWriting(file: string): Connection {
  return guardStartup(file, () => {
    mkdirSync(dirname(file), { recursive: true })
    const lock = new SqliteConnection(`${file}.lock`, { timeout: 0 })
    try {
      lock.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      lock.close()
      if (codeOf(error) !== 'SQLITE_BUSY') throw error
      throw new StartupError(
        `Another Trackway server uses the database ${file}. Stop that server, or give this one another database ` +
          'with --backend-store-uri.',
      )
    }
    return lock
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function guardStartup<T>(file: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (error instanceof StartupError) throw error
    const code = codeOf(error)
    const reason =
      code === 'SQLITE_NOTADB'
        ? 'it is not a SQLite database'
        : isDiskFull(code) || code === 'ENOSPC'
          ? 'the disk is full'
          : /^(SQLITE_(CANTOPEN|READONLY|PERM)|EACCES|EROFS|EPERM|ENOENT)/.test(code)
            ? 'the file or its folder cannot be written'
            : error instanceof Error
              ? error.message
              : String(error)
    throw new StartupError(`Cannot open the database ${file}: ${reason}.`, { cause: error })
  }
}

/** SQLITE_IOERR_SHMSIZE: there is no room for the 32 KiB that the readers of a log share. */
function isDiskFull(code: string): boolean {
  return code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE' || code === 'SQLITE_IOERR_SHMSIZE'
}

/** What the engine's errors mean to a caller; anything else is a fault of ours. */
function toApiError(error: unknown): unknown {
  const code = codeOf(error)
  if (isDiskFull(code)) {
    return new ApiError('TEMPORARILY_UNAVAILABLE', 'The database cannot grow: the disk is full. Nothing was stored.', {
      cause: error,
    })
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new ApiError('TEMPORARILY_UNAVAILABLE', 'Another program has locked the database. Nothing was stored.', {
      cause: error,
    })
  }
  if (code.startsWith('SQLITE_READONLY')) {
    return new ApiError('TEMPORARILY_UNAVAILABLE', 'The database cannot be written. Nothing was stored.', {
      cause: error,
    })
  }
  return error
}

const engine: Engine = {
  among: (column, jsonList) => sql`${column} IN (SELECT value FROM json_each(${jsonList}))`,
  // SQLite's LIKE ignores the case of ASCII letters; its GLOB minds it.
  like: (column, pattern) => {
    // What most people ask for, in half the time.
    const part = /^%([^%_]+)%$/.exec(pattern)?.[1]
    return part === undefined ? sql`${column} GLOB ${toGlob(pattern)}` : sql`instr(${column}, ${part}) > 0`
  },
  ilike: (column, pattern) => sql`lower(${column}) LIKE lower(${pattern})`,
  isNumber: (column) => sql`typeof(${column}) <> 'text'`,
}

/** A LIKE pattern as a GLOB pattern. */
function toGlob(pattern: string): string {
  return pattern.replace(/[%_*?[]/g, (char) => (char === '%' ? '*' : char === '_' ? '?' : `[${char}]`))
}

/** SQLite has no NaN: as text it goes into a REAL column unchanged and sorts behind every number. */
function bindable(value: unknown): unknown {
  return typeof value === 'number' && Number.isNaN(value) ? 'NaN' : value
}

interface Prepared {
  readonly statement: Statement
  readonly bind: Bind
  readonly int64: readonly string[]
  /** Where the int64 columns stand in a row. */
  readonly indexes: readonly number[]
}

function databaseOn(connection: Connection, afterClose: () => void): SqliteDatabase {
  const prepared = { objects: new Map<object, Prepared>(), arrays: new Map<object, Prepared>() }
  const dynamic = new Map<string, Statement>()
  let undos: (() => void)[] = []
  let depth = 0

  function prepare(definition: object, shape: 'objects' | 'arrays' = 'objects'): Prepared {
    let entry = prepared[shape].get(definition)
    if (!entry) {
      const { int64 } = definition as Query<unknown, unknown>
      const text = prepareQuery(definition as Query<unknown, unknown>, engine)
      const statement = connection.prepare<unknown[]>(text.statement.sql)
      if (shape === 'arrays') statement.raw(true)
      entry = {
        statement,
        bind: (parameters) => text.bind(parameters).map(bindable),
        int64,
        indexes: indexesOf(statement, int64),
      }
      prepared[shape].set(definition, entry)
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
    engine,
    all<P, R>(definition: Query<P, R>, parameters: P): Promise<R[]> {
      return settle(() => {
        const { statement, bind, int64 } = prepare(definition)
        const bound = bind(parameters as Parameters)
        const rows = statement.all(...bound) as Record<string, unknown>[]
        if (int64.length === 0 || !rows.some((row) => int64.some((name) => isInexact(row[name])))) return rows as R[]
        const exact = statement.safeIntegers(true).all(...bound) as Record<string, unknown>[]
        statement.safeIntegers(false)
        return exact.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, narrow(v)]))) as R[]
      })
    },
    first<P, R>(definition: Query<P, R>, parameters: P): Promise<R | undefined> {
      return settle(() => {
        const { statement, bind, int64 } = prepare(definition)
        const bound = bind(parameters as Parameters)
        const row = statement.get(...bound) as Record<string, unknown> | undefined
        if (!row || !int64.some((name) => isInexact(row[name]))) return row as R | undefined
        const exact = statement.safeIntegers(true).get(...bound) as Record<string, unknown>
        statement.safeIntegers(false)
        return Object.fromEntries(Object.entries(exact).map(([k, v]) => [k, narrow(v)])) as R
      })
    },
    rows<P>(definition: Query<P, unknown>, parameters: P): Promise<readonly unknown[][]> {
      return settle(() => {
        const { statement, bind, indexes } = prepare(definition, 'arrays')
        return rawRows(statement, bind(parameters as Parameters), indexes)
      })
    },
    run<P>(definition: Query<P, unknown>, parameters: P): Promise<number> {
      return settle(() => {
        const { statement, bind } = prepare(definition)
        return statement.run(...bind(parameters as Parameters)).changes
      })
    },
    runMany<P>(definition: Query<P, unknown>, parameters: readonly P[]): Promise<number> {
      return settle(() => {
        const { statement, bind } = prepare(definition)
        let changes = 0
        for (const one of parameters) changes += statement.run(...bind(one as Parameters)).changes
        return changes
      })
    },
    dynamic(statement: Sql): Promise<readonly unknown[][]> {
      return settle(() => rawRows(dynamicStatement(statement.sql), statement.values.map(bindable), null))
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
    async commit(work: () => Promise<void>): Promise<void> {
      await database.transaction(() => work())
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
  const exact = statement.safeIntegers(true).all(...bound) as unknown[][]
  statement.safeIntegers(false)
  return exact.map((row) => row.map(narrow))
}

/** better-sqlite3 reads integers as doubles unless told otherwise: beyond 2^53 they may be off. */
function isInexact(value: unknown): boolean {
  return typeof value === 'number' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
}

function narrow(value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  const near = Number(value)
  return Number.isSafeInteger(near) ? near : value
}
