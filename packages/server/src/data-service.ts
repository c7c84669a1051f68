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

/** A database that a data thread has to itself. */
export interface ThreadDatabase extends Database {
  close(): void | Promise<void>
}

/** Opens the embedded database, once for each thread. */
export function openDataService(
  options: ThreadOptions & { readonly database: { readonly engine: 'sqlite' } },
): DataService {
  const open = options.role === 'writer' ? openSqliteWriter : openSqliteReader
  return createDataService(open(options.database.file), options)
}

/** Connections to a database on the network that a thread has: for what it reads, and one beside it. */
const threadPoolSize = 3

/** What a thread reads from: an embedded database, or one on the network. */
export async function openReadingService(options: ThreadOptions): Promise<DataService<ThreadDatabase>> {
  const { database } = options
  if (database.engine === 'sqlite') return openDataService({ ...options, database })
  const { openPostgres } = await import('./storage/sql/dialects/postgres.ts')
  return createDataService(
    openPostgres({ url: database.url, poolSize: threadPoolSize }, () => {}),
    options,
  )
}
