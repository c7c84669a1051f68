import { expect } from 'vitest'

import { call, createRun, get, runData } from './api-call.ts'
import type { Answer } from './api-call.ts'

const batchSize = 50

/** What one client was told is stored, and the batches that it sent, answered or not. */
export interface Acknowledged {
  readonly runId: string
  readonly metrics: number[]
  readonly tags: string[]
  readonly batches: number[]
  readonly runs: string[]
  batchesSent: number
}

/** An answer other than 200. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(endpoint: string, answer: Answer) {
    super(`${endpoint} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    this.answer = answer
  }
}

export async function newClient(url: string): Promise<Acknowledged> {
  return { runId: await createRun(url), metrics: [], tags: [], batches: [], runs: [], batchesSent: 0 }
}

/** Writes of every kind, one after the other, until it is over or the server is gone. Rejects with what went wrong. */
export async function write(url: string, own: Acknowledged, isOver: () => boolean = () => false): Promise<void> {
  const accepted = async (endpoint: string, body: unknown): Promise<Record<string, unknown>> => {
    const answer = await call(url, endpoint, body)
    if (answer.status !== 200) throw new Refusal(endpoint, answer)
    return answer.body
  }
  const { runId: run_id } = own
  for (let n = own.batchesSent; !isOver(); n++) {
    await accepted('runs/log-metric', { run_id, key: 'single', value: n, timestamp: n, step: n })
    own.metrics.push(n)
    await accepted('runs/set-tag', { run_id, key: `tag-${n}`, value: 'set' })
    own.tags.push(`tag-${n}`)
    own.batchesSent = n + 1
    const metrics = Array.from({ length: batchSize }, (_, i) => ({ key: `m${i}`, value: i, timestamp: n, step: n }))
    const [params, tags] = [[{ key: `p${n}`, value: 'whole' }], [{ key: `t${n}`, value: 'whole' }]]
    await accepted('runs/log-batch', { run_id, metrics, params, tags })
    own.batches.push(n)
    const created = await accepted('runs/create', { experiment_id: '0', start_time: n })
    own.runs.push((created as { run: { info: { run_id: string } } }).run.info.run_id)
  }
}

async function stepsOf(url: string, runId: string, key: string): Promise<Set<number>> {
  const { body } = await get(url, 'metrics/get-history', { run_id: runId, metric_key: key })
  return new Set(((body as { metrics?: { step?: number }[] }).metrics ?? []).map(({ step = 0 }) => step))
}

/** Expects that all is there that was acknowledged, and each batch whole or not at all. */
export async function check(url: string, own: Acknowledged): Promise<void> {
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
    const parts = [firsts.has(n), lasts.has(n), paramKeys.has(`p${n}`), tagKeys.has(`t${n}`)]
    expect(new Set(parts).size, `batch ${n} is whole or absent: ${parts.join()}`).toBe(1)
  }
  for (const runId of own.runs) await runData(url, runId)
}
