import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client, Pool } from 'pg'
import type { ClientBase, ClientConfig, PoolClient, PoolConfig } from 'pg'

import { sessionSettings } from './postgres-batch.ts'
import { readRawRows } from './postgres-wire.ts'

/** How long, in ms, a database may take to let a connection go that is no longer needed. */
const farewellTime = 1000

/** Connections that are used again, and can be cut all at once. */
export interface Connections {
  /** Waits for one that is free; it is given back with its `release`. */
  connect(): Promise<PoolClient>
  /** Cuts all connections, under whatever is done on them, and gives none until `resume`. */
  suspend(): void
  resume(): void
  /** Waits for those that are in use, and lets all go. */
  end(): Promise<void>
}

/** The driver's client, which gives rows as batches read them. */
class RowClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config)
    readRawRows((this as unknown as { connection: Parameters<typeof readRawRows>[0] }).connection)
  }
}

export function createConnections(config: PoolConfig): Connections {
  const pool = new Pool({ ...config, Client: RowClient } as PoolConfig)
  const clients = new Set<ClientBase>()
  let isSuspended = false
  // An idle connection that is cut is simply replaced; whoever uses one hears of it by itself.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
    // Should it fail, so does what comes behind it.
    client.query(sessionSettings).catch(() => {})
    clients.add(client)
    client.once('end', () => clients.delete(client))
    // It was being made when the others were cut.
    if (isSuspended) cut(client)
  })
  return {
    connect: () =>
      isSuspended ? Promise.reject(new Error('Connection terminated before it was made')) : pool.connect(),
    suspend() {
      isSuspended = true
      for (const client of clients) cut(client)
    },
    resume() {
      isSuspended = false
    },
    async end() {
      await pool.end()
      const deadline = performance.now() + farewellTime
      while (clients.size > 0 && performance.now() < deadline) await sleep(10)
      for (const client of clients) cut(client)
    },
  }
}

/** Ends a connection as if the network had: whoever waits for an answer on it gets an error at once. */
export function cut(client: ClientBase): void {
  const { connection } = client as unknown as { readonly connection: { readonly stream: Socket } }
  connection.stream.destroy()
}

/** Ends a connection as it should be; one whose database does not answer is cut. */
export async function endConnection(client: Client): Promise<void> {
  const killer = setTimeout(() => cut(client), farewellTime)
  await client.end().catch(() => {})
  clearTimeout(killer)
}
