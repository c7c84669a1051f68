import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'

import { ApiError } from '@trackway/api'

import { openDataService } from './data-service.ts'
import type { RawRequest } from './execution/executor.ts'
import type { FromThread, Job, Part, ThreadOptions, ToThread } from './execution/messages.ts'
import { errorReply, perform } from './execution/perform.ts'
import type { PerformedReply } from './execution/perform.ts'
import type { SqliteDatabase } from './storage/sql/dialects/sqlite.ts'
import type { SqlTrackingStore } from './storage/sql/tracking-store.ts'
import { StartupError } from './startup-error.ts'

/**
 * A thread over an embedded database: the one writer, or one of the readers. It carries requests out whole, from text
 * to text, so that the main thread only moves bytes (docs/decisions/0003-threads-over-sqlite.md).
 */

if (!parentPort) throw new Error('data-thread runs as a worker thread')
const port = parentPort
const options = workerData as ThreadOptions

/** Bytes of a reply that travel in one message; longer ones go on when the receiver asks. */
const partSize = 1024 * 1024
/** A shared commit takes no more requests than this, nor goes on taking them for longer than this many ms. */
const groupSize = 256
/** Characters up to which a reply travels as a string. */
const shortLength = 65_536
const groupTime = 15
/** How long after a write, in ms, and how many at once, runs that have ended get their documents. */
const settleDelay = 200
const settleBatch = 25
/** A backlog of such runs is worked off with pauses of this many ms, in which writes go first. */
const settlePause = 20

try {
  await start()
} catch (error) {
  post({
    startupFailure: error instanceof Error ? error.message : String(error),
    known: error instanceof StartupError,
  })
}

