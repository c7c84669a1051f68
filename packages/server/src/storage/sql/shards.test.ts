import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { Client } from 'pg'
import { serialize } from 'pg-protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

import { holdsRows, joinsAcross, reachOf } from './test-shard-plans.ts'
import type { Plan } from './test-shard-plans.ts'
import { sharedPostgresUrl, templateDatabase } from './test-postgres-setup.ts'
import { shardKeys, splitTables } from './test-shards.ts'

vi.mock(import('./test-engines.ts'), async (original) => {
  const engines = await original()
  const open = engines.testPostgres(`trackway_shards_${process.pid}`)
  return { ...engines, testEngines: [{ engine: 'split PostgreSQL', open }] }
})

let planner: Client
/** The texts of all statements that the driver was given. */
const sent = new Set<string>()

beforeAll(async () => {
  const url = new URL(sharedPostgresUrl())
  const client = new Client({ connectionString: url.href })
  await client.connect()
  for (const name of ['shards', 'plans']) {
    await client.query(`create database trackway_${name}_${process.pid} template ${templateDatabase}`)
  }
  await client.end()
  url.pathname = `trackway_shards_${process.pid}`
  await splitTables(url.href)

  // Plans are read where tables are whole: there they say by what they join.
  url.pathname = `trackway_plans_${process.pid}`
  planner = new Client({ connectionString: url.href })
  await planner.connect()
  const { parse } = serialize
  vi.spyOn(serialize, 'parse').mockImplementation((statement) => {
    sent.add(statement.text)
    return parse(statement)
  })
})

afterAll(() => planner.end())

// The behaviour of all that has to do with runs, on tables that are split. Only that a run's id is unique cannot be had.
const tested = /^(run|metric|logged-model|dataset|experiment|name|version-lineage).*(?<!^run-ids|\.random)\.test\.ts$/
for (const file of readdirSync(import.meta.dirname).filter((name) => tested.test(name))) {
  if (readFileSync(join(import.meta.dirname, file), 'utf8').includes('testEngines'))
    await import(/* @vite-ignore */ `./${file}`)
}

describe('the statements that these tests sent', () => {
  const plans = new Map<string, Plan>()

  beforeAll(async () => {
    for (const text of sent) {
      if (/^\s*(select|with|insert|update|delete)\b/i.test(text)) plans.set(text, await explain(text))
    }
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

  test('that lock or change rows of more than one shard are these', () => {
    const holding = [...plans].filter(([, plan]) => holdsRows(plan) && reachOf(plan, shardKeys) === 'all shards')
    expect(holding.map(([text]) => text.replaceAll(/\s+/g, ' ')).toSorted()).toEqual([
      "select 1 / cast(count(*) filter (where lifecycle_stage = 'active' and settled = 0 and status in ('RUNNING', 'SCHEDULED')) = cardinality($1::integer[]) as integer) from (select * from runs where id = any($1) for share) as held",
      "select id from runs where settled = 0 and status in ('FINISHED', 'FAILED', 'KILLED') limit $1 for no key update skip locked",
      'select id, experiment_id, lifecycle_stage, settled, status from runs where uuid = $1 for share',
      'select id, uuid, experiment_id, name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage, settled from runs where uuid = $1 for no key update',
      `update run_dataset_tags set dataset_id = ${ofTarget('run_dataset_tags')} where run_id = any($2)`,
      `update run_datasets set dataset_id = ${ofTarget('run_datasets')} where run_id = any($2)`,
      'update runs set experiment_id = $1 where id = any($2)',
      'update runs set lifecycle_stage = $1, deleted_time = $2 where experiment_id = $3 and lifecycle_stage = $4',
      'update runs set lifecycle_stage = $1, deleted_time = $2 where uuid = $3 and lifecycle_stage <> $1',
      'update runs set settled = 1 where id = any($1)',
    ])
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

function ofTarget(table: string): string {
  return `(select d.id from datasets former join datasets d on d.experiment_id = $1 and d.name = former.name and d.digest = former.digest where former.id = ${table}.dataset_id)`
}

async function explain(text: string): Promise<Plan> {
  const { rows } = await planner.query(`explain (generic_plan, verbose, format json) ${text}`)
  return rows[0]['QUERY PLAN'][0].Plan as Plan
}
