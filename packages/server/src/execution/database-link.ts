import { setTimeout as sleep } from 'node:timers/promises'

import { ApiError } from '@trackway/api'

import { StartupError } from '../startup-error.ts'
import { codeOf, isAway } from '../storage/sql/dialects/postgres-errors.ts'
import { listenPostgres, migratePostgres } from '../storage/sql/dialects/postgres.ts'
import type { Listening, NetworkDatabase } from '../storage/sql/dialects/postgres.ts'
import type { Readiness } from './executor.ts'
import type { ReportFault } from './perform.ts'

/** How long, in ms, to wait before a database that is away is tried again: at first, and at most. */
const firstPause = 50
const longestPause = 1000
/** What a start waits for the database, in ms, before it goes on without. */
const patience = 4000
/**
 * How often, in ms, to look whether the database answers, and for events of servers whose word of them was lost; and
 * how long it may take to answer. A database that hangs is given up within the sum.
 */
const probePause = 3000
const probeTime = 6000

/** A server's hold on a database on the network: it migrates, listens, and begins again when the database was away. */
export interface DatabaseLink {
  /** Whether the database can be used, as far as was seen in the last seconds. */
  readiness(): Readiness
  /** Why a request cannot even be tried now; undefined where it can. */
  refusal(): string | undefined
  /** Tells the other servers of events. */
  notify(newest: number): void
  /**
   * Resolves when the database can be used, is known to be away, or keeps silent for 4 s. Rejects with a StartupError
   * where waiting would not help.
   */
  readonly begun: Promise<void>
  close(): Promise<void>
}

export interface DatabaseLinkParts {
  readonly url: string
  readonly database: Pick<NetworkDatabase, 'suspend' | 'resume'>
  /** What is done once, on a database that is up to date. */
  readonly prepare: () => Promise<void>
  /** Reads through the connections that requests use whether there are events that nobody told of. */
  readonly look: () => Promise<void>
  readonly onEvents: (newest: number) => void
  /** Called each time when the database can be used again. */
  readonly onReady: () => void
  /** Tells whoever runs the server, in a sentence. */
  readonly note: (sentence: string) => void
  readonly report: ReportFault
}

export function linkDatabase(parts: DatabaseLinkParts): DatabaseLink {
  const { url, database, note, report } = parts
  const closing = new AbortController()
  const { signal } = closing
  const begun = Promise.withResolvers<void>()
  let state: Readiness = { ready: false, reason: 'The server is connecting to the database.' }
  let listening: Listening | undefined
  let isPrepared = false
  let isSuspended = false
  let isLooking = false
  let hasBegun = false
  const waiting = setTimeout(begin, patience)
  let told: string | undefined
  const keeping = keep()

  async function keep(): Promise<void> {
    let pause = firstPause
    while (!signal.aborted) {
      try {
        if (!isPrepared) await prepare()
        listening = await listenPostgres(url, parts.onEvents, signal)
        pause = firstPause
        void lookThroughPool()
        await watch(listening)
        // It was cut: perhaps all is well otherwise.
        continue
      } catch (error) {
        if (signal.aborted) break
        if (error instanceof StartupError && !hasBegun) return begun.reject(error)
        await listening?.close()
        leave(error)
      }
      begin()
      await sleep(pause, undefined, { signal }).catch(() => {})
      pause = Math.min(2 * pause, longestPause)
    }
  }

  async function prepare(): Promise<void> {
    await migratePostgres(url, {
      signal,
      onConnected() {
        state = { ready: false, reason: 'The database is being brought up to date.' }
      },
    })
    resume()
    await parts.prepare()
    isPrepared = true
  }

  /** Returns when the connection is lost. @throws where the database no longer answers. */
  async function watch(connection: Listening): Promise<void> {
    let isGone = false
    void connection.gone.then(() => (isGone = true))
    while (!isGone && !signal.aborted) {
      await Promise.race([connection.gone, sleep(probePause, undefined, { signal }).catch(() => {})])
      if (isGone || signal.aborted) return
      await probe(connection)
      void lookThroughPool()
    }
  }

  async function probe(connection: Listening): Promise<void> {
    let hasAnswered = false
    const answer = connection.probe().then(() => (hasAnswered = true))
    await Promise.race([answer, sleep(probeTime, undefined, { ref: false })])
    // Where it was this process that stood still, the answer lies there unread.
    if (!hasAnswered) await Promise.race([answer, sleep(100)])
    if (!hasAnswered) throw new Error(`timeout exceeded: nothing was heard for ${probeTime / 1000} s`)
  }

  /** Requests may find no connection though we have one. Never rejects. */
  async function lookThroughPool(): Promise<void> {
    resume()
    if (isLooking) return
    isLooking = true
    try {
      await parts.look()
      if (!isSuspended) arrive()
    } catch (error) {
      const cause = error instanceof ApiError ? error.cause : undefined
      if (codeOf(cause) === noConnectionLeft) depart(spent, cause)
      // Those that are busy, or were cut a moment ago, are tried again.
      else if (!(error instanceof ApiError)) report('The database', error)
    } finally {
      isLooking = false
    }
  }

  function begin(): void {
    hasBegun = true
    clearTimeout(waiting)
    begun.resolve()
  }

  function arrive(): void {
    if (told !== undefined) note('The database can be used again.')
    told = undefined
    if (!state.ready) {
      state = { ready: true }
      parts.onReady()
    }
    begin()
  }

  function leave(error: unknown): void {
    listening = undefined
    // Those that we have go on working; events are looked for meanwhile.
    if (isPrepared && codeOf(error) === noConnectionLeft) return void lookThroughPool()
    isSuspended = true
    database.suspend()
    depart(codeOf(error) === noConnectionLeft ? spent : away, error)
  }

  function resume(): void {
    if (!isSuspended) return
    isSuspended = false
    database.resume()
  }

  function depart(reason: string, error: unknown): void {
    state = { ready: false, reason }
    if (told === reason) return
    told = reason
    const isExpected = isAway(error) || codeOf(error) === noConnectionLeft || error instanceof StartupError
    if (!isExpected) report('The database', error)
    note(`${reason} It is tried again until it can. (${wordsOf(error)})`)
  }

  return {
    readiness: () => state,
    refusal: () => (isPrepared && !isSuspended ? undefined : (state.reason ?? away)),
    notify(newest) {
      // Should the word be lost, the others find the events at their next look.
      listening?.notify(newest).catch(() => {})
    },
    begun: begun.promise,
    async close() {
      closing.abort()
      clearTimeout(waiting)
      await keeping
      await listening?.close()
    },
  }
}

const away = 'The database cannot be reached now.'
const spent = 'The database has no connection left for this server.'
const noConnectionLeft = '53300'

function wordsOf(error: unknown): string {
  const { message } = error as Error
  return message === '' ? codeOf(error) : message
}
