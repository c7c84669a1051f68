import type { TestProject } from 'vitest/node'

import { migratePostgres } from './dialects/postgres.ts'
import { fastSettings, startTestPostgres } from './test-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's URL of a PostgreSQL that all tests share; `templateDatabase` there has our tables. */
    readonly postgresUrl: string
  }
}

export const templateDatabase = 'trackway_template'

/** One PostgreSQL for all tests, each of which gets a database of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTestPostgres(fastSettings)
  await migratePostgres(await postgres.createDatabase(templateDatabase))
  project.provide('postgresUrl', postgres.url)
  return () => postgres.remove()
}
