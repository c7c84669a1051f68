import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startTestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import type { TestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import { call, createRun, get, runData } from './api-call.ts'
import type { Answer } from './api-call.ts'
import { serverFolder } from './server-folder.ts'
import type { ServerFolder } from './server-folder.ts'
import { expectRetryable, startLoad } from './steady-load.ts'

let stopping: TestPostgres
let freezing: TestPostgres

beforeAll(async () => {
  ;[stopping, freezing] = await Promise.all([startTestPostgres(), startTestPostgres()])
})
afterAll(async () => {
  await Promise.all([stopping.remove(), freezing.remove()])
})

async function statusOf(url: string, path: string): Promise<number> {
  return (await fetch(url + path)).status
}

/** Asks for the probes until it is ended; gives all statuses that `/health` and `/ready` had. */
function watchProbes(url: string): () => Promise<{ health: Set<number>; ready: Set<number> }> {
  const seen = { health: new Set<number>(), ready: new Set<number>() }
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      seen.health.add(await statusOf(url, '/health'))
      seen.ready.add(await statusOf(url, '/ready'))
      await sleep(20)
    }
  })()
  return async () => {
    isOver = true
    await watching
    return seen
  }
}

/** The server's memory, in MiB. */
function memory(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

describe('PostgreSQL that restarts under load', () => {
  it.each([
    ['a fast shutdown', () => stopping.stop()],
    ['an immediate shutdown', () => stopping.crash('SIGQUIT')],
    ['SIGKILL', () => stopping.crash('SIGKILL')],
  ])('by %s costs clients retryable errors only, and nothing that was acknowledged', async (name, end) => {
    await using folder = serverFolder()
    const database = await stopping.createDatabase(`restarts by ${name}`)
    const server = folder.launch({ flags: ['--backend-store-uri', database.replaceAll(' ', '%20')] })
    const url = await server.url
    const load = await startLoad([url], 16)
    const probes = watchProbes(url)
    for (let round = 0; round < 2; round++) {
      await sleep(700)
      await end()
      await sleep(400)
      await stopping.start()
      const before = load.batches()
      await expect.poll(() => load.batches(), { timeout: 5000 }).toBeGreaterThan(before + 16)
      expect(await statusOf(url, '/ready')).toBe(200)
    }
    await load.stop()
    expect(await probes()).toEqual({ health: new Set([200]), ready: new Set([200, 503]) })
    expect(load.failures).toEqual([])
    expect(load.refusals.length).toBeGreaterThan(0)
    for (const answer of load.refusals) expectRetryable(answer)
    await load.check(url)
    expect(timesTold(server)).toBe(2)
    expect(server.output().match(/can be used again/g)).toHaveLength(2)
    expect(server.output()).not.toContain('    at ')
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
  })
})

const outage = 30_000
/** What a client may be kept waiting, in ms: the database is asked every 3 s, and given up after 6 s without an answer. */
const longestWait = 12_000
const waitingRequests = 2000

describe('PostgreSQL that is away for 30 s', () => {
  it('stopped or frozen, is noticed, waited for, and used again', { timeout: 120_000 }, async () => {
    expect(await Promise.all([stopFor(outage), freezeFor(outage)])).toEqual([2, 1])
  })
})

/** With a server that knew the database, and one that starts while it is away. Gives how often they told of it. */
async function stopFor(time: number): Promise<number> {
  await using folder = serverFolder()
  const flags = ['--backend-store-uri', await stopping.createDatabase('stopped'), '--artifacts-destination', './a']
  const server = folder.launch({ flags })
  const url = await server.url
  const runId = await createRun(url)
  await stopping.stop()
  const begun = performance.now()

  const late = folder.launch({ flags })
  const lateUrl = await late.url
  expect(performance.now() - begun).toBeLessThan(6000)
  for (const one of [url, lateUrl]) {
    expect(await statusOf(one, '/health')).toBe(200)
    expect(await statusOf(one, '/ready')).toBe(503)
    const asked = performance.now()
    expectRetryable(await get(one, 'runs/get', { run_id: runId }))
    expectRetryable(await call(one, 'runs/set-tag', { run_id: runId, key: 'lost', value: '' }))
    expect(performance.now() - asked).toBeLessThan(2000)
  }
  await sleep(time - (performance.now() - begun))
  await stopping.start()
  for (const one of [url, lateUrl]) {
    await expect.poll(() => statusOf(one, '/ready'), { timeout: 5000 }).toBe(200)
    expect((await runData(one, runId)).tags ?? []).not.toContainEqual({ key: 'lost', value: '' })
    await createRun(one)
  }
  for (const one of [server, late]) {
    one.child.kill('SIGTERM')
    expect(await one.ended).toBe(0)
    expect(one.output()).not.toContain('    at ')
  }
  return timesTold(server) + timesTold(late)
}

function timesTold({ output }: ReturnType<ServerFolder['launch']>): number {
  return output().match(/cannot be reached/g)?.length ?? 0
}

/** With many requests under way, and a server that is to stop meanwhile. Gives how often the other told of it. */
async function freezeFor(time: number): Promise<number> {
  await using folder = serverFolder()
  const flags = ['--backend-store-uri', await freezing.createDatabase('frozen'), '--artifacts-destination', './a']
  const [server, ending] = [folder.launch({ flags }), folder.launch({ flags })]
  const url = await server.url
  await ending.url
  const load = await startLoad([url], 8)
  await sleep(500)
  const before = memory(server.child.pid)
  const runId = await createRun(url)
  freezing.freeze()
  const begun = performance.now()
  try {
    const waits: number[] = []
    const metrics = Array.from({ length: 50 }, (_, i) => ({ key: `m${i}`, value: i, timestamp: 1, step: 1 }))
    const answers = Array.from({ length: waitingRequests }, async (): Promise<Answer> => {
      const asked = performance.now()
      const answer = await call(url, 'runs/log-batch', { run_id: runId, metrics })
      waits.push(performance.now() - asked)
      return answer
    })
    let most = before
    const measuring = setInterval(() => (most = Math.max(most, memory(server.child.pid))), 100)
    for (const answer of await Promise.all(answers)) expectRetryable(answer)
    clearInterval(measuring)
    expect(Math.max(...waits)).toBeLessThan(longestWait)
    expect(most - before).toBeLessThan(250)

    expect(await statusOf(url, '/ready')).toBe(503)
    const stopped = performance.now()
    ending.child.kill('SIGTERM')
    expect(await ending.ended).toBe(0)
    expect(performance.now() - stopped).toBeLessThan(longestWait)
    while (performance.now() - begun < time) {
      const asked = performance.now()
      expectRetryable(await get(url, 'runs/get', { run_id: runId }))
      expect(performance.now() - asked).toBeLessThan(1000)
      expect(await statusOf(url, '/health')).toBe(200)
      await sleep(500)
    }
  } finally {
    freezing.thaw()
  }
  await expect.poll(() => statusOf(url, '/ready'), { timeout: 8000 }).toBe(200)
  const batches = load.batches()
  await expect.poll(() => load.batches(), { timeout: 5000 }).toBeGreaterThan(batches + 8)
  await load.stop()
  expect(load.failures).toEqual([])
  for (const answer of load.refusals) expectRetryable(answer)
  await load.check(url)
  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(0)
  return timesTold(server)
}
