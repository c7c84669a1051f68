import type { CommandGroup } from '../command.ts'
import { checkCommand } from './check.ts'
import { copyCommand } from './copy.ts'
import { sharedFlagGroups } from './db-command.ts'
import { migrateCommand } from './migrate.ts'

/** `trackway db`: the database itself, without a server. */
export const db: CommandGroup = {
  name: 'db',
  summary: 'Make a database, check it, or move it to another engine.',
  description: ['These work on the database itself, without a server.'],
  examples: [
    {
      what: 'from a laptop to a team',
      line: 'trackway db copy sqlite:///trackway-data/trackway.db postgresql://trackway:secret@db/trackway',
    },
  ],
  commands: [migrateCommand, checkCommand, copyCommand],
  flagGroups: sharedFlagGroups,
}
