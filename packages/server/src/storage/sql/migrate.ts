import { StartupError } from '../../startup-error.ts'
import { tracking } from './migrations/0001-tracking.ts'
import { registry } from './migrations/0002-registry.ts'
import { workspace } from './migrations/0003-workspace.ts'
import { nestedRuns } from './migrations/0004-nested-runs.ts'
import { bucketNumbers } from './migrations/0005-bucket-numbers.ts'

/** How an engine spells the kinds of columns that the migrations use. */
export interface ColumnKinds {
  /** A generated integer primary key. */
  readonly serial: string
  /** An integer primary key that is given. */
  readonly keyPrimary: string
  readonly key: string
  readonly int64: string
  readonly double: string
  readonly text: string
  readonly bytes: string
  /** Behind a table whose rows lie in the order of the primary key. */
  readonly clustered: string
}

/** Every migration in order; the schema's version is how many have run. Landed ones never change. */
const migrations: readonly ((kind: ColumnKinds) => readonly string[])[] = [
  tracking,
  registry,
  workspace,
  nestedRuns,
  bucketNumbers,
]

/** What migrating needs of an engine. All calls happen inside one transaction that no other process shares. */
export interface MigrationTarget {
  readonly kinds: ColumnKinds
  version(): number
  setVersion(version: number): void
  execute(statement: string): void
}

/**
 * Brings a database to this program's schema.
 * @throws StartupError where the database was made by a newer version.
 */
export function migrate(target: MigrationTarget): void {
  const version = target.version()
  if (version > migrations.length) {
    throw new StartupError(
      `The database has schema version ${version}, this program knows versions up to ${migrations.length}: ` +
        'it was used by a newer Trackway. Start that version or a newer one, or name another database.',
    )
  }
  for (const statements of migrations.slice(version)) {
    for (const statement of statements(target.kinds)) target.execute(statement)
  }
  if (version < migrations.length) target.setVersion(migrations.length)
}
