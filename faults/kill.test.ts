import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { call, createRun, get, runData } from './api-call.ts'
import { integrityOf, serverFolder } from './server-folder.ts'

const clients = 16
const rounds = 5
const batchSize = 50

/** What one client was told is stored, and the batches that it sent, answered or not. */
interface Acknowledged {
  readonly runId: string
  readonly metrics: number[]
  readonly tags: string[]
  readonly batches: number[]
  readonly runs: string[]
  batchesSent: number
}

/** Writes of every kind, one after the other, until the server is gone. */
async function write(url: string, own: Acknowledged): Promise<void> {
  const accepted = async (endpoint: string, body: unknown): Promise<Record<string, unknown>> => {
    const answer = await call(url, endpoint, body)
    if (answer.status !== 200) throw new Error(`${endpoint} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const { runId: run_id } = own
  for (let n = own.batchesSent; ; n++) {
    await accepted('runs/log-metric', { run_id, key: 'single', value: n, timestamp: n, step: n })
    own.metrics.push(n)
    await accepted('runs/set-tag', { run_id, key: `tag-${n}`, value: 'set' })
    own.tags.push(`tag-${n}`)
    own.batchesSent = n + 1
    const metrics = Array.from({ length: batchSize }, (_, i) => ({ key: `m${i}`, value: i, timestamp: n, step: n }))
    await accepted('runs/log-batch', { run_id, metrics, params: [{ key: `p${n}`, value: 'whole' }] })
    own.batches.push(n)
    const created = await accepted('runs/create', { experiment_id: '0', start_time: n })
    own.runs.push((created as { run: { info: { run_id: string } } }).run.info.run_id)
  }
}

async function stepsOf(url: string, runId: string, key: string): Promise<Set<number>> {
  const { body } = await get(url, 'metrics/get-history', { run_id: runId, metric_key: key })
  return new Set(((body as { metrics?: { step?: number }[] }).metrics ?? []).map(({ step = 0 }) => step))
}

async function check(url: string, own: Acknowledged): Promise<void> {
  const singles = await stepsOf(url, own.runId, 'single')
  expect(
    own.metrics.filter((step) => !singles.has(step)),
    'acknowledged points that are lost',
  ).toEqual([])

  const { tags = [], params = [] } = await runData(url, own.runId)
  const tagKeys = new Set(tags.map(({ key }) => key))
  expect(
    own.tags.filter((key) => !tagKeys.has(key)),
    'acknowledged tags that are lost',
  ).toEqual([])

  const paramKeys = new Set(params.map(({ key }) => key))
  const firsts = await stepsOf(url, own.runId, 'm0')
  const lasts = await stepsOf(url, own.runId, `m${batchSize - 1}`)
  expect(
    own.batches.filter((n) => !firsts.has(n)),
    'acknowledged batches that are lost',
  ).toEqual([])
  for (let n = 0; n < own.batchesSent; n++) {
    const parts = [firsts.has(n), lasts.has(n), paramKeys.has(`p${n}`)]
    expect(new Set(parts).size, `batch ${n} is whole or absent: ${parts.join()}`).toBe(1)
  }
  for (const runId of own.runs) await runData(url, runId)
}

it(
  'kill -9 under load loses no acknowledged write and leaves every batch whole or absent',
  { timeout: 180_000 },
  async () => {
    await using folder = serverFolder()
    const all: Acknowledged[] = []
    for (let round = 0; round < rounds; round++) {
      const server = folder.launch()
      const url = await server.url
      for (const own of all) await check(url, own)
      while (all.length < clients) {
        all.push({ runId: await createRun(url), metrics: [], tags: [], batches: [], runs: [], batchesSent: 0 })
      }
      const writing = all.map(async (own) => await write(url, own).catch((error: unknown) => error))
      await sleep(randomInt(200, 1500))
      server.child.kill('SIGKILL')
      // They end by the broken connection, never by an error reply.
      for (const end of await Promise.all(writing)) expect(String(end)).not.toContain('answered')
      expect(await server.ended).toBe('SIGKILL')
      expect(integrityOf(folder.databaseFile)).toBe('ok')
    }
    const last = folder.launch()
    const url = await last.url
    for (const own of all) await check(url, own)
    expect(all.reduce((sum, own) => sum + own.batches.length, 0)).toBeGreaterThan(rounds * clients)
  },
)
