import { receiveMessageOnPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'

import { ApiError } from '@trackway/api'

import type { DataService } from '../data-service.ts'
import type { Job, Part, ToThread } from './messages.ts'
import { errorReply, nameOf, perform } from './perform.ts'
import type { PerformedReply, ReportFault } from './perform.ts'

/** A shared commit takes no more requests than this, nor goes on taking them for longer than this many ms. */
const groupSize = 256
const groupTime = 15
/** How long after a write, in ms, and how many at once, runs that have ended get their documents. */
const settleDelay = 200
const settleBatch = 25
/** A backlog of such runs is worked off with pauses of this many ms, in which writes go first. */
const settlePause = 20

/** The writer: everything that waits shares one commit, as a sync to disk costs the same for one as for hundreds. */
export async function serveWrites(port: MessagePort, service: DataService, report: ReportFault): Promise<void> {
  const { database, store } = service
  const queue: Job[] = []
  let isWorking = false
  let isClosing = false
  let settling: NodeJS.Timeout | undefined

  await store.prepare()
  let newestEvent = await store.events.lastId()
  port.on('message', (message: ToThread) => {
    receive(message)
    void workOff()
  })
  settleLater(settleDelay)

  function receive(message: ToThread): void {
    if ('jobs' in message) queue.push(...message.jobs)
    else if ('close' in message) isClosing = true
  }

  /** What came while the thread was busy, without waiting for the event loop's next turn. */
  function receiveWaiting(): void {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      receive(next.message as ToThread)
    }
  }

  async function workOff(): Promise<void> {
    if (isWorking) return
    isWorking = true
    try {
      while (queue.length > 0) {
        port.postMessage({ parts: await commitGroup() })
        await announceEvents()
      }
      settleLater(settleDelay)
    } finally {
      isWorking = false
    }
    if (isClosing) close()
  }

  async function announceEvents(): Promise<void> {
    const newest = await store.events.lastId()
    if (newest === newestEvent) return
    newestEvent = newest
    port.postMessage({ newestEvent })
  }

  async function commitGroup(): Promise<Part[]> {
    const jobs: Job[] = []
    const parts: Part[] = []
    const begun = performance.now()
    try {
      await database.transaction(async () => {
        while (jobs.length < groupSize && performance.now() - begun < groupTime) {
          if (queue.length === 0) receiveWaiting()
          const job = queue.shift()
          if (!job) break
          jobs.push(job)
          parts.push(await carryOut(job))
          if (!database.inTransaction) throw new LostTransaction()
        }
      })
      return parts
    } catch (error) {
      // Where no transaction can begin, nothing was taken off the queue yet: those who wait must hear of it.
      if (jobs.length === 0) jobs.push(...queue.splice(0, groupSize))
      return error instanceof LostTransaction ? oneByOne(jobs) : jobs.map((job) => failed(job, error))
    }
  }

  /** A full disk may end the whole transaction: each request then gets a transaction of its own and its own answer. */
  async function oneByOne(jobs: readonly Job[]): Promise<Part[]> {
    const parts: Part[] = []
    for (const job of jobs) parts.push(await carryOut(job))
    return parts
  }

  async function carryOut(job: Job): Promise<Part> {
    try {
      const { status, body } = await perform(service, job.request, report)
      return { id: job.id, status, body: await gather(body), open: false }
    } catch (error) {
      return failed(job, error)
    }
  }

  function failed({ id, request }: Job, error: unknown): Part {
    const { status, body } = errorReply(nameOf(request), error, report)
    return { id, status, body: body as string, open: false }
  }

  function settleLater(delay: number): void {
    settling ??= setTimeout(() => {
      settling = undefined
      if (!isWorking) void settle()
    }, delay)
  }

  async function settle(): Promise<void> {
    isWorking = true
    try {
      if ((await store.settleRuns(settleBatch)) === settleBatch) settleLater(settlePause)
    } catch (error) {
      // Documents only save time; a full disk keeps them from being written.
      if (!(error instanceof ApiError)) report('writing documents of runs', error)
    } finally {
      isWorking = false
    }
    if (queue.length > 0 || isClosing) void workOff()
  }

  function close(): void {
    clearTimeout(settling)
    database.close()
    port.close()
  }
}

class LostTransaction extends Error {}

/** Replies to writes are short. */
async function gather(body: PerformedReply['body']): Promise<string | Uint8Array> {
  if (typeof body === 'string') return body
  const buffers: Uint8Array[] = []
  for await (const piece of body) buffers.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
  return Buffer.concat(buffers)
}
