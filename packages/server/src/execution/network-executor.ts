import { ApiError, endpoints } from '@trackway/api'
import type { Endpoint } from '@trackway/api'

import { createDataService } from '../data-service.ts'
import type { DatabaseLocation } from '../data-location.ts'
import { isWriting, operationsBy } from '../operations.ts'
import { openPostgres } from '../storage/sql/dialects/postgres.ts'
import { startDataThread, unavailable } from './data-thread-client.ts'
import { linkDatabase } from './database-link.ts'
import type { Executor, RawReply, RawRequest } from './executor.ts'
import { inParts, shortText } from './parts.ts'
import { errorReply, perform } from './perform.ts'
import type { ReportFault } from './perform.ts'
import type { ThreadOptions } from './messages.ts'
import { ReaderPool } from './reader-pool.ts'
import { startSettling } from './settling.ts'

/** Word of events goes to the other servers this often at most, in ms: it costs a transaction. */
const notifyPause = 25
/** What a close waits for a database that does not answer, in ms. */
const farewellTime = 5000
/** Requests that wait for the database at once, and characters of their bodies: beyond that they come again later. */
const mostWaiting = 8000
const mostText = 96 * 1024 * 1024

export interface NetworkOptions extends Omit<ThreadOptions, 'role'> {
  readonly database: Extract<DatabaseLocation, { engine: 'postgres' }>
  /** Connections at most, beside those of threads that heavy requests need. */
  readonly poolSize: number
}

/**
 * Carries requests out in this process, over a database on the network that any number of servers share. It starts
 * while the database is away, or is being migrated by another server; until it can be used, requests get a retryable
 * error.
 * @param note tells whoever runs the server that the database went away, and that it is back.
 * @throws StartupError where waiting would not help.
 */
export async function startNetworkExecutor(
  options: NetworkOptions,
  report: ReportFault,
  note: (sentence: string) => void,
): Promise<Executor> {
  const listeners: ((lastId: number) => void)[] = []
  let announced = 0
  let waiting = 0
  let text = 0

  const { url } = options.database
  const database = openPostgres({ url, poolSize: options.poolSize }, announceHere)
  const service = createDataService(database, options)
  // Started when they are first needed, as each takes memory.
  const readers = new ReaderPool(() => startDataThread({ ...options, role: 'reader' }, report), report)
  const settling = startSettling((limit) => service.store.settleRuns(limit), report)

  function announce(newest: number): void {
    if (newest <= announced) return
    announced = newest
    tellListeners()
  }

  function tellListeners(): void {
    for (const listener of listeners) listener(announced)
  }

  let notified = 0
  let notifying: NodeJS.Timeout | undefined

  /** Those who listen in this process hear of a commit here at once, the other servers once in a while. */
  function announceHere(newest: number): void {
    announce(newest)
    notifying ??= setTimeout(() => {
      notifying = undefined
      if (announced <= notified) return
      notified = announced
      link.notify(announced)
    }, notifyPause)
  }

  const link = linkDatabase({
    url,
    database,
    prepare: () => service.store.prepare(),
    look: async () => announce(await service.store.events.lastId()),
    onEvents: announce,
    onReady() {
      settling.soon()
      // What they heard of before may still have to be read.
      tellListeners()
    },
    note,
    report,
  })

  const close = async (): Promise<void> => {
    clearTimeout(notifying)
    const cutting = setTimeout(() => database.suspend(), farewellTime)
    await settling.close()
    await readers.close()
    await link.close()
    await database.close()
    clearTimeout(cutting)
  }
  try {
    await link.begun
  } catch (error) {
    await close()
    throw error
  }

  async function carryOut(request: RawRequest): Promise<RawReply> {
    const endpoint: Endpoint = endpoints[request.endpoint]
    if (endpoint.cost === 'heavy') {
      const thread = await readers.choose()
      if (thread) return thread.run(request)
    }
    const { status, body, file } = await perform(service, request, report)
    if (endpoint.mode === 'write') settling.soon()
    if (typeof body === 'string') return { status, body, file }
    try {
      const short = await shortText(body)
      return { status, body: typeof short === 'string' ? short : inParts(short), file }
    } catch (error) {
      return errorReply(request.endpoint, error, report) as RawReply
    }
  }

  return {
    async execute(request: RawRequest): Promise<RawReply> {
      const refusal = link.refusal()
      if (refusal !== undefined) return unavailable(refusal)
      const length = request.body?.length ?? 0
      if (waiting > 0 && (waiting >= mostWaiting || text + length > mostText)) return unavailable(tooMuch)
      waiting++
      text += length
      try {
        return await carryOut(request)
      } finally {
        waiting--
        text -= length
      }
    },
    operations: operationsBy(async (name, argument) => {
      const refusal = link.refusal()
      if (refusal !== undefined) throw new ApiError('TEMPORARILY_UNAVAILABLE', refusal)
      const operate = service.operations[name] as (argument: unknown) => Promise<unknown>
      const result = await operate(argument)
      if (isWriting(name)) settling.soon()
      return result
    }),
    onEvents: (listener) => void listeners.push(listener),
    readiness: () => link.readiness(),
    close,
  }
}

const tooMuch = 'As many requests wait for the database as this server holds. Try again.'
