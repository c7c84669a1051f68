import type { ThreadOptions } from './execution/messages.ts'
import { createHandlers } from './handlers.ts'
import type { HandlerOptions, Handlers } from './handlers.ts'
import { createOperations } from './operations.ts'
import type { Operations } from './operations.ts'
import type { Database } from './storage/sql/database.ts'
import { openSqliteReader, openSqliteWriter } from './storage/sql/dialects/sqlite.ts'
import type { SqliteDatabase } from './storage/sql/dialects/sqlite-database.ts'
import { createSqlStore } from './storage/sql/sql-store.ts'
import type { SqlStore } from './storage/sql/sql-store.ts'

/** An open database with everything that answers requests from it. */
export interface DataService<D extends Database = SqliteDatabase> {
  readonly database: D
  readonly store: SqlStore
  readonly handlers: Handlers
  readonly operations: Operations
}

export interface DataServiceOptions extends HandlerOptions {
  readonly artifactRoot: string
}

/** Puts the store and the handlers over a database. */
export function createDataService<D extends Database>(database: D, options: DataServiceOptions): DataService<D> {
  const store = createSqlStore(database, options.artifactRoot)
  return { database, store, handlers: createHandlers(store, options), operations: createOperations(store) }
}

/** Opens the embedded database, once for each thread. */
export function openDataService(options: ThreadOptions): DataService {
  const open = options.role === 'writer' ? openSqliteWriter : openSqliteReader
  return createDataService(open(options.databaseFile), options)
}
