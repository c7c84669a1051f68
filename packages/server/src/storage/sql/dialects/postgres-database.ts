import type { ClientBase, PoolClient } from 'pg'

import type { Database } from '../database.ts'
import { createCommits } from './postgres-commits.ts'
import { send } from './postgres-batch.ts'
import type { Statement } from './postgres-batch.ts'
import type { Connections } from './postgres-connections.ts'
import { isAway, toApiError } from './postgres-errors.ts'
import { createStatementCalls } from './postgres-handle.ts'
import type { Send } from './postgres-handle.ts'
import { shareReads } from './postgres-shared-reads.ts'
import { createStatements, transactionControl } from './postgres-statements.ts'

/** A PostgreSQL database as a store: reads and writes have connections of their own, so that neither waits for the other. */
export interface PostgresDatabase extends Database {
  /** Finishes what is under way, then lets go of all connections. */
  close(): Promise<void>
}

export interface PostgresPools {
  readonly reads: Connections
  readonly writes: Connections
}

/** @param onEvents is called after commits that added events, with the newest one's id. */
export function createPostgresDatabase(
  { reads, writes }: PostgresPools,
  onEvents: (newest: number) => void,
): PostgresDatabase {
  const statements = createStatements()
  const sendAlone: Send = (statement) => reading((client) => send(client, statement))
  const sendShared = shareReads(reads, sendAlone)
  const calls = createStatementCalls(statements, (statement) =>
    statement.isBrief === true ? sendShared(statement) : sendAlone(statement),
  )
  const commits = createCommits({ pool: writes, statements, apart: calls, onEvents })

  const database: PostgresDatabase = {
    ...calls,
    insertApart: calls.insert,
    insertLast: async (definition, rows) => void (await calls.insert(definition, rows)),
    flush: async () => {},
    isHopeful: false,
    demand: () => {},
    snapshot: (work) =>
      reading(async (client) => {
        // What fails here fails the statements behind it, too.
        send(client, transactionControl.beginReading).catch(() => {})
        const inner = createStatementCalls(statements, (statement) => send(client, statement))
        const handle: Database = { ...database, ...inner, snapshot: (nested) => nested(handle) }
        return work(handle)
      }, transactionControl.commit),
    transaction: (work, scope) => commits.add(work, scope),
    onRollback: () => {},
    async close() {
      await commits.idle()
      await Promise.all([reads.end(), writes.end()])
    },
  }
  return database

  /** @param last is sent when `work` is done; nobody waits for it. */
  async function reading<T>(work: (client: ClientBase) => Promise<T>, last?: Statement): Promise<T> {
    let client: PoolClient
    try {
      client = await reads.connect()
    } catch (error) {
      throw toApiError(error)
    }
    try {
      const result = await work(client)
      release()
      return result
    } catch (error) {
      if (isAway(error)) client.release(true)
      else release()
      throw toApiError(error)
    }

    function release(): void {
      if (!last) client.release()
      else
        send(client, last).then(
          () => client.release(),
          () => client.release(true),
        )
    }
  }
}
