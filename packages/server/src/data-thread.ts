import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'

import { openDataService, openReadingService } from './data-service.ts'
import type { FromThread, ThreadOptions } from './execution/messages.ts'
import { serveReads } from './execution/read-loop.ts'
import { serveWrites } from './execution/write-loop.ts'
import { StartupError } from './startup-error.ts'

/**
 * A thread over an embedded database: the one writer, or one of the readers; or a reader over a database on the network. It carries requests out whole, from text
 * to text, so that the main thread only moves bytes (docs/decisions/0003-threads-over-sqlite.md).
 */

if (!parentPort) throw new Error('data-thread runs as a worker thread')
const port = parentPort
const options = workerData as ThreadOptions
const readerNice = 5

try {
  const { database } = options
  if (options.role === 'writer' && database.engine === 'sqlite') {
    await serveWrites(port, openDataService({ ...options, database }), reportFault)
  } else {
    yieldToOthers()
    serveReads(port, await openReadingService(options), reportFault)
  }
  post({ ready: true })
} catch (error) {
  post({
    startupFailure: error instanceof Error ? error.message : String(error),
    known: error instanceof StartupError,
  })
}

/** Where cores are few, long searches leave them to the thread that answers connections and to the writer. */
function yieldToOthers(): void {
  // Linux takes the calling thread for process 0; other systems would slow the whole server down.
  if (process.platform === 'linux') setPriority(0, readerNice)
}

function reportFault(what: string, error: unknown): void {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  post({ fault: { what, message, stack } })
}

function post(message: FromThread): void {
  port.postMessage(message)
}
