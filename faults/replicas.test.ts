import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startTestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import type { TestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import { call, createRun, get, runData } from './api-call.ts'
import { listenForEvents } from './event-listener.ts'
import { serverFolder } from './server-folder.ts'
import type { ServerFolder } from './server-folder.ts'
import { expectRetryable, startLoad } from './steady-load.ts'
import { startWebhookReceiver } from './webhook-receiver.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(async () => {
  await postgres.remove()
})

type Server = ReturnType<ServerFolder['launch']>

/** Servers of one database; they share nothing else. */
interface Replicas extends AsyncDisposable {
  readonly database: string
  launch(flags?: readonly string[]): Server
}

async function replicas(name: string): Promise<Replicas> {
  const folder = serverFolder()
  const database = await postgres.createDatabase(name)
  return {
    database,
    launch: (flags = []) =>
      folder.launch({ flags: ['--backend-store-uri', database, '--artifacts-destination', './artifacts', ...flags] }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

async function ready(server: Server): Promise<string> {
  const url = await server.url
  await expect.poll(async () => (await fetch(`${url}/ready`)).status, { timeout: 20_000 }).toBe(200)
  return url
}

async function allEvents(url: string): Promise<number[]> {
  const ids: number[] = []
  for (;;) {
    const query = new URLSearchParams({ after: String(ids.at(-1) ?? 0), max_results: '1000' })
    const page = (await (await fetch(`${url}/api/trackway/v1/events?${query}`)).json()) as { events?: { id: number }[] }
    if (!page.events || page.events.length === 0) return ids
    ids.push(...page.events.map(({ id }) => id))
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN
}

describe('two replicas', () => {
  it('show each what was written through the other', async () => {
    await using pair = await replicas('shown')
    const [first, second] = await Promise.all([ready(pair.launch()), ready(pair.launch())])
    const runId = await createRun(first)
    for (let step = 0; step < 60; step++) {
      const [here, there] = step % 2 === 0 ? [first, second] : [second, first]
      const point = { run_id: runId, key: 'loss', value: step / 3, timestamp: step, step }
      expect((await call(here, 'runs/log-metric', point)).status).toBe(200)
      expect((await runData(there, runId)).metrics).toMatchObject([{ key: 'loss', value: step / 3 }])
      const history = await get(there, 'metrics/get-history', { run_id: runId, metric_key: 'loss' })
      expect(history.body['metrics']).toHaveLength(step + 1)
      const found = await call(there, 'runs/search', { experiment_ids: ['0'], filter: `metrics.loss = ${step / 3}` })
      expect(found.body['runs']).toHaveLength(1)
      const name = `experiment ${step}`
      const { body } = await call(here, 'experiments/create', { name })
      const seen = await get(there, 'experiments/get-by-name', { experiment_name: name })
      expect(seen.body).toMatchObject({ experiment: { experiment_id: body['experiment_id'] } })
    }
    // A run that ends has its values kept in another form, by whichever server has time.
    for (const status of ['FINISHED', 'RUNNING', 'FAILED']) {
      expect((await call(first, 'runs/update', { run_id: runId, status })).status).toBe(200)
      await sleep(300)
      await call(second, 'runs/set-tag', { run_id: runId, key: 'after', value: status })
      expect((await runData(first, runId)).tags).toContainEqual({ key: 'after', value: status })
    }
  })

  it('send events of both to the clients of each, in order and once, also over a restart of PostgreSQL', async () => {
    await using pair = await replicas('events')
    const [first, second] = await Promise.all([ready(pair.launch()), ready(pair.launch())])
    const steady = await listenForEvents(second, '0')
    const delays: number[] = []
    for (let event = 1; event <= 40; event++) {
      await createRun(first)
      const written = performance.now()
      while (steady.ids.length < event) await sleep(1)
      delays.push(performance.now() - written)
      await sleep(randomInt(40))
    }
    expect(median(delays)).toBeLessThan(250)

    const passing: number[] = []
    let lastId = '0'
    let isOver = false
    const writing = [first, second, first, second].map(async (url) => {
      while (!isOver) {
        await createRun(url).catch(() => {})
        await sleep(5)
      }
    })
    // One client goes from server to server all the time, as behind a balancer.
    const moving = (async () => {
      while (!isOver) {
        for (const url of [first, second]) {
          const listener = await listenForEvents(url, lastId).catch(() => undefined)
          await sleep(200)
          if (!listener) continue
          listener.close()
          await listener.ended
          passing.push(...listener.ids)
          lastId = listener.lastId
        }
      }
    })()
    await sleep(1000)
    await postgres.stop()
    await sleep(1000)
    await postgres.start()
    await sleep(2500)
    isOver = true
    await Promise.all([...writing, moving])

    const ids = await allEvents(first)
    expect(ids.length).toBeGreaterThan(200)
    const last = await listenForEvents(first, lastId)
    await expect.poll(() => last.lastId, { timeout: 5000 }).toBe(String(ids.at(-1)))
    expect([...passing, ...last.ids]).toEqual(ids)
    await expect.poll(() => steady.ids.length, { timeout: 8000 }).toBeGreaterThanOrEqual(ids.length)
    expect(steady.ids).toEqual(ids)
    for (const listener of [last, steady]) listener.close()
  })
})

describe('a replica that is killed', () => {
  it('loses nothing that it acknowledged, leaves nothing half, and another sends its webhooks', async () => {
    await using pair = await replicas('killed')
    using receiver = await startWebhookReceiver()
    const flags = ['--webhook-allowed-schemes', 'http', '--webhook-allow-private-ips', '--webhook-timeout', '1']
    const survivor = await ready(pair.launch(flags))
    const hook = { name: 'hook', url: receiver.url, trackway_events: ['experiment.created'] }
    expect((await call(survivor, 'webhooks', hook)).status).toBe(200)
    const beside = await startLoad([survivor], 6)
    const names: string[] = []
    const loads = []
    let pending = 0
    for (let round = 0; round < 3; round++) {
      const victim = pair.launch(flags)
      const url = await ready(victim)
      const load = await startLoad([url], 8)
      const made = Array.from({ length: 40 }, async (_, i) => {
        const name = `experiment ${round} ${i}`
        const { status } = await call(url, 'experiments/create', { name })
        expect(status).toBe(200)
        names.push(name)
      })
      await Promise.all(made)
      await sleep(randomInt(200))
      pending += names.filter((name) => !receiver.heard.has(name)).length
      victim.child.kill('SIGKILL')
      expect(await victim.ended).toBe('SIGKILL')
      loads.push(load)
      await load.stop()
      expect(load.refusals).toEqual([])
      for (const failure of load.failures) expect(failure).toContain('fetch failed')
    }
    expect(pending, 'servers were killed with deliveries pending').toBeGreaterThan(0)
    await beside.stop()
    expect(beside.failures).toEqual([])
    expect(beside.refusals).toEqual([])
    for (const load of [beside, ...loads]) await load.check(survivor)
    await expect.poll(() => names.filter((name) => !receiver.heard.has(name)), { timeout: 30_000 }).toEqual([])
    for (const [name, ids] of receiver.heard) expect(ids.size, name).toBe(1)
  })

  it('while it brings the database up to date leaves that to another', async () => {
    await using pair = await replicas('migrated')
    const holder = new Client({ connectionString: pair.database })
    const watcher = new Client({ connectionString: pair.database })
    await Promise.all([holder.connect(), watcher.connect()])
    const locks = async (granted: boolean): Promise<number> => {
      const text = `select count(*)::int as number from pg_locks l join pg_database d on d.oid = l.database
        where l.locktype = 'advisory' and l.granted = $1 and d.datname = 'migrated'`
      return (await watcher.query<{ number: number }>(text, [granted])).rows[0]?.number ?? 0
    }
    // All tables are made but the last, which waits for this transaction.
    await holder.query('begin')
    await holder.query('create table trackway_schema (version integer not null)')
    const victim = pair.launch()
    await expect.poll(() => locks(true), { timeout: 10_000 }).toBe(1)
    const heir = pair.launch()
    await expect.poll(() => locks(false), { timeout: 10_000 }).toBe(1)
    const url = await heir.url
    const told = await fetch(`${url}/ready`)
    expect([told.status, await told.json()]).toEqual([
      503,
      { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'The database is being brought up to date.' },
    ])
    expectRetryable(await call(url, 'runs/search', { experiment_ids: ['0'] }))
    victim.child.kill('SIGKILL')
    await victim.ended
    await holder.query('rollback')
    await ready(heir)
    await createRun(url)
    await Promise.all([holder.end(), watcher.end()])
    heir.child.kill('SIGTERM')
    expect(await heir.ended).toBe(0)
    expect(heir.output()).not.toContain('    at ')
  })
})
