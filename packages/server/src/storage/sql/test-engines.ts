import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Database } from './database.ts'
import { openSqliteWriter } from './dialects/sqlite.ts'

/** A database for one test; `close` removes it. */
export interface TestDatabase {
  readonly database: Database
  readonly close: () => void
}

/** Every engine that the behaviour tests of the store run on. */
export const testEngines: readonly { readonly engine: string; readonly open: () => TestDatabase }[] = [
  { engine: 'SQLite', open: openSqlite },
]

function openSqlite(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'trackway-'))
  const database = openSqliteWriter(join(folder, 'trackway.db'))
  return {
    database,
    close() {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}
