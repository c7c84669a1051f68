import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

import { ApiError, endpoints } from '@trackway/api'
import type { ErrorBody } from '@trackway/api'

import { StartupError } from '../startup-error.ts'
import type { Executor, RawReply, RawRequest } from './executor.ts'
import { isLight, openLightReader } from './light-reader.ts'
import type { LightReader } from './light-reader.ts'
import type { FromThread, Job, Part, ThreadOptions, ToThread } from './messages.ts'

type JobInput = Job extends infer J ? (J extends { id: number } ? Omit<J, 'id'> : never) : never
/** How long to wait, in ms, before a writer that could not be started is tried again: the disk may have been full. */
const restartPause = 1000

type ReportFault = (fault: { endpoint: string; message: string; stack: string | undefined }) => void

/**
 * Carries requests out on threads over an embedded database: one writer, and readers that are started when they are
 * first needed, as each takes memory.
 * @throws StartupError where the database cannot be opened.
 */
export async function startDataThreads(
  options: Omit<ThreadOptions, 'role'>,
  reportFault: ReportFault,
): Promise<Executor> {
  const startWriter = (): Promise<DataThread> => startThread({ ...options, role: 'writer' }, reportFault)
  let light: Promise<LightReader | undefined> | undefined
  let closing = false
  let writer = await startWriter()
  restartWhenGone()
  const readers = new ReaderPool(() => startThread({ ...options, role: 'reader' }, reportFault), reportFault)

  /** Out of memory or a fault may end the thread; requests get a retryable error until the next one runs. */
  function restartWhenGone(): void {
    void writer.gone.then(async () => {
      while (!closing) {
        try {
          writer = await startWriter()
          if (closing) await writer.close()
          else restartWhenGone()
          return
        } catch (error) {
          reportFault({
            endpoint: 'writer thread',
            message: `It cannot be started again yet: ${String(error)}`,
            stack: undefined,
          })
          await sleep(restartPause)
        }
      }
    })
  }

  /** Where it cannot be opened now, the reader threads answer, and the next request tries again. */
  async function startLight(): Promise<LightReader | undefined> {
    try {
      return await openLightReader(options, (faulty, error) => reportFault(toFault(faulty.endpoint, error)))
    } catch (error) {
      reportFault(toFault('light reader', error))
      light = undefined
      return undefined
    }
  }

  return {
    async execute(request: RawRequest): Promise<RawReply> {
      if (isLight(request)) {
        light ??= startLight()
        const reply = await (await light)?.answer(request)
        if (reply) return reply
      }
      const thread = endpoints[request.endpoint].mode === 'write' ? writer : await readers.choose()
      return thread ? thread.run({ request }) : unavailable('The database cannot be read now; try again.')
    },
    async artifactUri(of, id) {
      const reader = await readers.choose()
      const { status, body } = reader
        ? await reader.run({ artifactUri: { of, id } })
        : unavailable('The database cannot be read now; try again.')
      if (status === 200) return body as string
      const { error_code, message } = JSON.parse(body as string) as ErrorBody
      throw new ApiError(error_code, message)
    },
    async close() {
      closing = true
      ;(await light)?.close()
      // The last connection to close empties the log into the database file, which only the writer may do.
      await readers.close()
      await writer.close()
    },
  }
}

/** As many readers as there is work for, up to one for each core and two at least. */
class ReaderPool {
  private readonly most = Math.max(2, Math.min(8, availableParallelism()))
  private readonly readers: DataThread[] = []
  private starting: Promise<void> | undefined
  private readonly start: () => Promise<DataThread>
  private readonly reportFault: ReportFault

  constructor(start: () => Promise<DataThread>, reportFault: ReportFault) {
    this.start = start
    this.reportFault = reportFault
  }

  /** The reader with the least to do; a further one is started when all are busy. Undefined where none will start. */
  async choose(): Promise<DataThread | undefined> {
    if (this.readers.length === 0) await this.add()
    const [first, ...others] = this.readers
    if (!first) return undefined
    const freest = others.reduce((best, reader) => (reader.pending() < best.pending() ? reader : best), first)
    if (freest.pending() > 0 && this.readers.length < this.most) void this.add()
    return freest
  }

  private add(): Promise<void> {
    this.starting ??= this.start()
      .then((reader) => {
        this.readers.push(reader)
        void reader.gone.then(() => this.readers.splice(this.readers.indexOf(reader), 1))
      })
      .catch((error: unknown) => {
        this.reportFault({ endpoint: 'reader thread', message: String(error), stack: undefined })
      })
      .finally(() => {
        this.starting = undefined
      })
    return this.starting
  }

