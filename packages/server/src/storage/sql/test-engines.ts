import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Client } from 'pg'
import sql from 'sql-template-tag'
import { afterAll } from 'vitest'

import type { Database } from './database.ts'
import type { PostgresDatabase } from './dialects/postgres-database.ts'
import { openPostgres } from './dialects/postgres.ts'
import { openSqliteWriter } from './dialects/sqlite.ts'
import { query } from './query.ts'
import { sharedPostgresUrl, templateDatabase } from './test-postgres-setup.ts'

/** A database for one test; `close` removes it. */
export interface TestDatabase {
  readonly database: Database
  /** Carries out writes one after another: in one transaction where the engine's handle on the store then takes part. */
  readonly fill: (work: () => Promise<void>) => Promise<void>
  readonly close: () => Promise<void>
}

/** Every engine that the behaviour tests of the store run on. */
export const testEngines: readonly { readonly engine: string; readonly open: () => Promise<TestDatabase> }[] = [
  { engine: 'SQLite', open: openSqlite },
  { engine: 'PostgreSQL', open: testPostgres(templateDatabase) },
]

async function openSqlite(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'trackway-'))
  const database = openSqliteWriter(join(folder, 'trackway.db'))
  return {
    database,
    fill: (work) => database.transaction(work),
    async close() {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A database that tests of this process use one after another: making one takes longer than most tests. */
interface Reused {
  readonly database: PostgresDatabase
  /** The names of its tables and indexes. */
  readonly tables: string
}

/** Opens copies of a database that is there, in the PostgreSQL that all tests share. */
export function testPostgres(template: string): () => Promise<TestDatabase> {
  const free: Reused[] = []
  let made = 0

  afterAll(async () => {
    await Promise.all(free.splice(0).map(({ database }) => database.close()))
  })

  return async () => {
    let reused = free.pop()
    if (reused && !(await empty(reused))) {
      await reused.database.close()
      reused = undefined
    }
    const taken = reused ?? (await makeDatabase(template, `${template}_${process.pid}_${++made}`))
    return { database: taken.database, fill: (work) => work(), close: async () => void free.push(taken) }
  }
}

async function makeDatabase(template: string, name: string): Promise<Reused> {
  const url = new URL(sharedPostgresUrl())
  const client = new Client({ connectionString: url.href })
  await client.connect()
  try {
    await client.query(`create database ${name} template ${template}`)
  } finally {
    await client.end()
  }
  url.pathname = name
  const database = openPostgres({ url: url.href, poolSize: 6 }, () => {})
  return { database, tables: await namesOfTables(database) }
}

/** Takes away what the test before has left; false where it has changed the tables themselves. */
async function empty({ database, tables }: Reused): Promise<boolean> {
  if ((await namesOfTables(database)) !== tables) return false
  await database.run(
    query(
      () => sql`do $$
        declare written text;
        begin
          select string_agg(oid::regclass::text, ', ') into written from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_relation_size(oid) > 0
            and relname not in ('bucket_numbers', 'trackway_schema');
          if written is not null then execute 'truncate ' || written || ' restart identity cascade'; end if;
        end $$`,
    ),
    {},
  )
  return true
}

async function namesOfTables(database: Database): Promise<string> {
  const [row] = await database.dynamic(
    sql`select string_agg(relname, ',' order by relname) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')`,
  )
  return String(row?.[0])
}
