import type { DatabaseLocation } from '../../data-location.ts'
import { newestVersion } from './migrate.ts'

/** What a database is to this program. */
export type DatabaseState =
  | 'ready'
  | 'missing'
  | 'empty'
  | 'older'
  | 'newer'
  | 'foreign'
  | 'copying'
  | 'damaged'
  | 'refused'
  | 'away'

/** What was found, nothing being changed. */
export interface DatabaseFindings {
  readonly state: DatabaseState
  /** 0 where there are no tables of ours. */
  readonly version: number
  /** What is wrong and what to do about it; '' where nothing is. */
  readonly problem: string
  /** How many rows each table has; of a database of this program's schema only. */
  readonly counts: Readonly<Record<string, number>>
}

export interface CheckOptions {
  /** Whether to read the whole file for damage, and to count rows: both take their time. */
  readonly isThorough: boolean
}

/** Looks whether this program can use a database as it is. */
export async function checkDatabase(location: DatabaseLocation, options: CheckOptions): Promise<DatabaseFindings> {
  if (location.engine === 'sqlite') {
    const { checkSqlite } = await import('./dialects/sqlite-check.ts')
    return checkSqlite(location.file, options)
  }
  const { checkPostgres } = await import('./dialects/postgres-check.ts')
  return checkPostgres(location.url, options)
}

/** What a version of the schema means, where the tables are ours. */
export function judgeVersion(version: number, isCopying: boolean): Omit<DatabaseFindings, 'counts'> {
  if (version > newestVersion) {
    const problem =
      `Its schema has version ${version}, this program knows versions up to ${newestVersion}: it was used by a newer ` +
      'Trackway. Use that version or a newer one.'
    return { state: 'newer', version, problem }
  }
  if (version === 0) {
    const problem = 'It has no tables yet. `trackway db migrate` makes them, as does the first start of a server.'
    return { state: 'empty', version, problem }
  }
  if (version < newestVersion) {
    const problem =
      `Its schema has version ${version}, this program needs ${newestVersion}. \`trackway db migrate\` brings it ` +
      'there, as does the start of a server. Back it up before.'
    return { state: 'older', version, problem }
  }
  if (isCopying) {
    const problem = 'A copy into it was begun and not finished. Start the same `trackway db copy` again: it goes on.'
    return { state: 'copying', version, problem }
  }
  return { state: 'ready', version, problem: '' }
}

export function found(state: DatabaseState, error: unknown): DatabaseFindings {
  const problem = error instanceof Error ? error.message : String(error)
  return { state, version: 0, problem, counts: {} }
}
