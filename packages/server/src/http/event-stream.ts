import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import { matches, selectionOf } from '../events/selection.ts'
import type { EventSelection } from '../events/store.ts'
import type { Operations } from '../operations.ts'
import { createEventWindow } from './event-window.ts'
import { queryRequest } from './stream-request.ts'
import type { StreamHandler } from './stream-request.ts'

/** A connection that is silent for so long, in ms, gets a comment, so that nobody on the way takes it for dead. */
const heartbeatTime = 15_000
/** A client that reads nothing for so long, in ms, is let go: it may come back and goes on where it was. */
const stallTime = 60_000
/** The main thread serves connections for this many ms, then does other things first. */
const turnTime = 4
/** Text that is written at once, in characters. */
const mostText = 64 * 1024
/** How long after one round of all connections, in ms, the next begins at the earliest, and how much more for each. */
const roundPause = 20
const roundPausePerConnection = 0.2

export interface EventStreamOptions {
  readonly operations: Pick<Operations, 'lastEventId' | 'eventsAfter'>
  /** Calls the listener soon after events were added, with the newest one's id. */
  readonly onEvents: (listener: (lastId: number) => void) => void
  readonly report: (error: unknown) => void
  readonly heartbeatTime?: number
}

export interface EventStream {
  readonly handler: StreamHandler
  /** Ends all connections, and each new one at once. */
  close(): void
}

interface Connection {
  readonly response: ServerResponse
  readonly selection: EventSelection
  /** All events up to this id were sent, as far as they are selected. */
  position: number
  /** The id that the client knows to go on behind. */
  told: number
  /** What was written waits for the client to read. */
  isBlocked: boolean
  /** When something was written last. */
  writtenAt: number
}

/**
 * Live events as server-sent events. New events are read once for all connections; a connection is a position among
 * them, moved on when its client has read. So one that is slow, or comes back after a while, holds no events in memory
 * and reads what it missed from the store, page by page.
 */
