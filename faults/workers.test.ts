import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { launchServer } from '../conformance/start-server.ts'
import type { ServerProcess } from '../conformance/start-server.ts'
import { startTestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import type { TestPostgres } from '../packages/server/src/storage/sql/test-postgres.ts'
import { check, newClient, write } from './acknowledged-writes.ts'
import { call, createRun } from './api-call.ts'
import { head, rawConnection, statuses } from './raw-connection.ts'
import { serverFolder } from './server-folder.ts'

const clients = 12

let postgres: TestPostgres
let databases = 0

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(async () => {
  await postgres.remove()
})

interface RunningServer extends AsyncDisposable, ServerProcess {
  readonly path: string
  /** The processes that serve. */
  workers(): number[]
}

/** A server on a database of its own. Disposing stops it and expects that it ends well. */
async function launch(flags: readonly string[] = ['--workers', '2']): Promise<RunningServer> {
  const folder = serverFolder()
  const database = await postgres.createDatabase(`workers_${++databases}`)
  const server = launchServer(folder.path, { flags: ['--backend-store-uri', database, ...flags] })
  return {
    ...server,
    path: folder.path,
    workers: () => childrenOf(server),
    async [Symbol.asyncDispose]() {
      server.child.kill('SIGTERM')
      const killer = setTimeout(() => server.child.kill('SIGKILL'), 20_000)
      const outcome = await server.ended
      clearTimeout(killer)
      await folder[Symbol.asyncDispose]()
      if (outcome !== 0) throw new Error(`The server did not stop cleanly (${outcome}). It wrote:\n${server.output()}`)
    },
  }
}

function childrenOf({ child: { pid } }: ServerProcess): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.trim().split(' ').filter(Boolean).map(Number)
}

/** Never 0, which would stand for this process and all beside it. */
function firstOf([pid]: readonly number[]): number {
  if (!pid) throw new Error('There is no worker.')
  return pid
}

function restarts(server: ServerProcess): number {
  return server.output().split('All workers were replaced').length - 1
}

describe('trackway server --workers on SIGHUP', () => {
  it(
    'replaces each worker, and no request fails, of busy clients or of those that pause',
    { timeout: 120_000 },
    async () => {
      await using server = await launch()
      const url = await server.url
      const before = server.workers()
      expect(before).toHaveLength(2)
      let isOver = false
      const writers = await Promise.all(Array.from({ length: clients }, () => newClient(url)))
      const failures: string[] = []
      const note = (error: unknown): void => void failures.push(inspect(error))
      const writing = writers.map((own) => write(url, own, () => isOver).catch(note))
      const reading = Array.from({ length: 4 }, async (_, index) => {
        while (!isOver) {
          const { status, body } = await call(url, 'runs/search', { experiment_ids: ['0'], max_results: 5 })
          if (status !== 200) throw new Error(`runs/search answered ${status}: ${JSON.stringify(body)}`)
          await sleep(50 * index)
        }
      }).map((done) => done.catch(note))

      for (let restart = 1; restart <= 3; restart++) {
        await sleep(500)
        server.child.kill('SIGHUP')
        await expect.poll(() => restarts(server), { timeout: 30_000 }).toBe(restart)
      }
      isOver = true
      await Promise.all([...writing, ...reading])

      expect(failures).toEqual([])
      expect(server.workers().filter((pid) => before.includes(pid))).toEqual([])
      for (const own of writers) await check(url, own)
      expect(writers.reduce((sum, own) => sum + own.batches.length, 0)).toBeGreaterThan(clients)
    },
  )

  it('keeps the workers where new ones cannot start, and says why', async () => {
    await using server = await launch()
    const url = await server.url
    const before = server.workers()
    await postgres.stop()
    try {
      server.child.kill('SIGHUP')
      await expect.poll(() => server.output(), { timeout: 20_000 }).toContain('The restart was given up')
      expect(server.output()).toContain('It cannot reach the database now.')
      await expect.poll(() => server.workers(), { timeout: 10_000 }).toEqual(before)
      expect((await fetch(`${url}/health`)).status).toBe(200)
      await expect.poll(async () => (await fetch(`${url}/ready`)).status, { timeout: 10_000 }).toBe(503)
    } finally {
      await postgres.start()
    }
    await expect.poll(async () => (await fetch(`${url}/ready`)).status, { timeout: 20_000 }).toBe(200)
  })
})

