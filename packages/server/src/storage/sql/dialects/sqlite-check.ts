import { existsSync } from 'node:fs'

import SqliteConnection from 'better-sqlite3'

import { StartupError } from '../../../startup-error.ts'
import { schemaTables } from '../copy/schema-tables.ts'
import { found, judgeVersion } from '../database-check.ts'
import type { CheckOptions, DatabaseFindings } from '../database-check.ts'
import { refuseForeign } from './sqlite-origin.ts'

/** How many faults of a damaged file are told. */
const mostFaults = 3

/** A server may use the file meanwhile. */
export function checkSqlite(file: string, { isThorough }: CheckOptions): DatabaseFindings {
  if (!existsSync(file)) {
    return found(
      'missing',
      `There is no file ${file}. \`trackway db migrate\` makes it, as does the start of a server.`,
    )
  }
  let connection: SqliteConnection.Database | undefined
  try {
    connection = new SqliteConnection(file, { readonly: true, fileMustExist: true })
    refuseForeign(connection, file)
    const version = connection.pragma('user_version', { simple: true }) as number
    const copying = connection.prepare("select 1 from sqlite_master where name = 'trackway_copy'").get() !== undefined
    const judged = { ...judgeVersion(version, copying), counts: {} }
    if (!isThorough) return judged
    const faults = (connection.pragma(`quick_check(${mostFaults})`) as { quick_check: string }[])
      .map((row) => row.quick_check)
      .filter((fault) => fault !== 'ok')
    if (faults.length > 0) {
      const problem = `The file is damaged: ${faults.join('; ')}. Restore it from a backup.`
      return { ...judged, state: 'damaged', problem }
    }
    return judged.state === 'ready' ? { ...judged, counts: countsOf(connection) } : judged
  } catch (error) {
    if (error instanceof StartupError) return found('foreign', error)
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'SQLITE_NOTADB') return found('foreign', `${file} is not a SQLite database.`)
    if (code.startsWith('SQLITE_CORRUPT')) {
      return found('damaged', `The file is damaged: ${(error as Error).message}. Restore it from a backup.`)
    }
    return found('refused', `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
  } finally {
    connection?.close()
  }
}

function countsOf(connection: SqliteConnection.Database): Record<string, number> {
  const count = (table: string): number =>
    connection.prepare<[], number>(`select count(*) from ${table}`).pluck().get() ?? 0
  return Object.fromEntries(schemaTables().map(({ name }) => [name, count(name)]))
}