async function start(): Promise<void> {
  const { database, store, handlers } = openDataService(options)
  const open = new Map<number, AsyncIterator<string | Uint8Array>>()
  const queue: Job[] = []
  let working = false
  let closing = false

  async function carryOut(job: Job): Promise<PerformedReply> {
    if ('request' in job) return perform(handlers, job.request, reportFault)
    const { of, id } = job.artifactUri
    try {
      const uri = of === 'run' ? await store.runs.artifactUri(id) : await store.loggedModels.artifactUri(id)
      return { status: 200, body: uri }
    } catch (error) {
      return errorReply({ endpoint: 'getRun' } as RawRequest, error, reportFault)
    }
  }

  async function workOff(): Promise<void> {
    if (working) return
    working = true
    try {
      while (queue.length > 0) {
        if (options.role === 'writer') await commitGroup()
        else await read(queue.shift() as Job)
      }
      if (options.role === 'writer') settleLater()
    } finally {
      working = false
    }
    if (closing) close()
  }

  /** Everything that waits shares one commit: a sync to disk costs the same for one as for hundreds. */
  async function commitGroup(): Promise<void> {
    const done: Job[] = []
    let parts: Part[] = []
    const begun = performance.now()
    try {
      await database.transaction(async () => {
        while (done.length < groupSize && performance.now() - begun < groupTime) {
          if (queue.length === 0) drainPort()
          const job = queue.shift()
          if (!job) break
          done.push(job)
          const { status, body } = await carryOut(job)
          parts.push({ id: job.id, status, body: await gather(body), open: false })
          if (!database.inTransaction) throw new LostTransaction()
        }
      })
    } catch (error) {
      // Where no transaction can begin, nothing was taken off the queue yet: those who wait must hear of it.
      if (done.length === 0) done.push(...queue.splice(0, groupSize))
      parts = error instanceof LostTransaction ? await oneByOne(done) : done.map((job) => failed(job, error))
    }
    post({ parts })
  }

  /** A full disk may end the whole transaction: each request then gets a transaction of its own and its own answer. */
  async function oneByOne(jobs: readonly Job[]): Promise<Part[]> {
    const parts: Part[] = []
    for (const job of jobs) {
      try {
        const { status, body } = await carryOut(job)
        parts.push({ id: job.id, status, body: await gather(body), open: false })
      } catch (error) {
        parts.push(failed(job, error))
      }
    }
    return parts
  }

  function failed(job: Job, error: unknown): Part {
    const request = 'request' in job ? job.request : ({ endpoint: 'getRun' } as RawRequest)
    const { status, body } = errorReply(request, error, reportFault)
    return { id: job.id, status, body: body as string, open: false }
  }

  async function read(job: Job): Promise<void> {
    const { status, body } = await carryOut(job)
    if (typeof body === 'string') {
      post({ parts: [{ id: job.id, status, body, open: false }] })
      return
    }
    const text = shortText(body)
    if (text !== undefined) {
      post({ parts: [{ id: job.id, status, body: text, open: false }] })
      return
    }
    const pieces = Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : fromSync(body)
    open.set(job.id, pieces)
    await sendNext(job.id)
  }

  /** Sends the next part of an open reply; the last one closes it. */
  async function sendNext(id: number): Promise<void> {
    const pieces = open.get(id)
    if (!pieces) return
    const buffers: Uint8Array[] = []
    let size = 0
    let more = true
    try {
      while (more && size < partSize) {
        const { value, done } = await pieces.next()
        if (done === true) more = false
        else {
          const buffer = typeof value === 'string' ? Buffer.from(value) : value
          buffers.push(buffer)
          size += buffer.length
        }
      }
    } catch (error) {
      reportFault({ endpoint: 'getMetricHistory' } as RawRequest, error)
      open.delete(id)
      // The status may be sent already: status 0 tells the main thread to cut the reply off.
      post({ parts: [{ id, status: 0, body: '', open: false }] })
      return
    }
    if (!more) open.delete(id)
    const body = join(buffers, size)
    post({ parts: [{ id, status: 200, body, open: more }] }, [body.buffer as ArrayBuffer])
  }

  function receive(message: ToThread): void {
    if ('jobs' in message) queue.push(...message.jobs)
    else if ('more' in message) void sendNext(message.more)
    else if ('stop' in message) {
      void open.get(message.stop)?.return?.()
      open.delete(message.stop)
    } else closing = true
  }

  function drainPort(): void {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      receive(next.message as ToThread)
  }

  let settling: NodeJS.Timeout | undefined
  function settleLater(delay = settleDelay): void {
    settling ??= setTimeout(() => {
      settling = undefined
      if (!working) void settle(database, store)
    }, delay)
  }

  async function settle(on: SqliteDatabase, from: SqlTrackingStore): Promise<void> {
    working = true
    try {
      if ((await from.settleRuns(settleBatch)) === settleBatch) settleLater(settlePause)
    } catch (error) {
      // Documents only save time; a full disk keeps them from being written.
      if (!(error instanceof ApiError)) reportFault({ endpoint: 'searchRuns' } as RawRequest, error)
    } finally {
      working = false
    }
    if (on.inTransaction) throw new Error('A transaction stayed open')
    void workOff()
  }

  function close(): void {
    clearTimeout(settling)
    database.close()
    port.close()
  }

  port.on('message', (message: ToThread) => {
    receive(message)
    void workOff()
  })
  if (options.role === 'writer') {
    await store.prepare()
    settleLater()
  }
  post({ ready: true })
}

class LostTransaction extends Error {}

async function* fromSync(pieces: Iterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
  yield* pieces
}

/** A short reply that is all text: it travels as one string, which HTTP sends in one piece with its headers. */
function shortText(pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>): string | undefined {
  if (Symbol.asyncIterator in pieces) return undefined
  let text = ''
  for (const piece of pieces) {
    if (typeof piece !== 'string' || text.length > shortLength) return undefined
    text += piece
  }
  return text
}

/** Replies to writes are short. */
async function gather(body: PerformedReply['body']): Promise<string | Uint8Array> {
  if (typeof body === 'string') return body
  const buffers: Uint8Array[] = []
  for await (const piece of body) buffers.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
  return Buffer.concat(buffers)
}

/** One buffer with memory of its own, so that it can be handed to another thread. */
function join(buffers: readonly Uint8Array[], size: number): Uint8Array {
  const joined = Buffer.allocUnsafeSlow(size)
  let offset = 0
  for (const buffer of buffers) {
    joined.set(buffer, offset)
    offset += buffer.length
  }
  return joined
}

function reportFault(request: RawRequest, error: unknown): void {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  post({ fault: { endpoint: request.endpoint, message, stack } })
}

function post(message: FromThread, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}