describe('a worker that is killed', () => {
  it('takes its own connections with it and nothing that was acknowledged', { timeout: 120_000 }, async () => {
    await using server = await launch()
    const url = await server.url
    let isOver = false
    const writers = await Promise.all(Array.from({ length: clients }, () => newClient(url)))
    const failures: string[] = []
    const writing = writers.map(async (own) => {
      while (!isOver) {
        await write(url, own, () => isOver).catch((error: unknown) => failures.push(String(error)))
      }
    })
    for (let round = 0; round < 4; round++) {
      await sleep(1000)
      const victim = firstOf(server.workers().slice(round % 2))
      process.kill(victim, 'SIGKILL')
      await expect.poll(() => server.workers().filter((pid) => pid !== victim).length, { timeout: 20_000 }).toBe(2)
    }
    await sleep(1000)
    isOver = true
    await Promise.all(writing)

    expect(failures.length).toBeGreaterThan(0)
    // Broken connections, never an error that is answered.
    for (const failure of failures) expect(failure).toContain('fetch failed')
    // At most the one request that each client had under way, each time.
    expect(failures.length).toBeLessThanOrEqual(4 * clients)
    for (const own of writers) await check(url, own)
  })

  it('loses no connection that it had not taken', async () => {
    await using server = await launch()
    const url = await server.url
    const stuck = firstOf(server.workers())
    process.kill(stuck, 'SIGSTOP')
    const connections = await Promise.all(Array.from({ length: 6 }, () => rawConnection(url)))
    for (const connection of connections) connection.write(head('GET', '/health', { Connection: 'close' }))
    try {
      // One is on its way to the worker that stands still; the other worker answers the rest meanwhile.
      const answered = (): number => connections.filter((one) => one.received() !== '').length
      await expect.poll(answered, { timeout: 10_000 }).toBe(5)
    } finally {
      process.kill(stuck, 'SIGKILL')
    }
    for (const connection of connections) expect(statuses(await connection.closed)).toEqual([200])
  })

  it('is replaced, and gets its share of the connections that clients keep', async () => {
    await using server = await launch(['--workers', '2', '--expose-prometheus'])
    const url = await server.url
    const connections = await Promise.all(Array.from({ length: 24 }, () => rawConnection(url)))
    for (const connection of connections) {
      connection.write(head('GET', '/health'))
      await connection.until((text) => text.includes('200 OK'))
    }
    const victim = firstOf(server.workers())
    process.kill(victim, 'SIGKILL')
    const lost = (): number => connections.filter(({ socket }) => socket.destroyed).length
    await expect.poll(lost, { timeout: 10_000 }).toBeGreaterThanOrEqual(6)
    await expect.poll(() => server.workers().length, { timeout: 20_000 }).toBe(2)
    // The rest go on asking until some of them were told to come again.
    const kept = connections.filter(({ socket }) => !socket.destroyed)
    expect(kept.length).toBeGreaterThanOrEqual(6)
    const ask = (): number => {
      for (const connection of kept) if (!connection.socket.destroyed) connection.write(head('GET', '/health'))
      return kept.filter(({ socket }) => socket.destroyed).length
    }
    await expect.poll(ask, { timeout: 10_000 }).toBeGreaterThanOrEqual(2)
    expect(kept.some(({ socket }) => !socket.destroyed)).toBe(true)
  })
})

describe('trackway server --workers', () => {
  it('counts the requests of all workers, gone ones included', async () => {
    await using server = await launch(['--workers', '2', '--expose-prometheus'])
    const url = await server.url
    await createRun(url)
    const count = async (): Promise<number> => {
      const text = await (await fetch(`${url}/metrics`)).text()
      expect(
        new Set([...text.matchAll(/process_resident_memory_bytes\{worker="(\d)"\}/g)].map((found) => found[1])),
      ).toEqual(new Set(['1', '2']))
      return Number(
        /^mlflow_http_request_total\{method="HEAD",status="200",endpoint="version"\} (\d+)$/m.exec(text)?.[1],
      )
    }
    const ask = async (): Promise<void> => {
      using connection = await rawConnection(url)
      connection.write(head('HEAD', '/version', { Connection: 'close' }))
      await connection.closed
    }
    for (let request = 0; request < 20; request++) await ask()
    await expect.poll(count).toBe(20)
    server.child.kill('SIGHUP')
    await expect.poll(() => restarts(server), { timeout: 30_000 }).toBe(1)
    await ask()
    await expect.poll(count).toBe(21)
  })

  it('does not start where none of them can, and says why once', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    await using folder = serverFolder()
    const file = join(folder.path, 'file')
    writeFileSync(file, '')
    const database = await postgres.createDatabase(`workers_${++databases}`)
    const shared = ['--backend-store-uri', database, '--workers', '3']
    const { port } = taken.address() as { port: number }
    for (const [flags, sentence] of [
      [['--port', String(port)], 'in use by another program'],
      [['--artifacts-destination', file], `${file} cannot be`],
    ] as const) {
      const server = folder.launch({ flags: [...shared, ...flags] })
      expect(await server.ended).toBe(1)
      expect(server.output()).toMatch(/^trackway: .+\n$/)
      expect(server.output()).toContain(sentence)
    }
    taken.close()
  })
})

describe.each([1, 2])('--shutdown-delay with %i workers', (workers) => {
  it('serves on while load balancers are told to go elsewhere', async () => {
    await using server = await launch(['--workers', String(workers), '--shutdown-delay', '2'])
    const url = await server.url
    const runId = await createRun(url)
    expect((await fetch(`${url}/ready`)).status).toBe(200)
    server.child.kill('SIGTERM')
    await expect.poll(async () => (await fetch(`${url}/ready`)).status, { interval: 20 }).toBe(503)
    const begun = performance.now()
    while (performance.now() - begun < 1500) {
      const { status, headers } = await call(url, 'runs/set-tag', { run_id: runId, key: 'late', value: 'taken' })
      expect([status, headers.get('connection')]).toEqual([200, 'close'])
      await sleep(50)
    }
    expect(await server.ended).toBe(0)
  })
})
