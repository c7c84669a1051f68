import { chmodSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startTestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import type { TestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import { call, createRun, get, runData } from './api-call.ts'
import { head, rawConnection } from './raw-connection.ts'
import { serverFolder } from './server-folder.ts'
import { expectRetryable, startLoad } from './steady-load.ts'

const mostConnections = 20

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startTestPostgres([`max_connections=${mostConnections}`, 'superuser_reserved_connections=0'])
})
afterAll(async () => {
  await postgres.remove()
})

async function readiness(url: string): Promise<string> {
  return await (await fetch(`${url}/ready`)).text()
}

/** Connections of another program. */
async function otherProgram(): Promise<
  AsyncDisposable & { takeAll(): Promise<void>; ask(text: string): Promise<number> }
> {
  const first = await connected()
  const others: Client[] = []
  return {
    /** Takes all that are left. */
    async takeAll() {
      for (;;) {
        try {
          others.push(await connected())
        } catch {
          return
        }
      }
    },
    ask: async (text) => Number((await first.query<{ number: string }>(text)).rows[0]?.number),
    async [Symbol.asyncDispose]() {
      await Promise.all([...others, first].map((client) => client.end()))
    },
  }
}

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: postgres.url, application_name: 'other' })
  await client.connect()
  return client
}

const ours = "from pg_stat_activity where application_name = 'trackway'"

describe('PostgreSQL without a connection left', () => {
  it('makes requests fail retryably until there is one, also those of a server that starts then', async () => {
    await using folder = serverFolder()
    const flags = ['--backend-store-uri', await postgres.createDatabase('crowded'), '--artifacts-destination', './a']
    const server = folder.launch({ flags })
    const url = await server.url
    const runId = await createRun(url)
    let late
    {
      await using other = await otherProgram()
      // What the server had is cut, and taken before it comes back.
      await expect
        .poll(async () => {
          await other.ask(`select count(pg_terminate_backend(pid)) as number ${ours}`)
          await other.takeAll()
          return other.ask(`select count(*) as number ${ours}`)
        })
        .toBe(0)
      late = folder.launch({ flags })
      for (const one of [url, await late.url]) {
        await expect.poll(() => readiness(one), { timeout: 5000 }).toContain('no connection left for this server')
        for (const answer of [
          await get(one, 'runs/get', { run_id: runId }),
          await call(one, 'runs/set-tag', { run_id: runId, key: 'k', value: 'v' }),
        ]) {
          expectRetryable(answer)
          expect(answer.body['message']).toContain('no connection left for this server')
        }
        expect((await fetch(`${one}/health`)).status).toBe(200)
      }
      // Long enough to say so again, were it not said once.
      await sleep(2500)
    }
    for (const one of [url, await late.url]) {
      await expect.poll(() => readiness(one), { timeout: 5000 }).toBe('{"status":"OK"}')
      await createRun(one)
      expect((await runData(one, runId)).tags ?? []).not.toContainEqual({ key: 'k', value: 'v' })
    }
    for (const one of [server, late]) {
      expect(one.output().match(/no connection left/g)).toHaveLength(1)
      expect(one.output()).not.toContain('    at ')
      one.child.kill('SIGTERM')
      expect(await one.ended).toBe(0)
    }
  })

  it('lets a server work on with the connections that it has', async () => {
    await using folder = serverFolder()
    const server = folder.launch({ flags: ['--backend-store-uri', await postgres.createDatabase('few')] })
    const url = await server.url
    const load = await startLoad([url], 8)
    await sleep(500)
    {
      await using other = await otherProgram()
      await other.takeAll()
      // The one on which it hears of events is lost, too.
      await other.ask(`select count(pg_terminate_backend(pid)) as number ${ours} and query like 'listen%'`)
      await other.takeAll()
      const before = load.batches()
      await expect.poll(() => load.batches(), { timeout: 5000 }).toBeGreaterThan(before + 16)
      await sleep(1500)
    }
    await load.stop()
    expect(load.failures).toEqual([])
    for (const answer of load.refusals) expectRetryable(answer)
    await load.check(url)
  })
})

