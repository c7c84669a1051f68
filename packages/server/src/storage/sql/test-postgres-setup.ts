import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'

import { migratePostgres } from './dialects/postgres.ts'
import { fastSettings, startTestPostgres } from './test-postgres.ts'

// Not by merging into vitest's interface: TypeScript 7 saw that in some runs and not in others.
const key = 'postgresUrl' as never

/** A superuser's URL of a PostgreSQL that all tests share; `templateDatabase` there has our tables. */
export function sharedPostgresUrl(): string {
  return inject(key)
}

export const templateDatabase = 'trackway_template'

/** One PostgreSQL for all tests, each of which gets a database of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTestPostgres(fastSettings)
  await migratePostgres(await postgres.createDatabase(templateDatabase))
  project.provide(key, postgres.url as never)
  return () => postgres.remove()
}
