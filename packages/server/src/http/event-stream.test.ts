import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createEventStore } from '../storage/sql/event-store.ts'
import { recordEvent } from '../storage/sql/events.ts'
import { testEngines } from '../storage/sql/test-engines.ts'
import type { TestDatabase } from '../storage/sql/test-engines.ts'
import { answerError } from './errors.ts'
import { createEventStream } from './event-stream.ts'

interface Received {
  readonly id: string
  readonly kind: string
  readonly data: Record<string, unknown>
}

/** What EventSource makes of the lines: events with the last id, and the id to go on behind. */
class EventClient implements AsyncDisposable {
  readonly events: Received[] = []
  lastId = ''
  text = ''
  readonly response: IncomingMessage
  private rest = ''

  constructor(response: IncomingMessage) {
    this.response = response
    response.setEncoding('utf8')
    response.on('error', () => {})
    response.on('data', (chunk: string) => this.take(chunk))
    response.resume()
  }

  get ids(): number[] {
    return this.events.map(({ id }) => Number(id))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.response.closed) return
    this.response.destroy()
    await once(this.response, 'close')
  }

  private take(chunk: string): void {
    this.text += chunk
    const blocks = (this.rest + chunk).split('\n\n')
    this.rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(' ') + 1)]),
      )
      this.lastId = fields.get('id') ?? this.lastId
      const data = fields.get('data')
      if (data === undefined) continue
      this.events.push({ id: this.lastId, kind: fields.get('event') ?? 'message', data: JSON.parse(data) as never })
    }
  }
}

const [engine] = testEngines
const agent = new Agent({ maxSockets: Infinity })
let opened: TestDatabase
let app: FastifyInstance
let url: string
/** What the server asked of its store: where each page began. */
let pagesBehind: number[]
let faults: unknown[]
let failing: Error | undefined
let announce: (lastId: number) => void
let clients: EventClient[]

async function serve(heartbeatTime = 15_000): Promise<void> {
  const store = createEventStore(opened.database)
  app = Fastify({ forceCloseConnections: true })
  app.setErrorHandler(answerError)
  const stream = createEventStream({
    operations: {
      lastEventId: () => store.lastId(),
      async eventsAfter({ id, limit }) {
        pagesBehind.push(id)
        if (failing) throw failing
        return await store.after(id, limit)
      },
    },
    onEvents: (listener) => (announce = listener),
    report: (error) => faults.push(error),
    heartbeatTime,
  })
  app.addHook('preClose', (done) => {
    stream.close()
    done()
  })
  app.route({ method: ['GET', 'HEAD'], url: '/events', handler: stream.handler })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
}

beforeEach(async () => {
  if (!engine) throw new Error('There is no engine to test on')
  opened = await engine.open()
  pagesBehind = []
  faults = []
  clients = []
  failing = undefined
  await serve()
})
afterEach(async () => {
  for (const client of clients) client.response.destroy()
  await app.close()
  await opened.close()
})

async function get(query = '', headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
  const request = httpRequest(`${url}/events${query}`, { method, headers, agent })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return response
}

async function connect(query = '', headers: Record<string, string> = {}): Promise<EventClient> {
  const response = await get(query, headers)
  expect(response.statusCode).toBe(200)
  const client = new EventClient(response)
  clients.push(client)
  await expect.poll(() => client.text).toContain('\n\n')
  return client
}

const behind = (id: number): Record<string, string> => ({ 'last-event-id': String(id) })

