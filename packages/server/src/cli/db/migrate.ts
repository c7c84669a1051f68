import { setTimeout as sleep } from 'node:timers/promises'

import { serverFlags } from '../../config.ts'
import { databaseOf, describeDatabase } from '../../data-location.ts'
import type { DatabaseLocation } from '../../data-location.ts'
import { StartupError } from '../../startup-error.ts'
import { jsonText } from '../terminal/json-text.ts'
import { printable } from '../terminal/printable.ts'
import { dbCommand } from './db-command.ts'

/** How long, in ms, between attempts to reach a database that is away. */
const betweenAttempts = 500

export const migrateCommand = dbCommand({
  name: 'migrate',
  summary: "Bring a database to this program's schema; make what is missing.",
  description: [
    'Servers do this themselves when they start. As a step of its own it says beforehand whether it works, and keeps ' +
      'the time that it takes out of the start. It is safe beside others that do the same, and beside servers.',
  ],
  examples: [
    { what: 'the database of the server on this machine', line: 'trackway db migrate' },
    {
      what: 'in a container that runs before the servers',
      line: 'trackway db migrate --wait 120 --backend-store-uri postgresql://trackway:secret@db/trackway',
    },
  ],
  args: {},
  flags: {
    backendStoreUri: serverFlags.backendStoreUri,
    wait: {
      name: 'wait',
      type: 'integer',
      max: 86_400,
      default: 0,
      placeholder: 'SECONDS',
      help: 'How long to wait for a database that cannot be reached yet.',
    },
  },
  run: async ({ terminal, output, values, sources }) => {
    const location = databaseOf(values.backendStoreUri, sources.backendStoreUri ?? '--backend-store-uri', process.cwd())
    const database = describeDatabase(location)
    const { from, to } = await whenReached(
      () => migrate(location),
      values.wait * 1000,
      () => output === 'text' && terminal.warn(printable(`Waiting for ${database} …`)),
    )
    if (output === 'json') {
      await terminal.write(`${jsonText({ database, from, to }, 2)}\n`)
      return 0
    }
    const done =
      from === to
        ? `has schema version ${to} already`
        : from === 0
          ? `was made, with schema version ${to}`
          : `was brought from schema version ${from} to ${to}`
    await terminal.write(`${printable(database)} ${done}.\n`)
    return 0
  },
})

async function migrate(location: DatabaseLocation): Promise<{ readonly from: number; readonly to: number }> {
  if (location.engine === 'postgres') {
    const { migratePostgres } = await import('../../storage/sql/dialects/postgres.ts')
    return migratePostgres(location.url)
  }
  const { checkDatabase } = await import('../../storage/sql/database-check.ts')
  const before = await checkDatabase(location, { isThorough: false })
  // The server that has the file open has done it.
  if (before.state !== 'ready') {
    const { openSqliteWriter } = await import('../../storage/sql/dialects/sqlite.ts')
    openSqliteWriter(location.file).close()
  }
  const after = await checkDatabase(location, { isThorough: false })
  return { from: before.version, to: after.version }
}

/** @throws StartupError at once where waiting would not help. */
async function whenReached<T>(work: () => Promise<T>, patience: number, onWait: () => void): Promise<T> {
  const end = Date.now() + patience
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof StartupError || Date.now() >= end) throw error
      if (attempt === 0) onWait()
      await sleep(Math.min(betweenAttempts, Math.max(0, end - Date.now())))
    }
  }
}
