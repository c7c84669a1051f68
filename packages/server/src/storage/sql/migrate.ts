import { StartupError } from '../../startup-error.ts'
import { tracking } from './migrations/0001-tracking.ts'
import { registry } from './migrations/0002-registry.ts'
import { workspace } from './migrations/0003-workspace.ts'
import { nestedRuns } from './migrations/0004-nested-runs.ts'
import { bucketNumbers } from './migrations/0005-bucket-numbers.ts'
import { leases } from './migrations/0006-leases.ts'

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
  /** JSON text that is only ever copied. */
  readonly document: string
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
  leases,
]

/** The version of this program's schema: how many migrations there are. */
export const newestVersion = migrations.length

/**
 * The statements that bring a database of some version to this program's schema, to be carried out in one transaction
 * that no other process shares.
 * @throws StartupError where the database was made by a newer version.
 */
export function migrationsFrom(version: number, kinds: ColumnKinds): readonly string[] {
  if (version > newestVersion) {
    throw new StartupError(
      `The database has schema version ${version}, this program knows versions up to ${newestVersion}: ` +
        'it was used by a newer Trackway. Start that version or a newer one, or name another database.',
    )
  }
  return migrations.slice(version).flatMap((statements) => statements(kinds))
}
