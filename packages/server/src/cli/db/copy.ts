import { isDeepStrictEqual } from 'node:util'

import { databaseOf } from '../../data-location.ts'
import { UsageError } from '../../flags.ts'
import { jsonText } from '../terminal/json-text.ts'
import { printable } from '../terminal/printable.ts'
import { groupedNumber, showProgress } from './copy-progress.ts'
import { dbCommand } from './db-command.ts'

export const copyCommand = dbCommand({
  name: 'copy',
  summary: 'Copy a database into another, of the same engine or another one.',
  description: [
    'Between SQLite and PostgreSQL, in any direction. The target is made or brought to the newest schema, and must be ' +
      'empty. All counts are compared at the end, and all values.',
    'A copy that was cut off, however it was, goes on where it had come when the same command is given again. ' +
      'It refuses to go on when rows were added to the source or taken from it meanwhile.',
    'No server may have the SQLite files open, nor the target. A PostgreSQL source may be in use: it is copied as it ' +
      'was at one moment, and what is written later is not in the copy.',
    'Artifacts are not in the database, and stay where they lie.',
  ],
  examples: [
    {
      what: 'from a laptop to a team',
      line: 'trackway db copy sqlite:///trackway-data/trackway.db postgresql://trackway:secret@db/trackway',
    },
    { what: 'back into a file', line: 'trackway db copy postgresql://trackway@db/trackway sqlite:///backup.db' },
  ],
  args: {
    from: { name: 'FROM', help: 'The database to copy, as --backend-store-uri of trackway server takes it.' },
    to: { name: 'TO', help: 'The database to fill, in the same way.' },
  },
  flags: {
    restart: {
      name: 'restart',
      type: 'boolean',
      help: 'Throws away what an unfinished copy has left in the target, and begins again.',
    },
    compare: {
      name: 'compare',
      type: 'boolean',
      default: true,
      help: 'Reads all values again from both databases and compares them; with --no-compare only the counts.',
    },
    replaceNul: {
      name: 'replace-nul',
      type: 'string',
      placeholder: 'TEXT',
      help: 'What to put in the place of each character U+0000, which PostgreSQL does not store. Default: such a text ends the copy.',
    },
  },
  run: async ({ terminal, output, values, args }) => {
    const from = databaseOf(args.from, 'FROM', process.cwd())
    const to = databaseOf(args.to, 'TO', process.cwd())
    if (isDeepStrictEqual(from, to)) throw new UsageError('FROM and TO are the same database.')
    const { replaceNul, restart, compare } = values
    if (replaceNul?.includes('\0') === true) throw new UsageError('--replace-nul takes a text without U+0000.')
    const [{ copyDatabase }, { openSource, openTarget }] = await Promise.all([
      import('../../storage/sql/copy/copy-database.ts'),
      import('../../storage/sql/copy/open-ends.ts'),
    ])
    const source = await openSource(from)
    try {
      const target = await openTarget(to)
      try {
        const begun = performance.now()
        const progress = showProgress(terminal)
        const { tables, rows, resumedAt } = await copyDatabase({
          from: source.end,
          to: target.end,
          replaceNul,
          restart,
          compare,
          onProgress: output === 'json' ? () => {} : (each) => progress.show(each),
        }).finally(() => progress.end())
        const seconds = (performance.now() - begun) / 1000
        if (output === 'json') {
          const told = {
            from: source.end.name,
            to: target.end.name,
            rows,
            resumed_at: resumedAt,
            compared: compare,
            seconds,
          }
          const byTable = Object.fromEntries(tables.map((each) => [each.table, each.rows]))
          await terminal.write(`${jsonText({ ...told, tables: byTable }, 2)}\n`)
          return 0
        }
        const resumed = resumedAt > 0 ? `, ${groupedNumber(resumedAt)} of them before` : ''
        const checked = compare ? 'Counts and values' : 'The counts'
        await terminal.write(
          `Copied ${groupedNumber(rows)} rows of ${tables.length} tables in ${seconds.toFixed(1)} s${resumed}. ${checked} are the same in ${printable(target.end.name)}.\n` +
            'Artifacts were not copied. Where their places begin with mlflow-artifacts:, start the new server with an ' +
            '--artifacts-destination that holds the files of the old one; other places stay as they are, and must be ' +
            'reachable from there.\n',
        )
        return 0
      } finally {
        await target.close()
      }
    } finally {
      await source.close()
    }
  },
})
