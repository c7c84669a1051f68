import type { ThreadOptions } from './execution/messages.ts'
import { openSqliteReader, openSqliteWriter } from './storage/sql/dialects/sqlite.ts'
import type { SqliteDatabase } from './storage/sql/dialects/sqlite-database.ts'
import { createTrackingStore } from './storage/sql/tracking-store.ts'
import type { SqlTrackingStore } from './storage/sql/tracking-store.ts'
import { createHandlers } from './tracking/handlers.ts'
import type { Handlers } from './tracking/handlers.ts'

/** An open database with everything that answers requests from it. */
export interface DataService {
  readonly database: SqliteDatabase
  readonly store: SqlTrackingStore
  readonly handlers: Handlers
}

/** Where the embedded database and the handlers over it are put together, once for each thread. */
export function openDataService(options: ThreadOptions): DataService {
  const database =
    options.role === 'writer' ? openSqliteWriter(options.databaseFile) : openSqliteReader(options.databaseFile)
  const store = createTrackingStore(database, options.artifactRoot)
  return { database, store, handlers: createHandlers(store, options) }
}
