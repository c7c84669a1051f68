import type SqliteConnection from 'better-sqlite3'

import { StartupError } from '../../../startup-error.ts'

/** What SQLite's file header says of a database that Trackway made: "TRKW". */
export const applicationId = 0x54524b57

/**
 * Keeps this program's tables out of other programs' databases. Reads, and changes nothing.
 * @throws StartupError where the file holds tables that Trackway did not make.
 */
export function refuseForeign(connection: SqliteConnection.Database, file: string): void {
  if (connection.pragma('application_id', { simple: true }) === applicationId) return
  const tables = connection.prepare<[], string>("select name from sqlite_master where type = 'table'").pluck().all()
  if (tables.length === 0) return
  const isMlflow = tables.includes('alembic_version') && tables.includes('experiments')
  throw new StartupError(
    `The database ${file} ${isMlflow ? 'was made by MLflow, whose tables differ from ours' : 'holds tables of another program'}. ` +
      'It was left as it is. Name another file with --backend-store-uri, which is made where there is none.',
  )
}