export function createEventStream(options: EventStreamOptions): EventStream {
  const { operations, report } = options
  const silence = options.heartbeatTime ?? heartbeatTime
  const window = createEventWindow(operations)
  const connections = new Set<Connection>()
  /** Those that may have something to send. */
  const ready = new Set<Connection>()
  let isServing = false
  let isFollowing = false
  let hasNews = false
  let isClosed = false
  let beats: NodeJS.Timeout | undefined

  options.onEvents(() => {
    if (connections.size > 0) void follow()
  })

  /** Reads what is new, in rounds: under constant writing all that came meanwhile is sent at once. */
  async function follow(): Promise<void> {
    hasNews = true
    if (isFollowing) return
    isFollowing = true
    try {
      while (hasNews) {
        hasNews = false
        while (connections.size > 0 && (await window.readOn())) {
          for (const connection of connections) wake(connection)
          await sleep(roundPause + roundPausePerConnection * connections.size, undefined, { ref: false })
        }
      }
    } catch (error) {
      // With the next event, or the next beat, it is tried again.
      report(error)
    } finally {
      isFollowing = false
    }
  }

  function wake(connection: Connection): void {
    if (connection.isBlocked) return
    ready.add(connection)
    if (isServing) return
    isServing = true
    setImmediate(() => void serveReady())
  }

  async function serveReady(): Promise<void> {
    const begun = performance.now()
    for (const connection of ready) {
      ready.delete(connection)
      try {
        await serve(connection)
      } catch (error) {
        // The client comes back and goes on where it was.
        drop(connection)
        connection.response.end()
        report(error)
      }
      if (performance.now() - begun > turnTime) break
    }
    isServing = ready.size > 0
    if (isServing) setImmediate(() => void serveReady())
  }

  async function serve(connection: Connection): Promise<void> {
    const events = await window.behind(connection.position)
    if (!connections.has(connection)) return
    let text = ''
    for (const one of events) {
      if (text.length > mostText) break
      connection.position = one.id
      if (matches(connection.selection, one.event)) {
        text += one.text
        connection.told = one.id
      }
    }
    if (text !== '') write(connection, text)
    else if (performance.now() - connection.writtenAt >= silence) write(connection, heartbeat(connection))
    if (connection.position < window.end) wake(connection)
  }

  function write(connection: Connection, text: string): void {
    const { response } = connection
    connection.writtenAt = performance.now()
    connection.isBlocked = !response.write(text)
    if (!connection.isBlocked) return
    response.once('drain', () => {
      connection.isBlocked = false
      if (connections.has(connection)) wake(connection)
    })
  }

  function beat(): void {
    const now = performance.now()
    for (const connection of connections) {
      const since = now - connection.writtenAt
      if (!connection.isBlocked && since >= silence) wake(connection)
      else if (connection.isBlocked && since >= stallTime) connection.response.destroy()
    }
    // Where a notice was lost, as when the thread that gives them ended.
    void follow()
  }

  function add(connection: Connection, newest: number): void {
    if (connections.size === 0) window.startAt(newest)
    connections.add(connection)
    connection.response.once('close', () => drop(connection))
    beats ??= setInterval(beat, silence / 4).unref()
    wake(connection)
    // Events may have come since `newest` was read.
    void follow()
  }

  function drop(connection: Connection): void {
    connections.delete(connection)
    ready.delete(connection)
    if (connections.size > 0) return
    clearInterval(beats)
    beats = undefined
  }

  return {
    async handler(request, reply) {
      const { after, ...selected } = queryRequest('streamEvents', request)
      const selection = selectionOf(selected)
      const newest = await operations.lastEventId()
      const asked = lastIdOf(request) ?? (after === undefined ? undefined : String(after))
      const isKnown = asked !== undefined && /^-?\d+$/.test(asked) && Number(asked) <= newest
      const position = isKnown ? Number(asked) : newest
      const response = open(request, reply)
      if (response === undefined) return reply
      const connection = { response, selection, position, told: position, isBlocked: false, writtenAt: 0 }
      response.on('error', () => {})
      write(connection, greeting(connection, asked !== undefined && !isKnown))
      if (isClosed) response.end()
      else if (!response.destroyed) add(connection, newest)
      return reply
    },
    close() {
      isClosed = true
      for (const connection of connections) {
        drop(connection)
        if (connection.isBlocked) connection.response.destroy()
        else connection.response.end()
      }
    },
  }
}

/** Sends the head; undefined where that is all that was asked for. */
function open(request: FastifyRequest, reply: FastifyReply): ServerResponse | undefined {
  reply.headers({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    // Proxies such as nginx would keep events until they have a buffer full.
    'x-accel-buffering': 'no',
  })
  if (request.method === 'HEAD') {
    void reply.send(Readable.from([]))
    return undefined
  }
  reply.hijack()
  const headers = reply.getHeaders()
  return reply.raw.writeHead(200, headers as Record<string, string>)
}

/** A client that comes back says by this header where it was, whatever the address says. */
function lastIdOf(request: FastifyRequest): string | undefined {
  const given = request.headers['last-event-id']
  return given === undefined || given === '' ? undefined : String(given)
}

/**
 * The first lines: a comment, so that something comes at once; when to come back; and the id to go on behind, so that a
 * client whose connection breaks before the first event misses none.
 */
function greeting({ position }: Connection, isReset: boolean): string {
  const reset = isReset ? `event: reset\ndata: {"last_id":${position}}\n` : ''
  return `: Trackway's events\nretry: 2000\nid: ${position}\n${reset}\n`
}

/** An id without data is no event, but what the client goes on behind: it need not look at the same events again. */
function heartbeat(connection: Connection): string {
  if (connection.told === connection.position) return ':\n\n'
  connection.told = connection.position
  return `id: ${connection.position}\n\n`
}
