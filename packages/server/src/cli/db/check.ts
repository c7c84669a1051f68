import { serverFlags } from '../../config.ts'
import { databaseOf, describeDatabase } from '../../data-location.ts'
import { groupedNumber } from './copy-progress.ts'
import { dbCommand } from './db-command.ts'
import { writeFacts } from '../terminal/facts.ts'
import { jsonText } from '../terminal/json-text.ts'
import { printable } from '../terminal/printable.ts'

export const checkCommand = dbCommand({
  name: 'check',
  summary: 'Tell whether this program can use a database as it is.',
  description: [
    'The exit code is 0 where it can, and 1 where it cannot; what is wrong, and what to do, is written to the error ' +
      'output. Nothing is changed. A SQLite file is read whole, to find damage.',
  ],
  examples: [{ what: 'the database of the server on this machine', line: 'trackway db check' }],
  args: {},
  flags: { backendStoreUri: serverFlags.backendStoreUri },
  run: async ({ terminal, output, values, sources }) => {
    const location = databaseOf(values.backendStoreUri, sources.backendStoreUri ?? '--backend-store-uri', process.cwd())
    const database = describeDatabase(location)
    const [{ checkDatabase }, { newestVersion }] = await Promise.all([
      import('../../storage/sql/database-check.ts'),
      import('../../storage/sql/migrate.ts'),
    ])
    const { state, version, problem, counts } = await checkDatabase(location, { isThorough: true })
    const isReady = state === 'ready'
    if (output === 'json') {
      const told = { database, state, schema_version: version, program_version: newestVersion, rows: counts }
      await terminal.write(`${jsonText({ ...told, ...(isReady ? {} : { problem }) }, 2)}\n`)
    } else if (isReady) {
      await terminal.write(`${printable(database)} is sound, with schema version ${version}.\n`)
      await writeFacts(
        terminal,
        Object.entries(counts)
          .filter(([, rows]) => rows > 0)
          .map(([table, rows]) => [table, groupedNumber(rows)] as const),
      )
    } else {
      terminal.warn(printable(`trackway: ${database}: ${problem}`))
    }
    return isReady ? 0 : 1
  },
})
