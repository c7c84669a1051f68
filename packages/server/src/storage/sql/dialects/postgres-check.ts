import { setTimeout as sleep } from 'node:timers/promises'

import type { Client } from 'pg'

import { StartupError } from '../../../startup-error.ts'
import { schemaTables } from '../copy/schema-tables.ts'
import type { SchemaTable } from '../copy/schema-tables.ts'
import { found, judgeVersion } from '../database-check.ts'
import type { CheckOptions, DatabaseFindings } from '../database-check.ts'
import { connect, refuseForeign, versionOf } from './postgres.ts'

export async function checkPostgres(url: string, { isThorough }: CheckOptions): Promise<DatabaseFindings> {
  let client: Client
  try {
    client = await connect(url)
  } catch (error) {
    if (error instanceof StartupError) return found('refused', error)
    const reason = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error)
    return found('away', `PostgreSQL cannot be reached: ${reason}.`)
  }
  try {
    const version = await versionOf(client)
    if (version === 0) await refuseForeign(client)
    const copy = await client.query("select to_regclass('trackway_copy') as name")
    const judged = { ...judgeVersion(version, copy.rows[0]?.name !== null), counts: {} }
    return isThorough && judged.state === 'ready' ? { ...judged, counts: await countsOf(client) } : judged
  } catch (error) {
    if (error instanceof StartupError) return found('foreign', error)
    return found('refused', `PostgreSQL refuses to be read: ${error instanceof Error ? error.message : String(error)}.`)
  } finally {
    await client.end().catch(() => {})
  }
}

async function countsOf(client: Client): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { name } of schemaTables()) {
    // Counting may take as long as it takes.
    const { rows } = await client.query({ text: `select count(*) as n from ${name}`, query_timeout: 0 } as {
      text: string
    })
    counts[name] = Number(rows[0]?.n)
  }
  return counts
}

/** How long, in ms, the connections of a process that was killed may stay. */
const lingering = 5000

/** @throws StartupError where another Trackway is connected to the database. */
export async function refuseServed(url: string, name: string): Promise<void> {
  const client = await connect(url)
  try {
    const end = Date.now() + lingering
    while (true) {
      const { rows } = await client.query(
        `select count(*)::integer as n from pg_stat_activity
          where datname = current_database() and application_name = 'trackway' and pid <> pg_backend_pid()`,
      )
      if (rows[0]?.n === 0) return
      if (Date.now() > end) break
      await sleep(200)
    }
    throw new StartupError(
      `A Trackway server, or another copy, uses ${name}. Stop it: nobody may write there while rows are copied into it.`,
    )
  } finally {
    await client.end().catch(() => {})
  }
}

/** Makes the ids that are given from now on larger than those that are there. */
export async function alignSequences(url: string, tables: readonly SchemaTable[]): Promise<void> {
  const client = await connect(url)
  try {
    for (const { name, serial } of tables) {
      if (serial === undefined) continue
      await client.query(
        `select setval(pg_get_serial_sequence('${name}', '${serial}'), greatest(max(${serial}), 1),
          coalesce(max(${serial}), 0) > 0) from ${name}`,
      )
    }
  } finally {
    await client.end().catch(() => {})
  }
}
