import type { Worker } from 'node:worker_threads'

import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { anonymous } from '../access/caller.ts'
import { sharedPostgresUrl, templateDatabase } from '../storage/sql/test-postgres-setup.ts'
import { testHandlerOptions } from '../test-options.ts'
import type { Executor, RawReply, RawRequest } from './executor.ts'
import { startNetworkExecutor } from './network-executor.ts'

let url: string
let faults: unknown[]
/** Two servers of one database. */
let servers: [Executor, Executor]
/** Threads that were started meanwhile. */
let threads: Worker[]
const remember = (thread: Worker): void => void threads.push(thread)

const name = `executor_${process.pid}`

async function administrate(statement: string): Promise<void> {
  const client = new Client({ connectionString: sharedPostgresUrl() })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

beforeEach(async () => {
  await administrate(`create database ${name} template ${templateDatabase}`)
  const own = new URL(sharedPostgresUrl())
  own.pathname = name
  url = own.href
  faults = []
  threads = []
  process.on('worker', remember)
  servers = await Promise.all([start(), start()])
})
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()))
  process.off('worker', remember)
  await expect.poll(() => threads.every((thread) => thread.threadId === -1)).toBe(true)
  await administrate(`drop database ${name} with (force)`)
  expect(faults).toEqual([])
})

function start(): Promise<Executor> {
  const options = { ...testHandlerOptions, artifactRoot: 'mlflow-artifacts:/', poolSize: 6 }
  return startNetworkExecutor(
    { ...options, database: { engine: 'postgres', url } },
    (_what, error) => faults.push(error),
    () => {},
  )
}

async function ask(server: Executor, endpoint: RawRequest['endpoint'], body: object): Promise<RawReply> {
  return await server.execute({ endpoint, path: {}, query: '', body: JSON.stringify(body), caller: anonymous })
}

async function createRun(server: Executor): Promise<string> {
  const { status, body } = await ask(server, 'createRun', { experiment_id: '0', start_time: 1 })
  expect(status).toBe(200)
  return (JSON.parse(body as string) as { run: { info: { run_id: string } } }).run.info.run_id
}

describe('startNetworkExecutor', () => {
  it('is ready when the database is, and what one server wrote another reads', async () => {
    const [one, other] = servers
    expect([one.readiness(), other.readiness()]).toEqual([{ ready: true }, { ready: true }])
    const runId = await createRun(one)
    const found = await ask(other, 'searchRuns', { experiment_ids: ['0'] })
    expect(found).toMatchObject({ status: 200, body: expect.stringContaining(runId) })
  })

  it('answers what reckons with many values on a thread, started when it is first needed', async () => {
    const [server] = servers
    const runId = await createRun(server)
    await ask(server, 'logBatch', {
      run_id: runId,
      metrics: [{ key: 'loss', value: 0.5, timestamp: 1, step: 0 }],
      params: [{ key: 'lr', value: '0.1' }],
    })
    expect(threads).toHaveLength(0)
    const facets = await ask(server, 'runFacets', { experiment_ids: ['0'] })
    expect(facets).toMatchObject({ status: 200, body: expect.stringContaining('"lr"') })
    expect(threads).toHaveLength(1)
    const series = await ask(server, 'metricSeries', { run_ids: [runId], keys: ['loss'] })
    expect([series.status, Buffer.from(series.body as Uint8Array).toString()]).toEqual([
      200,
      expect.stringContaining('0.5'),
    ])
  })

  it('starts a thread again that ended', async () => {
    const [server] = servers
    await createRun(server)
    const facets = async (): Promise<number> => (await ask(server, 'runFacets', { experiment_ids: ['0'] })).status
    expect(await facets()).toBe(200)
    await threads[0]?.terminate()
    await expect.poll(facets).toBe(200)
  })

  it('tells the listeners of every server of events, in their order', async () => {
    const heard: [number[], number[]] = [[], []]
    for (const [index, server] of servers.entries()) server.onEvents((newest) => heard[index]?.push(newest))
    for (let i = 0; i < 5; i++) await createRun(servers[i % 2] as Executor)
    for (const [index, server] of servers.entries()) {
      await expect.poll(() => heard[index]?.at(-1), { timeout: 2000 }).toBe(await server.operations.lastEventId())
      expect(heard[index]).toEqual(heard[index]?.toSorted((a, b) => a - b))
    }
  })

  it('settles runs that have ended, once, whichever server they ended on', async () => {
    const [one, other] = servers
    const runs = await Promise.all(Array.from({ length: 30 }, (_, index) => createRun(index % 2 === 0 ? one : other)))
    await Promise.all(runs.map((run_id) => ask(other, 'updateRun', { run_id, status: 'FINISHED', end_time: 2 })))
    const client = new Client({ connectionString: url })
    await client.connect()
    const settled = async (): Promise<unknown> =>
      (await client.query('select count(*)::int as n from runs join run_documents on run_id = id where settled = 1'))
        .rows
    await expect.poll(settled, { timeout: 5000 }).toEqual([{ n: 30 }])
    await client.end()
  })
})
