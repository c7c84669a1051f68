import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'

import { holdsRows, joinsAcross, reachOf } from './test-shard-plans.ts'
import type { Plan } from './test-shard-plans.ts'
import { templateDatabase } from './test-postgres-setup.ts'
import { shardKeys, splitTables } from './test-shards.ts'

const template = 'trackway_shards'

vi.mock(import('./test-engines.ts'), async (original) => {
  const engines = await original()
  return { ...engines, testEngines: [{ engine: 'split PostgreSQL', open: engines.testPostgres('trackway_shards') }] }
})

/** The texts of all statements that the driver was given. */
const sent = new Set<string>()

let planner: Client

beforeAll(async () => {
  const url = new URL(inject('postgresUrl'))
  const client = new Client({ connectionString: url.href })
  await client.connect()
  await client.query(`create database ${template} template ${templateDatabase}`)
  await client.end()
  url.pathname = template
  await splitTables(url.href)

  url.pathname = templateDatabase
  planner = new Client({ connectionString: url.href })
  await planner.connect()
  const { connection } = planner as unknown as { connection: { parse(message: { text: string }): void } }
  const wire = Object.getPrototypeOf(connection) as typeof connection
  const parse = wire.parse
  vi.spyOn(wire, 'parse').mockImplementation(function (this: unknown, ...args) {
    sent.add(args[0].text)
    return parse.apply(this, args)
  })
})

afterAll(() => planner.end())

// The behaviour of all that has to do with runs, on tables that are split. Only that a run's id is unique cannot be had.
const tested = /^(run|metric|logged-model|dataset|experiment|name|version-lineage).*(?<!^run-ids|\.random)\.test\.ts$/
for (const file of readdirSync(import.meta.dirname).filter((name) => tested.test(name))) {
  if (readFileSync(join(import.meta.dirname, file), 'utf8').includes('testEngines')) await import(`./${file}`)
}

describe('the statements that these tests sent', () => {
  const plans = new Map<string, Plan>()

  beforeAll(async () => {
    vi.restoreAllMocks()
    for (const text of sent) if (/^\s*(select|with|insert|update|delete)\b/i.test(text)) plans.set(text, await explain(text))
  })

  test('are those of every split table', () => {
    const all = [...plans.keys()].join('\n')
    expect(Object.keys(shardKeys).filter((table) => !all.includes(table))).toEqual([])
    expect(plans.size).toBeGreaterThan(300)
  })

  test('join rows of one run only', () => {
    const across = [...plans].flatMap(([text, plan]) => joinsAcross(plan, shardKeys).map((one) => `${one}: ${text}`))
    expect(across).toEqual([])
  })

  test('that hold rows of runs by something else than the key are known', () => {
    const holding = [...plans].filter(([, plan]) => holdsRows(plan) && reachOf(plan, shardKeys) === 'all shards')
    expect(holding.map(([text]) => text.replaceAll(/\s+/g, ' ')).toSorted()).toEqual([])
  })
})

test('a join by something else than the key is found', async () => {
  for (const text of [
    'select 1 from runs r join tags t on t.value = r.uuid',
    'select 1 from runs r where exists (select 1 from tags t where t.value = r.uuid)',
    'select 1 from runs r where r.uuid in (select value from tags) or r.status = $1',
    'select 1 from runs r join tags t on t.run_id = r.id or t.value = r.uuid',
    'with recursive up (uuid) as (select uuid from runs where id = $1 union select r.uuid from up join runs r on r.name = up.uuid) select 1 from up',
  ]) {
    expect(joinsAcross(await explain(text), shardKeys), text).not.toEqual([])
  }
})

test('only the ids that clients know runs by are unique without the key', async () => {
  const { rows } = await planner.query<{ name: string }>(
    `select indexrelid::regclass::text as name from pg_index i where indisunique and indrelid::regclass::text = any($1)
      and not exists (select 1 from pg_attribute a where a.attrelid = indexrelid
        and a.attname = ($2::jsonb ->> indrelid::regclass::text))`,
    [Object.keys(shardKeys), JSON.stringify(shardKeys)],
  )
  expect(rows.map(({ name }) => name)).toEqual(['runs_uuid_key'])
})

async function explain(text: string): Promise<Plan> {
  const { rows } = await planner.query(`explain (generic_plan, verbose, format json) ${text}`)
  return rows[0]['QUERY PLAN'][0].Plan as Plan
}
