import { Worker } from 'node:worker_threads'

import { ApiError } from '@trackway/api'
import type { ErrorBody } from '@trackway/api'

import { StartupError } from '../startup-error.ts'
import type { OperationName } from '../operations.ts'
import type { RawReply, RawRequest } from './executor.ts'
import type { FromThread, Job, OperationCall, Part, ThreadOptions, ToThread } from './messages.ts'
import { PartStream } from './part-stream.ts'
import type { ReportFault } from './perform.ts'

/** A data thread as the main thread sees it. */
export interface DataThread {
  run(request: RawRequest): Promise<RawReply>
  /** @throws ApiError as the operation does, TEMPORARILY_UNAVAILABLE where the thread has ended. */
  operate(operation: OperationName, argument: unknown): Promise<unknown>
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

/** @throws StartupError where the thread cannot open the database. */
export async function startDataThread(
  options: ThreadOptions,
  report: ReportFault,
  onEvents: (lastId: number) => void = () => {},
): Promise<DataThread> {
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
        failed
          ? unavailable('The reply could not be read to its end.')
          : { status: part.status, body: part.body, file: part.file },
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
      waiter.resolve({ status: part.status, body: waiter.stream, file: part.file })
    }
  }

  const ready = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  worker.on('message', (message: FromThread) => {
    if ('parts' in message) for (const part of message.parts) receive(part)
    else if ('newestEvent' in message) onEvents(message.newestEvent)
    else if ('fault' in message) report(message.fault.what, message.fault)
    else if ('ready' in message) ready.resolve()
    else ready.reject(message.known ? new StartupError(message.startupFailure) : new Error(message.startupFailure))
  })
  worker.on('error', (error) => {
    ready.reject(error)
    report(`${options.role} thread`, error)
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

  function run(request: RawRequest | OperationCall): Promise<RawReply> {
    if (exited) return Promise.resolve(unavailable('The database is closed.'))
    return new Promise((resolve) => {
      const id = ++lastId
      waiting.set(id, { resolve })
      send({ id, request })
    })
  }

  return {
    run,
    async operate(operation, argument) {
      const { status, body } = await run({ operation, argument })
      const result: unknown = JSON.parse(body as string)
      if (status === 200) return result
      const { error_code, message } = result as ErrorBody
      throw new ApiError(error_code, message)
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

export function unavailable(message: string): RawReply {
  const error = new ApiError('TEMPORARILY_UNAVAILABLE', message)
  return { status: error.status, body: JSON.stringify(error.toBody()) }
}
