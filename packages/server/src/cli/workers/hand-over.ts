import type { Socket } from 'node:net'

import type { WorkerProcess } from './worker-process.ts'

/** Spreads connections over the workers that serve. */
export interface HandOver {
  add(worker: WorkerProcess): void
  remove(worker: WorkerProcess): void
  take(socket: Socket): void
  /** Gives away what waits, where a worker can take it now. */
  goOn(): void
}

/** How long, in ms, a connection waits for a worker before it is told to come again. */
const longestWait = 5000
/** How often, in ms, it is looked whether the connections are spread evenly. */
const levelTime = 2000
/** Fewer than so many more than another worker has are no matter. */
const fewConnections = 4
const comeAgain =
  '{"error_code":"TEMPORARILY_UNAVAILABLE","message":"No process of the server can take the request now; try again."}'

/**
 * The worker with the fewest connections gets the next one. A worker gets one at a time, so one that is busy is passed
 * over. As clients keep connections for long, one that came back after a fault would stay without any: so the one with
 * the most ends some with their next reply, and their clients come again.
 */
export function createHandOver(): HandOver {
  const workers = new Set<WorkerProcess>()
  const waiting = new Map<Socket, NodeJS.Timeout>()

  function goOn(): void {
    for (const [socket, timer] of waiting) {
      const worker = leastBusy()
      if (!worker) return
      clearTimeout(timer)
      waiting.delete(socket)
      if (!socket.destroyed) worker.take(socket)
    }
  }

  function leastBusy(): WorkerProcess | undefined {
    let found: WorkerProcess | undefined
    for (const worker of workers) {
      if (worker.isFree() && worker.connections() < (found?.connections() ?? Infinity)) found = worker
    }
    return found
  }

  function level(): void {
    const byLoad = [...workers].toSorted((a, b) => a.connections() - b.connections())
    const [least, most] = [byLoad.at(0), byLoad.at(-1)]
    if (!least || !most) return
    const difference = most.connections() - least.connections()
    if (difference >= Math.max(fewConnections, most.connections() / 4)) most.shed(Math.floor(difference / 2))
  }

  function giveUp(socket: Socket): void {
    waiting.delete(socket)
    socket.resume()
    socket.end(
      'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n' +
        `Content-Type: application/json\r\nContent-Length: ${comeAgain.length}\r\n\r\n${comeAgain}`,
    )
    // A client that goes on sending must not keep it open.
    setTimeout(() => socket.destroy(), longestWait).unref()
  }

  setInterval(level, levelTime).unref()

  return {
    goOn,
    add(worker) {
      workers.add(worker)
      goOn()
    },
    remove: (worker) => void workers.delete(worker),
    take(socket) {
      socket.on('error', () => {})
      waiting.set(
        socket,
        setTimeout(() => giveUp(socket), longestWait),
      )
      goOn()
    },
  }
}
