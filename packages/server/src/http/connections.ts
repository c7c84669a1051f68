import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long after the stop began, in ms, what clients sent before it is still read and answered. */
const settleTime = 200
/** A client that leaves its own request unfinished, or its reply unread, for this long in ms holds no stop up. */
const stallTime = 5000
const sweepTime = 50

export interface Connections {
  /** Whether the reply to this request is the last on its connection. */
  isLast(): boolean
  /** Makes the next replies, so many of them, the last on their connections. */
  shed(count: number): void
  /** Serves a connection that another process took. */
  accept(socket: Socket): void
  /**
   * Makes each reply the last on its connection.
   * @param idleTime how long from now on, in ms, a connection may be silent before `drain` closes it; the shortest
   *   of all calls counts. Where new ones go to another process, each has that time to hear that it is to end.
   */
  retire(idleTime?: number): void
  /**
   * Ends the connections, each when its request is answered: resolves when all have, and `close` has.
   * Node's own closing cuts off requests that lie unread in the connection, and waits a minute for those that send nothing.
   */
  drain(close: () => Promise<unknown>): Promise<void>
}

interface Activity {
  request: IncomingMessage | undefined
  /** Bytes moved, and when that number was last seen to change. */
  moved: number
  since: number
}

/** Follows what each of a server's connections is doing. */
export function watchConnections(server: Server): Connections {
  const active = new Map<Socket, Activity>()
  let closing = false
  let isAccepting = false
  let surplus = 0
  /** When connections that are silent are closed. */
  let settled = Infinity

  server.on('connection', (socket) => {
    active.set(socket, { request: undefined, moved: 0, since: 0 })
    socket.once('close', () => active.delete(socket))
  })
  server.on('request', (request, response) => {
    const activity = active.get(request.socket)
    if (!activity) return
    activity.request = request
    response.once('close', () => {
      if (activity.request === request) activity.request = undefined
    })
  })

  function sweep(now: number): void {
    for (const [socket, activity] of active) {
      const { request } = activity
      const moved = socket.bytesRead + socket.bytesWritten
      if (moved !== activity.moved || activity.since === 0) Object.assign(activity, { moved, since: now })
      // A request that is being worked on moves no bytes; one that is not whole, or whose reply is stuck, waits for its client.
      const waitsForClient = request !== undefined && (!request.complete || socket.writableLength > 0)
      if (!request || (waitsForClient && now - activity.since > stallTime)) socket.destroy()
    }
  }

  /** Until the time is over, or nobody is there any more where no new connections come. */
  async function settle(): Promise<void> {
    while (performance.now() < settled && (server.listening || active.size > 0)) await sleep(sweepTime)
  }

  return {
    isLast() {
      if (closing) return true
      return surplus > 0 && surplus-- > 0
    },
    shed(count) {
      surplus = count
    },
    accept(socket) {
      // Node's own server does the same: a client may end its side when it has asked.
      socket.allowHalfOpen = true
      // Without this no request of such a connection would ever be too slow.
      if (!isAccepting) server.emit('listening')
      isAccepting = true
      server.emit('connection', socket)
    },
    retire(idleTime = Infinity) {
      closing = true
      settled = Math.min(settled, performance.now() + Math.max(idleTime, settleTime))
    },
    async drain(close) {
      await settle()
      const sweeping = setInterval(() => sweep(performance.now()), sweepTime)
      try {
        await close()
        while (active.size > 0) await sleep(sweepTime)
      } finally {
        clearInterval(sweeping)
      }
    },
  }
}
