import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long after the stop began, in ms, what clients sent before it is still read and answered. */
const settleTime = 200
/** A client that leaves its own request unfinished, or its reply unread, for this long in ms holds no stop up. */
const stallTime = 5000
const sweepTime = 50

export interface Connections {
  /** From now on each reply is the last on its connection. */
  readonly isClosing: boolean
  /**
   * Ends the connections, each when its request is answered: resolves when `close`, which waits for all of them, has.
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

  return {
    get isClosing() {
      return closing
    },
    async drain(close) {
      closing = true
      await sleep(settleTime)
      const sweeping = setInterval(() => sweep(performance.now()), sweepTime)
      try {
        await close()
      } finally {
        clearInterval(sweeping)
      }
    },
  }
}
