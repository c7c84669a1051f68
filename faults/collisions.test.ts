import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { startTestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import type { TestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import { call, createRun, get, runData } from './api-call.ts'
import type { Answer } from './api-call.ts'
import { serverFolder } from './server-folder.ts'
import { expectRetryable } from './steady-load.ts'

const clientsOfEach = 16
const duration = 6000
const runs = 3
const metricsOfBatch = 20

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(async () => {
  await postgres.remove()
})

/** What clients may be told when others change the same; all else would be a fault of the server. */
const expected = [
  'RESOURCE_ALREADY_EXISTS',
  'RESOURCE_DOES_NOT_EXIST',
  'INVALID_PARAMETER_VALUE',
  'INVALID_STATE',
] as const

async function move(url: string, runId: string, experiment: string): Promise<Answer> {
  const reply = await fetch(`${url}/api/trackway/v1/runs/move`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ run_ids: [runId], experiment_id: experiment }),
  })
  return { status: reply.status, headers: reply.headers, body: (await reply.json()) as Record<string, unknown> }
}

const stringOf = (body: object, ...path: string[]): string => {
  let value: unknown = body
  for (const field of path) value = (value as Record<string, unknown>)[field]
  return String(value)
}

/** What ends other actions, or moves their run away. */
const rare = ['delete', 'end', 'move']

it('clients of two replicas that change the same meet documented errors only, and leave a sound store', async () => {
  await using folder = serverFolder()
  const flags = ['--backend-store-uri', await postgres.createDatabase('collisions'), '--artifacts-destination', './a']
  const servers = [folder.launch({ flags }), folder.launch({ flags })]
  const urls = await Promise.all(servers.map(({ url }) => url))
  const [url] = urls as [string, string]
  const other = stringOf((await call(url, 'experiments/create', { name: 'other' })).body, 'experiment_id')
  const runIds = await Promise.all(Array.from({ length: runs }, () => createRun(url)))
  // Steps that were acknowledged, of each run: no two clients have the same.
  const steps = new Map(runIds.map((runId) => [runId, new Set<number>()]))
  const versions: number[] = []
  const created: string[] = []
  const unexpected: string[] = []
  const tally = new Map<string, number>()
  let retries = 0
  let nextStep = 0
  const end = performance.now() + duration

  /** Comes again when told to, as clients do; a retry must not go on for ever. */
  async function insist(work: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      const answer = await work()
      if (answer.status !== 503 || attempt === 3) return answer
      expectRetryable(answer)
      retries++
    }
  }

  async function act(server: string): Promise<void> {
    const runId = runIds[randomInt(runs)] as string
    const round = Math.floor((end - performance.now()) / 400)
    const [name, step] = [`experiment ${round}`, nextStep++]
    const metrics = Array.from({ length: metricsOfBatch }, (_, i) => ({
      key: `m${i}`,
      value: step,
      timestamp: step,
      step,
    }))
    const tags = [
      { key: 'shared', value: String(step) },
      { key: `tag-${step % 7}`, value: 'x' },
    ]
    const actions: Record<string, () => Promise<Answer>> = {
      batch: () => call(server, 'runs/log-batch', { run_id: runId, metrics: metrics.toReversed(), tags }),
      batchTurned: () => call(server, 'runs/log-batch', { run_id: runId, metrics, tags: tags.toReversed() }),
      metric: () => call(server, 'runs/log-metric', { run_id: runId, ...metrics[0] }),
      param: () => call(server, 'runs/log-parameter', { run_id: runId, key: `p${step % 5}`, value: 'the same' }),
      tag: () => call(server, 'runs/set-tag', { run_id: runId, ...tags[0] }),
      end: () => call(server, 'runs/update', { run_id: runId, status: 'FINISHED', end_time: step }),
      delete: () => call(server, 'runs/delete', { run_id: runId }),
      restore: () => call(server, 'runs/restore', { run_id: runId }),
      move: () => move(server, runId, step % 2 === 0 ? '0' : other),
      experiment: () => call(server, 'experiments/create', { name }),
      model: () => call(server, 'registered-models/create', { name: `model ${round}` }),
      sharedModel: () => call(server, 'registered-models/create', { name: 'model' }),
      version: () => call(server, 'model-versions/create', { name: 'model', source: 's3://bucket/x' }),
      alias: () => call(server, 'registered-models/alias', { name: 'model', alias: 'best', version: '1' }),
    }
    const names = Object.keys(actions).filter((name) => !rare.includes(name))
    const chosen = randomInt(40) === 0 ? rare : randomInt(2) === 0 ? names : ['batch', 'batchTurned', 'restore']
    const action = chosen[randomInt(chosen.length)] as string
    const answer = await insist(actions[action] as () => Promise<Answer>)
    tally.set(`${action} ${answer.status}`, (tally.get(`${action} ${answer.status}`) ?? 0) + 1)
    if (answer.status === 200) {
      if (action.startsWith('batch')) steps.get(runId)?.add(step)
      if (action === 'version') versions.push(Number(stringOf(answer.body, 'model_version', 'version')))
      if (action === 'experiment') created.push(name)
    } else if (!expected.some((code) => code === answer.body['error_code'])) {
      unexpected.push(`${action}: ${answer.status} ${JSON.stringify(answer.body)}`)
    }
  }

  const clients = Array.from({ length: 2 * clientsOfEach }, async (_, index) => {
    while (performance.now() < end) await act(urls[index % 2] as string)
  })
  await Promise.all(clients)
  expect(unexpected).toEqual([])
  for (const server of servers) expect(server.output()).not.toContain('    at ')

  // Each kind of thing went well at least once.
  for (const action of ['batch', 'move', 'version', 'delete', 'restore', 'end']) {
    expect(tally.get(`${action} 200`), JSON.stringify([...tally])).toBeGreaterThan(2)
  }
  expect(new Set(created).size).toBe(created.length)
  for (const runId of runIds) {
    await call(url, 'runs/restore', { run_id: runId })
    const acknowledged = steps.get(runId) ?? new Set()
    const stored: Set<number>[] = []
    for (const key of ['m1', `m${metricsOfBatch - 1}`]) {
      const { body } = await get(url, 'metrics/get-history', { run_id: runId, metric_key: key })
      stored.push(new Set((body['metrics'] as { step?: number }[]).map(({ step = 0 }) => step)))
    }
    expect(stored[0]).toEqual(stored[1])
    expect([...acknowledged].filter((step) => stored[0]?.has(step) !== true)).toEqual([])
    // The newest point is the last by its time, whoever came last.
    const newest = Math.max(...(stored[0] ?? []))
    expect((await runData(url, runId)).metrics).toContainEqual(expect.objectContaining({ key: 'm1', value: newest }))
  }
  const { body } = await get(url, 'model-versions/search', { filter: "name='model'", max_results: '10000' })
  const numbers = (body['model_versions'] as { version: string }[]).map(({ version }) => Number(version))
  expect(new Set(versions).size).toBe(versions.length)
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1))
  expect(versions.filter((version) => !numbers.includes(version))).toEqual([])
})

