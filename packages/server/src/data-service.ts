import type { ThreadOptions } from './execution/messages.ts'
import { createHandlers } from './handlers.ts'
import type { Handlers } from './handlers.ts'
import { createOperations } from './operations.ts'
import type { Operations } from './operations.ts'
import { openSqliteReader, openSqliteWriter } from './storage/sql/dialects/sqlite.ts'
import type { SqliteDatabase } from './storage/sql/dialects/sqlite-database.ts'
import { createSqlStore } from './storage/sql/sql-store.ts'
import type { SqlStore } from './storage/sql/sql-store.ts'

/** An open database with everything that answers requests from it. */
export interface DataService {
  readonly database: SqliteDatabase
  readonly store: SqlStore
  readonly handlers: Handlers
  readonly operations: Operations
}

/** Where the embedded database and the handlers over it are put together, once for each thread. */
export function openDataService(options: ThreadOptions): DataService {
  const database =
    options.role === 'writer' ? openSqliteWriter(options.databaseFile) : openSqliteReader(options.databaseFile)
  const store = createSqlStore(database, options.artifactRoot)
  return { database, store, handlers: createHandlers(store, options), operations: createOperations(store) }
}
