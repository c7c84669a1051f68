import { readFileSync } from 'node:fs'

import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

import { openPostgres } from './dialects/postgres.ts'
import { sharedPostgresUrl, templateDatabase } from './test-postgres-setup.ts'
import { openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

const script = readFileSync(new URL('../../../../../deploy/sql/partition-metric-points.sql', import.meta.url), 'utf8')

/** A transaction for each statement, as psql has it. */
async function runScript(): Promise<void> {
  for (const statement of script.split(/;\n\n/)) await client.query(statement)
}

let admin: Client
let client: Client
let tracking: TestTracking
let made = 0

beforeAll(async () => {
  admin = new Client({ connectionString: sharedPostgresUrl() })
  await admin.connect()
})
afterAll(() => admin.end())

beforeEach(async () => {
  const url = new URL(sharedPostgresUrl())
  url.pathname = `trackway_partitions_${process.pid}_${++made}`
  await admin.query(`create database ${url.pathname.slice(1)} template ${templateDatabase}`)
  client = new Client({ connectionString: url.href })
  await client.connect()
  await client.query('set trackway.runs_per_partition = 4')
  const database = openPostgres({ url: url.href, poolSize: 6 }, () => {})
  tracking = await openTracking(async () => ({ database, fill: (work) => work(), close: () => database.close() }))
})
afterEach(async () => {
  await client.end()
  await tracking.close()
})

const partitions = async () => {
  const { rows } = await client.query<{ name: string }>(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'metric_points'::regclass",
  )
  return rows.map(({ name }) => name).toSorted()
}
async function stepsOf(runId: string): Promise<unknown[]> {
  const steps: unknown[] = []
  for await (const block of tracking.metrics.history(runId, 'loss', { after: undefined, limit: undefined }))
    steps.push(...block.map(([step]) => step))
  return steps
}

test('partition-metric-points.sql divides the points while servers write them, and loses none', async () => {
  const runIds: string[] = []
  for (let run = 0; run < 3; run++) runIds.push(await tracking.newRun())
  let isDone = false
  const logged = new Map(runIds.map((runId) => [runId, 0]))
  const writers = runIds.map(async (runId) => {
    for (let step = 0; !isDone || step < 20; step++) {
      await tracking.log(runId, { metrics: [point('loss', step, step, step)] })
      logged.set(runId, step + 1)
    }
  })
  await runScript()
  isDone = true
  await Promise.all(writers)
  for (const [runId, count] of logged)
    expect(await stepsOf(runId)).toEqual(Array.from({ length: count }, (_, step) => step))
  expect(await partitions()).toEqual(['metric_points_before', 'metric_points_from_8', 'metric_points_rest'])
})

test('partition-metric-points.sql, run again, makes partitions ahead; new runs lie in them', async () => {
  await runScript()
  const runIds: string[] = []
  for (let run = 0; run < 14; run++) {
    const runId = await tracking.newRun()
    runIds.push(runId)
    await tracking.log(runId, { metrics: [point('loss', 1, run, run)] })
  }
  const count = async (table: string) => Number((await client.query(`select count(*) as n from ${table}`)).rows[0].n)
  expect(await count('metric_points_before')).toBe(7)
  expect(await count('metric_points_from_8')).toBe(4)
  expect(await count('metric_points_rest')).toBe(3)
  await runScript()
  expect(await count('metric_points_rest')).toBe(0)
  expect(await count('metric_points_from_12')).toBe(3)
  expect(await partitions()).toContain('metric_points_from_16')
  for (const [step, runId] of runIds.entries()) expect(await stepsOf(runId)).toEqual([step])
})

test('a partition that is taken away takes its points along and nothing else', async () => {
  const runId = await tracking.newRun()
  await tracking.log(runId, { metrics: [point('loss', 0.5, 1, 1)] })
  await runScript()
  await client.query('alter table metric_points detach partition metric_points_before')
  expect(await stepsOf(runId)).toEqual([])
  expect((await tracking.readRun(runId)).data.metrics).toMatchObject([{ key: 'loss', value: 0.5, step: 1 }])
  await runScript()
  expect(await partitions()).not.toContain('metric_points_before')
})