it('clients of two replicas that log to the same runs never wait for a deadlock to be noticed', async () => {
  await using folder = serverFolder()
  const database = await postgres.createDatabase('shared_runs')
  const flags = ['--backend-store-uri', database, '--artifacts-destination', './a']
  const urls = await Promise.all([folder.launch({ flags }).url, folder.launch({ flags }).url])
  const runIds = await Promise.all(Array.from({ length: runs }, () => createRun(urls[0])))
  const end = performance.now() + 3000
  let logged = 0
  const clients = Array.from({ length: 2 * clientsOfEach }, async (_, index) => {
    for (let step = index; performance.now() < end; step += 2 * clientsOfEach) {
      const metrics = Array.from({ length: metricsOfBatch }, (_value, i) => ({
        key: `m${(i + step) % metricsOfBatch}`,
        value: i,
        timestamp: step,
        step,
      }))
      const tags = [{ key: `tag-${step % 7}`, value: String(step) }]
      const params = [{ key: `p${(step * 5) % 17}`, value: 'the same' }]
      const batch = { run_id: runIds[randomInt(runs)], metrics, tags, params }
      const { status, body } = await call(urls[index % 2] as string, 'runs/log-batch', batch)
      expect(status, JSON.stringify(body)).toBe(200)
      logged++
    }
  })
  await Promise.all(clients)
  const watcher = new Client({ connectionString: database })
  await watcher.connect()
  // PostgreSQL counts some time later.
  await sleep(1500)
  const { rows } = await watcher.query('select deadlocks::int from pg_stat_database where datname = current_database()')
  await watcher.end()
  expect(rows).toEqual([{ deadlocks: 0 }])
  // A deadlock takes a second from all clients.
  expect(logged).toBeGreaterThan(300)
})
