import { receiveMessageOnPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'

import type { DataService } from '../data-service.ts'
import type { Job, Part, ToThread } from './messages.ts'
import { errorReply, nameOf, perform } from './perform.ts'
import type { PerformedReply, ReportFault } from './perform.ts'
import { startSettling } from './settling.ts'

/** A shared commit takes no more requests than this, nor goes on taking them for longer than this many ms. */
const groupSize = 256
const groupTime = 15

/** The writer: everything that waits shares one commit, as a sync to disk costs the same for one as for hundreds. */
export async function serveWrites(port: MessagePort, service: DataService, report: ReportFault): Promise<void> {
  const { database, store } = service
  const queue: Job[] = []
  let isWorking = false
  let isClosing = false
  const settling = startSettling(async (limit) => {
    // What is being written asks again when it is done.
    if (isWorking) return 0
    isWorking = true
    try {
      return await store.settleRuns(limit)
    } finally {
      isWorking = false
      if (queue.length > 0 || isClosing) void workOff()
    }
  }, report)

  await store.prepare()
  let newestEvent = await store.events.lastId()
  port.on('message', (message: ToThread) => {
    receive(message)
    void workOff()
  })
  settling.soon()

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
      settling.soon()
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

  function close(): void {
    void settling.close()
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
