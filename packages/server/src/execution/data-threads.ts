import { setTimeout as sleep } from 'node:timers/promises'

import { ApiError, endpoints } from '@trackway/api'

import { startDataThread, unavailable } from './data-thread-client.ts'
import type { DataThread } from './data-thread-client.ts'
import { isWriting, operationsBy } from '../operations.ts'
import type { Executor, RawReply, RawRequest } from './executor.ts'
import { isLight, openLightReader } from './light-reader.ts'
import type { LightReader } from './light-reader.ts'
import type { ThreadOptions } from './messages.ts'
import type { ReportFault } from './perform.ts'
import { ReaderPool } from './reader-pool.ts'

const unreadable = 'The database cannot be read now; try again.'
/** How long to wait, in ms, before a writer that could not be started is tried again: the disk may have been full. */
const restartPause = 1000

type EmbeddedOptions = Omit<ThreadOptions, 'role'> & { readonly database: { readonly engine: 'sqlite' } }

/**
 * Carries requests out on threads over an embedded database: one writer, and readers that are started when they are
 * first needed, as each takes memory.
 * @throws StartupError where the database cannot be opened.
 */
export async function startDataThreads(options: EmbeddedOptions, report: ReportFault): Promise<Executor> {
  const listeners: ((lastId: number) => void)[] = []
  const announce = (lastId: number): void => {
    for (const listener of listeners) listener(lastId)
  }
  const startWriter = (): Promise<DataThread> => startDataThread({ ...options, role: 'writer' }, report, announce)
  let light: Promise<LightReader | undefined> | undefined
  let closing = false
  let writer = await startWriter()
  restartWhenGone()
  const readers = new ReaderPool(() => startDataThread({ ...options, role: 'reader' }, report), report)

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
          report('writer thread, which cannot be started again yet', error)
          await sleep(restartPause)
        }
      }
    })
  }

  /** Where it cannot be opened now, the reader threads answer, and the next request tries again. */
  async function startLight(): Promise<LightReader | undefined> {
    try {
      return await openLightReader(options, report)
    } catch (error) {
      report('light reader', error)
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
      return thread ? thread.run(request) : unavailable(unreadable)
    },
    operations: operationsBy(async (name, argument) => {
      if (isWriting(name)) return writer.operate(name, argument)
      light ??= startLight()
      const reader = await light
      if (!reader) throw new ApiError('TEMPORARILY_UNAVAILABLE', unreadable)
      const operate = reader.operations[name] as (argument: unknown) => Promise<unknown>
      return operate(argument)
    }),
    onEvents: (listener) => void listeners.push(listener),
    // A thread that ends is started again within a moment.
    readiness: () => ({ ready: true }),
    async close() {
      closing = true
      ;(await light)?.close()
      // The last connection to close empties the log into the database file, which only the writer may do.
      await readers.close()
      await writer.close()
    },
  }
}