let recorded = 0
/** Adds events as a change does, then has the server told of them. */
async function add(count: number, data: object = {}, kind: 'run.created' | 'comment.created' = 'run.created') {
  await opened.database.transaction(async (database) => {
    for (let i = 0; i < count; i++) {
      await recordEvent(database, kind, { user: 'ana', time: ++recorded }, { experiment_id: '0', ...data })
    }
  })
  announce(await createEventStore(opened.database).lastId())
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('createEventStream()', () => {
  test('answers at once, with the head of a stream that nobody keeps', async () => {
    await add(3)
    const client = await connect()
    expect(client.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    expect(client.text).toBe(": Trackway's events\nretry: 2000\nid: 3\n\n")
  })

  test('sends what comes from then on, each event as a line of JSON', async () => {
    await add(3)
    const client = await connect()
    await add(1, { run_name: 'a\n\nb\u2028é😀' })
    await expect.poll(() => client.events.length).toBe(1)
    expect(client.events[0]).toEqual({
      id: '4',
      kind: 'run.created',
      data: {
        id: 4,
        kind: 'run.created',
        timestamp: recorded,
        user_id: 'ana',
        data: { experiment_id: '0', run_name: 'a\n\nb\u2028é😀' },
      },
    })
  })

  test('goes on behind Last-Event-ID, or behind `after`, and by the header where both are given', async () => {
    await add(1000)
    const [byHeader, byQuery, byBoth, fromFirst] = await Promise.all([
      connect('', behind(400)),
      connect('?after=990'),
      connect('?after=5', behind(998)),
      connect('?after=0'),
    ])
    await add(2)
    await expect.poll(() => fromFirst.events.length).toBe(1002)
    expect([byHeader.ids, byQuery.ids, byBoth.ids, fromFirst.ids]).toEqual([
      numbers(401, 1002),
      numbers(991, 1002),
      numbers(999, 1002),
      numbers(1, 1002),
    ])
  })

  test.each(['7', '99999999999999999999', 'x', '1.5', '0x1'])(
    'tells a client behind %j, which no event has, to begin anew',
    async (lastId) => {
      await add(3)
      const client = await connect('', { 'last-event-id': lastId })
      await add(1)
      await expect.poll(() => client.events.length).toBe(2)
      expect(client.events[0]).toEqual({ id: '3', kind: 'reset', data: { last_id: 3 } })
      expect(client.ids).toEqual([3, 4])
    },
  )

  test('loses and repeats nothing when the server is stopped and started again, again and again', async () => {
    const ids: number[] = []
    let last: number | undefined
    for (let round = 0; round < 5; round++) {
      const client = await connect('', last === undefined ? {} : behind(last))
      await add(20)
      // Some are under way when the server stops.
      if (round % 2 === 0) await expect.poll(() => client.events.length).toBeGreaterThan(0)
      await app.close()
      if (!client.response.closed) await once(client.response, 'close')
      ids.push(...client.ids)
      last = Number(client.lastId)
      await serve()
      await add(5)
    }
    const client = await connect('', behind(last as number))
    await expect.poll(() => client.lastId).toBe('125')
    expect([...ids, ...client.ids]).toEqual(numbers(1, 125))
  })

  test('selects by kind, experiment and name, and counts what it left out as seen', async () => {
    await app.close()
    await serve(40)
    const runs = await connect('?kinds=run&experiment_ids=1')
    const comments = await connect('?kinds=comment.created&names=m&names=n')
    await add(2)
    await add(1, { experiment_id: '1' })
    await add(1, { name: 'm' }, 'comment.created')
    await add(1, { name: 'x' }, 'comment.created')
    await expect.poll(() => [runs.ids, comments.ids]).toEqual([[3], [4]])
    await expect.poll(() => [runs.lastId, comments.lastId]).toEqual(['5', '5'])
  })

  test('refuses a kind that does not exist and an id that is no number', async () => {
    expect((await get('?kinds=runs')).resume().statusCode).toBe(400)
    expect((await get('?after=x')).resume().statusCode).toBe(400)
  })

  test('answers HEAD with the head alone', async () => {
    const response = await get('', {}, 'HEAD')
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8'])
    response.resume()
    await once(response, 'close')
  })

  test('sends a comment into silence', async () => {
    await app.close()
    await serve(40)
    const client = await connect()
    await expect.poll(() => client.text.match(/^:$/gm)?.length ?? 0).toBeGreaterThan(2)
    expect(client.events).toEqual([])
  })

  test('finds what it was not told of', async () => {
    await app.close()
    await serve(40)
    const client = await connect()
    const told = announce
    announce = () => {}
    await add(1)
    announce = told
    await expect.poll(() => client.ids).toEqual([1])
  })

  test('reads new events once for a hundred clients', async () => {
    const many = await Promise.all(Array.from({ length: 100 }, async () => await connect()))
    pagesBehind.length = 0
    for (let round = 0; round < 10; round++) await add(10)
    await expect.poll(() => many.filter((client) => client.events.length === 100).length, { timeout: 10_000 }).toBe(100)
    for (const client of many) expect(client.ids).toEqual(numbers(1, 100))
    expect(pagesBehind.length).toBeLessThan(30)
  })

  test('keeps for a client that does not read no more than one write, and all for when it reads again', async () => {
    const sockets: Socket[] = []
    app.server.on('connection', (socket) => sockets.push(socket))
    const deaf = await get('?after=0')
    deaf.pause()
    const other = await connect()
    for (let round = 0; round < 200; round++) await add(20, { run_name: 'x'.repeat(5000) })
    await expect.poll(() => other.lastId, { timeout: 10_000 }).toBe('4000')
    const waiting = sockets.map((socket) => socket.writableLength)
    expect(Math.max(...waiting)).toBeGreaterThan(0)
    expect(Math.max(...waiting)).toBeLessThan(200_000)
    const client = new EventClient(deaf)
    await expect.poll(() => client.lastId, { timeout: 10_000 }).toBe('4000')
    expect(client.ids).toEqual(numbers(1, 4000))
  })

  test('stops reading when nobody is there', async () => {
    const client = await connect()
    await add(1)
    await expect.poll(() => client.ids).toEqual([1])
    await client[Symbol.asyncDispose]()
    await sleep(100)
    pagesBehind.length = 0
    await add(1)
    await sleep(100)
    expect(pagesBehind).toEqual([])
    const again = await connect('', behind(1))
    await expect.poll(() => again.ids).toEqual([2])
  })

  test('ends connections that it cannot read for, and serves them when they come back', async () => {
    await add(2000)
    failing = new Error('the disk is gone')
    const broken = await get('?after=0')
    broken.resume()
    await once(broken, 'close')
    expect(faults).toContain(failing)
    failing = undefined
    const client = await connect('', behind(0))
    await expect.poll(() => client.lastId).toBe('2000')
  })

  test('ends all connections when it is closed, those that do not read too', { timeout: 5000 }, async () => {
    await add(3000, { run_name: 'x'.repeat(5000) })
    const deaf = await get('?after=0')
    deaf.pause()
    const client = await connect()
    await sleep(200)
    const begun = performance.now()
    await app.close()
    expect(performance.now() - begun).toBeLessThan(1000)
    await expect.poll(() => client.response.closed).toBe(true)
    deaf.destroy()
  })
})
