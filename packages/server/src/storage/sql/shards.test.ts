import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'

import { joinsAcross } from './test-shard-plans.ts'
import type { Plan } from './test-shard-plans.ts'
import { shardKeys, splitTables } from './test-shards.ts'

const template = 'trackway_shards'

vi.mock(import('./test-engines.ts'), async (original) => {
  const engines = await original()
  return { ...engines, testEngines: [{ engine: 'split PostgreSQL', open: engines.testPostgres('trackway_shards') }] }
})

let client: Client

beforeAll(async () => {
  const url = new URL(inject('postgresUrl'))
  client = new Client({ connectionString: url.href })
  await client.connect()
  await client.query(`create database ${template} template trackway_template`)
  await client.query('create extension if not exists pg_stat_statements')
  url.pathname = template
  await splitTables(url.href)
})

afterAll(() => client.end())

// The whole behaviour of the store, on tables that are split.
for (const file of readdirSync(import.meta.dirname)) {
  if (!/(?<!\.random)\.test\.ts$/.test(file) || file === 'shards.test.ts') continue
  if (readFileSync(join(import.meta.dirname, file), 'utf8').includes('testEngines')) await import(`./${file}`)
}

describe('the statements that all of it sent', () => {
  test('none', async () => {
    const { rows } = await client.query<{ query: string }>(
      `select distinct query from pg_stat_statements s join pg_database d on d.oid = s.dbid
        where d.datname like '${template}_%' and query ~* '^\\s*(select|with|insert|update|delete)'`,
    )
    const url = new URL(inject('postgresUrl'))
    url.pathname = 'trackway_template'
    const planner = new Client({ connectionString: url.href })
    await planner.connect()
    console.log(rows.length)
    const out: string[] = []
    for (const { query } of rows) {
      try {
      const r = await planner.query(`explain (generic_plan, verbose, format json) ${query}`)
      const plan = r.rows[0]['QUERY PLAN'][0].Plan as Plan
      const bad = joinsAcross(plan, shardKeys)
      if (bad.length) out.push(query + '\n   ==> ' + JSON.stringify(bad))
      } catch (e) { out.push('FAIL ' + String(e) + '\n' + query) }
    }
    const { writeFileSync } = await import('node:fs')
    writeFileSync('/tmp/s1/bad.txt', out.join('\n\n'))
    writeFileSync('/tmp/s1/all.txt', rows.map(r=>r.query).join('\n\n'))
    await planner.end()
  }, 60_000)
})
