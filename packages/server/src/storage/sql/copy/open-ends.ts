import { describeDatabase } from '../../../data-location.ts'
import type { DatabaseLocation } from '../../../data-location.ts'
import { StartupError } from '../../../startup-error.ts'
import { checkDatabase } from '../database-check.ts'
import type { CopyEnd, CopyOptions } from './copy-database.ts'

interface Open<T> {
  readonly end: T
  readonly close: () => Promise<void>
}

/**
 * Opens a database to read all of it. A SQLite file is locked as by a server.
 * @throws StartupError where it is not of this program's schema, or a server has the file open.
 */
export async function openSource(location: DatabaseLocation): Promise<Open<CopyEnd>> {
  const name = describeDatabase(location)
  const { state, problem } = await checkDatabase(location, { isThorough: false })
  if (state !== 'ready') throw new StartupError(`${name} cannot be copied. ${problem}`)
  const { database, close } = await open(location)
  return { end: { database, name }, close }
}

/**
 * Opens a database to fill it, brought to this program's schema.
 * @throws StartupError where it cannot be used, or a server uses it.
 */
export async function openTarget(location: DatabaseLocation): Promise<Open<CopyOptions['to']>> {
  const name = describeDatabase(location)
  const { state, problem } = await checkDatabase(location, { isThorough: false })
  if (state !== 'ready' && state !== 'missing' && state !== 'empty' && state !== 'older' && state !== 'copying') {
    throw new StartupError(`Nothing can be copied into ${name}. ${problem}`)
  }
  const shared = { name, isBegun: state === 'copying' }
  if (location.engine === 'sqlite') {
    const { database, close } = await open(location)
    return { end: { ...shared, database, takesNul: true, alignSerials: async () => {} }, close }
  }
  const { url } = location
  const [{ migratePostgres }, { alignSequences, refuseServed }] = await Promise.all([
    import('../dialects/postgres.ts'),
    import('../dialects/postgres-check.ts'),
  ])
  await refuseServed(url, name)
  await migratePostgres(url)
  const { database, close } = await open(location)
  const alignSerials: CopyOptions['to']['alignSerials'] = (tables) => alignSequences(url, tables)
  return { end: { ...shared, database, takesNul: false, alignSerials }, close }
}

async function open(
  location: DatabaseLocation,
): Promise<{ database: CopyEnd['database']; readonly close: () => Promise<void> }> {
  if (location.engine === 'sqlite') {
    const { openSqliteWriter } = await import('../dialects/sqlite.ts')
    const database = openSqliteWriter(location.file)
    return { database, close: async () => database.close() }
  }
  const { openPostgres } = await import('../dialects/postgres.ts')
  const database = openPostgres({ url: location.url, poolSize: 3 }, () => {})
  return { database, close: () => database.close() }
}