  async close(): Promise<void> {
    await this.starting
    await Promise.all(this.readers.map((reader) => reader.close()))
  }
}

interface DataThread {
  run(job: JobInput): Promise<RawReply>
  /** Jobs that are not done yet. */
  pending(): number
  close(): Promise<void>
  /** Resolves when the thread has ended. */
  readonly gone: Promise<void>
}

interface Waiting {
  readonly resolve: (reply: RawReply) => void
  /** Takes the later parts of a long reply. */
  stream?: PartStream
}

async function startThread(options: ThreadOptions, reportFault: ReportFault): Promise<DataThread> {
  const file = import.meta.url.endsWith('.ts') ? '../data-thread.ts' : '../data-thread.js'
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: options,
    // V8 would let the short-lived objects of every thread take three times this before it tidies up.
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let batch: Job[] = []
  let exited = false

  const post = (message: ToThread): void => worker.postMessage(message)

  /** Jobs that come in one turn of the event loop travel in one message; a thread that has nothing to do gets one at once. */
  function send(job: Job): void {
    if (waiting.size === 1 && batch.length === 0) {
      post({ jobs: [job] })
      return
    }
    if (batch.push(job) > 1) return
    setImmediate(() => {
      const jobs = batch
      batch = []
      post({ jobs })
    })
  }

  function receive(part: Part): void {
    const waiter = waiting.get(part.id)
    if (!waiter) return
    if (!part.open) waiting.delete(part.id)
    if (waiter.stream) waiter.stream.push(part)
    else if (!part.open) {
      const failed = part.status === 0
      waiter.resolve(
        failed ? unavailable('The reply could not be read to its end.') : { status: part.status, body: part.body },
      )
    } else {
      waiter.stream = new PartStream(
        () => post({ more: part.id }),
        () => {
          waiting.delete(part.id)
          post({ stop: part.id })
        },
      )
      waiter.stream.push(part)
      waiter.resolve({ status: part.status, body: waiter.stream })
    }
  }

  const ready = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  worker.on('message', (message: FromThread) => {
    if ('parts' in message) for (const part of message.parts) receive(part)
    else if ('fault' in message) reportFault(message.fault)
    else if ('ready' in message) ready.resolve()
    else ready.reject(message.known ? new StartupError(message.startupFailure) : new Error(message.startupFailure))
  })
  worker.on('error', (error) => {
    ready.reject(error)
    reportFault({ endpoint: `${options.role} thread`, message: error.message, stack: error.stack })
  })
  worker.on('exit', () => {
    exited = true
    ready.reject(new Error(`The ${options.role} thread ended before it was ready`))
    for (const { resolve, stream } of waiting.values()) {
      const reply = unavailable('The database thread ended; try again.')
      if (stream) stream.push({ id: 0, status: 0, body: '', open: false })
      else resolve(reply)
    }
    waiting.clear()
    gone.resolve()
  })
  await ready.promise

  return {
    run(job) {
      if (exited) return Promise.resolve(unavailable('The database is closed.'))
      return new Promise((resolve) => {
        const id = ++lastId
        waiting.set(id, { resolve })
        send({ ...job, id } as Job)
      })
    },
    pending: () => waiting.size,
    gone: gone.promise,
    async close() {
      // Behind the jobs that were sent in this turn of the event loop.
      if (!exited) setImmediate(() => post({ close: true }))
      await gone.promise
    },
  }
}

function unavailable(message: string): RawReply {
  const error = new ApiError('TEMPORARILY_UNAVAILABLE', message)
  return { status: error.status, body: JSON.stringify(error.toBody()) }
}

/** A long reply's parts, asked for one ahead of their use: neither side holds more than two. */
class PartStream implements AsyncIterableIterator<Uint8Array> {
  private readonly parts: Part[] = []
  private wake: (() => void) | undefined
  private ended = false
  private readonly more: () => void
  private readonly stop: () => void

  constructor(more: () => void, stop: () => void) {
    this.more = more
    this.stop = stop
  }

  push(part: Part): void {
    this.parts.push(part)
    this.wake?.()
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.ended && this.parts.length === 0) return { value: undefined, done: true }
    while (this.parts.length === 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    const part = this.parts.shift() as Part
    if (part.status === 0) throw new Error('The reply broke off: its source failed')
    if (part.open) this.more()
    else this.ended = true
    return { value: part.body as Uint8Array, done: false }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.ended) this.stop()
    this.ended = true
    this.parts.length = 0
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

function toFault(endpoint: string, error: unknown): Parameters<ReportFault>[0] {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  return { endpoint, message, stack }
}
