import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

import SqliteConnection from 'better-sqlite3'

import { StartupError } from '../../../startup-error.ts'
import { migrationsFrom, newestVersion } from '../migrate.ts'
import type { ColumnKinds } from '../migrate.ts'
import { createSqliteDatabase } from './sqlite-database.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { codeOf, isDiskFull } from './sqlite-errors.ts'
import { applicationId, refuseForeign } from './sqlite-origin.ts'

type Connection = SqliteConnection.Database

export const sqliteColumnKinds: ColumnKinds = {
  serial: 'INTEGER PRIMARY KEY',
  keyPrimary: 'INTEGER PRIMARY KEY',
  key: 'INTEGER',
  int64: 'INTEGER',
  double: 'REAL',
  text: 'TEXT',
  document: 'BLOB',
  clustered: 'WITHOUT ROWID',
}

/**
 * Opens the file for writing, alone: makes it and its folder where they are missing, and brings its schema up to date.
 * @throws StartupError where the file cannot be used; the sentence says why and what to do.
 */
export function openSqliteWriter(file: string): SqliteDatabase {
  const lock = lockForWriting(file)
  try {
    return createSqliteDatabase(openForWriting(file), () => lock.close())
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
  const version = opened.pragma('user_version', { simple: true }) as number
  for (const statement of migrationsFrom(version, sqliteColumnKinds)) opened.exec(statement)
  opened.pragma(`user_version = ${newestVersion}`)
  // Written at every start: a file that cannot be written and a full disk are found now, not by the first request.
  opened.pragma(`application_id = ${applicationId}`)
  opened.exec('COMMIT')
}

/** Opens a file that a writer has opened, for reading. */
export function openSqliteReader(file: string): SqliteDatabase {
  const connection = new SqliteConnection(file, { readonly: true, fileMustExist: true })
  connection.pragma('temp_store = MEMORY')
  connection.pragma('cache_size = -16384')
  return createSqliteDatabase(connection, () => {})
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