describe('PostgreSQL on a full disk', () => {
  it('refuses writes with a clear 503, nothing half, reads on, and goes on once space is free', async (context) => {
    await using folder = serverFolder()
    chmodSync(folder.path, 0o755)
    const disk = folder.mountSmall('disk', 160 * 1024)
    if ('unavailable' in disk) return context.skip(disk.unavailable)
    chmodSync(disk.path, 0o777)
    const small = await startTestPostgres([], disk.path)
    try {
      const flags = ['--backend-store-uri', await small.createDatabase('full'), '--artifacts-destination', './a']
      const server = folder.launch({ flags })
      const url = await server.url
      const runId = await createRun(url)
      const load = await startLoad([url], 8)
      await sleep(300)
      const ballast = join(disk.path, 'ballast')
      const { bavail, bsize } = statfsSync(disk.path)
      writeFileSync(ballast, new Uint8Array(bavail * bsize - 512 * 1024))

      await expect.poll(() => load.refusals.length, { timeout: 20_000 }).toBeGreaterThan(16)
      for (const answer of load.refusals) {
        expectRetryable(answer)
        expect(answer.body['message']).toBe('The database cannot grow: its disk is full. Nothing was stored.')
      }
      await runData(url, runId)
      expect((await fetch(`${url}/ready`)).status).toBe(200)
      rmSync(ballast)
      const before = load.batches()
      await expect.poll(() => load.batches(), { timeout: 5000 }).toBeGreaterThan(before + 16)
      await load.stop()
      expect(load.failures).toEqual([])
      await load.check(url)
      server.child.kill('SIGTERM')
      expect(await server.ended).toBe(0)
      expect(server.output()).not.toContain('    at ')
    } finally {
      await small.remove()
    }
    return undefined
  })
})

const points = 200_000

describe('clients that do not read a large history', () => {
  it('hold no connection to PostgreSQL, and keep nobody else waiting', async () => {
    await using folder = serverFolder()
    const flags = ['--backend-store-uri', await postgres.createDatabase('slow'), '--database-pool-size', '3']
    const url = await folder.launch({ flags }).url
    const runId = await createRun(url)
    const logged = Array.from({ length: 8 }, async (_, part) => {
      for (let from = (part * points) / 8; from < ((part + 1) * points) / 8; from += 1000) {
        const metrics = Array.from({ length: 1000 }, (_point, i) => ({
          key: 'loss',
          value: i / 7,
          timestamp: from + i,
          step: from + i,
        }))
        expect((await call(url, 'runs/log-batch', { run_id: runId, metrics })).status).toBe(200)
      }
    })
    await Promise.all(logged)
    const history = `/api/2.0/mlflow/metrics/get-history?run_id=${runId}&metric_key=loss`
    const whole = (await (await fetch(url + history)).text()).length
    const readers = await Promise.all(Array.from({ length: 12 }, () => rawConnection(url)))
    for (const { socket } of readers) {
      socket.removeAllListeners('data')
      socket.pause()
      socket.write(head('GET', history, { Connection: 'close' }))
    }
    // Until then the system's own buffers fill.
    const busy = `select count(*) as number ${ours} and datname = 'slow' and state <> 'idle'`
    {
      await using other = await otherProgram()
      const seen = async (): Promise<number> => {
        let most = 0
        for (let look = 0; look < 10; look++) {
          most = Math.max(most, await other.ask(busy))
          await sleep(50)
        }
        return most
      }
      await expect.poll(seen, { timeout: 20_000 }).toBe(0)
    }
    for (let i = 0; i < 20; i++) {
      const begun = performance.now()
      expect((await call(url, 'runs/search', { experiment_ids: ['0'] })).status).toBe(200)
      await createRun(url)
      expect(performance.now() - begun).toBeLessThan(1000)
    }
    const [last, ...others] = readers
    for (const { socket } of others) socket.destroy()
    let size = 0
    last?.socket.on('data', (chunk) => (size += chunk.length))
    last?.socket.resume()
    await last?.closed
    expect(size).toBeGreaterThan(whole)
  })
})
