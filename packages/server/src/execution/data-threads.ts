import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

import { ApiError, endpoints, errorStatus } from '@trackway/api'

import { StartupError } from '../startup-error.ts'
import type { Executor, RawReply, RawRequest } from './executor.ts'
import type { FromThread, Job, Part, ThreadOptions, ToThread } from './messages.ts'

type JobInput = Job extends infer J ? (J extends { id: number } ? Omit<J, 'id'> : never) : never
type ReportFault = (fault: { endpoint: string; message: string; stack: string | undefined }) => void

/**
 * Carries requests out on threads over an embedded database: one writer, and readers that are started as they are
 * needed.
 * @throws StartupError where the database cannot be opened.
 */
export async function startDataThreads(
  options: Omit<ThreadOptions, 'role'>,
  reportFault: ReportFault,
): Promise<Executor> {
  const mostReaders = Math.max(2, Math.min(8, availableParallelism()))
  let closing = false
  const writer = await startThread({ ...options, role: 'writer' }, reportFault)
  const readers = [await startThread({ ...options, role: 'reader' }, reportFault)]
  let starting = false

  /** The reader with the least to do; a further one is started when all are busy. */
  function chooseReader(): DataThread {
    const free = readers.reduce((best, reader) => (reader.pending() < best.pending() ? reader : best))
    if (free.pending() > 0 && readers.length < mostReaders && !starting && !closing) {
      starting = true
      startThread({ ...options, role: 'reader' }, reportFault).then(
        (reader) => {
          starting = false
          readers.push(reader)
        },
        (error: unknown) => {
          starting = false
          reportFault({ endpoint: 'reader', message: String(error), stack: undefined })
        },
      )
    }
    return free
  }

  return {
    async execute(request: RawRequest): Promise<RawReply> {
      const thread = endpoints[request.endpoint].mode === 'write' ? writer : chooseReader()
      return thread.run({ request })
    },
    async artifactUri(of, id) {
      const { status, body } = await chooseReader().run({ artifactUri: { of, id } })
      if (status === 200) return body as string
      const { error_code, message } = JSON.parse(body as string) as { error_code: keyof typeof errorStatus; message: string }
      throw new ApiError(error_code, message)
    },
    async close() {
      closing = true
      await Promise.all([...readers, writer].map((thread) => thread.close()))
    },
  }
}

interface DataThread {
  run(job: JobInput): Promise<RawReply>
  /** Jobs that are not done yet. */
  pending(): number
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (reply: RawReply) => void
  /** Takes the later parts of a long reply. */
  stream?: PartStream
}

async function startThread(options: ThreadOptions, reportFault: ReportFault): Promise<DataThread> {
  const file = import.meta.url.endsWith('.ts') ? '../data-thread.ts' : '../data-thread.js'
  const worker = new Worker(new URL(file, import.meta.url), { workerData: options })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let batch: Job[] = []
  let exited = false

  const post = (message: ToThread): void => worker.postMessage(message)

  /** Jobs that come in one turn of the event loop travel in one message. */
  function send(job: Job): void {
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
      waiter.resolve(failed ? unavailable('The reply could not be read to its end.') : { status: part.status, body: part.body })
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
    async close() {
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
