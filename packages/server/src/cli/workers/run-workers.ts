import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { lookup } from 'node:dns/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'

import type { ServerConfig } from '../../config.ts'
import { StartupError, toStartupError } from '../../startup-error.ts'
import { announce, tell } from '../server-output.ts'
import { stopSignal } from '../stop-signal.ts'
import { createWorkerPool } from './worker-pool.ts'
import type { WorkerPool } from './worker-pool.ts'

/** What clients sent before the stop, in ms, is still taken. */
const settleTime = 200

/**
 * Serves with several processes behind one port. This one takes connections and hands them to workers: what node:cluster
 * does too, but that leaves a connection open for ever that was on its way to a worker which died.
 * @returns the exit code: 0 after a clean stop, 1 where the server could not start.
 */
export async function runWorkers(config: ServerConfig): Promise<number> {
  const pool = createWorkerPool(config, (level, message) => tell(config, level, message))
  const stopped = stopSignal(config, (code) => {
    pool.killAll()
    process.exit(code)
  })
  restartOnHangUp(pool)
  let listeners: Server[] = []
  try {
    listeners = await listenOn(config, (socket) => pool.take(socket))
    const started = pool.start().then(() => announce(config, urlOf(config, listeners[0])))
    await Promise.race([started, stopped])
    await stopped
    pool.retire()
    await sleep(config.shutdownDelay + settleTime)
    return 0
  } catch (error) {
    const failure = toStartupError(error, config)
    if (failure === undefined) throw error
    tell(config, 'fatal', failure.message)
    pool.killAll()
    return 1
  } finally {
    for (const listener of listeners) listener.close()
    await pool.close()
  }
}

/** SIGHUP replaces the workers one by one, except where it tells that the terminal is gone. */
function restartOnHangUp(pool: WorkerPool): void {
  const hasTerminal = isatty(0)
  process.on('SIGHUP', () => {
    if (hasTerminal && !isatty(0)) process.kill(process.pid, 'SIGTERM')
    else void pool.restart()
  })
}

/** As the HTTP server of one process does, it takes every address of `localhost`. */
async function listenOn({ host, port }: ServerConfig, take: (socket: Socket) => void): Promise<Server[]> {
  const addresses = host === 'localhost' ? (await lookup(host, { all: true })).map(({ address }) => address) : [host]
  const listeners: Server[] = []
  let chosen = port
  for (const address of new Set(addresses)) {
    const listener = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, take)
    try {
      await new Promise<void>((resolve, reject) => {
        listener.once('error', reject)
        listener.listen({ host: address, port: chosen, backlog }, resolve)
      })
    } catch (error) {
      // Where localhost has a second address that cannot be used, the first will do.
      if (listeners.length === 0) throw error
      continue
    }
    listeners.push(listener)
    chosen = (listener.address() as AddressInfo).port
  }
  return listeners
}

const backlog = 511

function urlOf({ host, staticPrefix }: ServerConfig, listener: Server | undefined): string {
  const address = listener?.address()
  if (!address || typeof address === 'string') throw new StartupError(`The server does not listen on ${host}.`)
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${name}:${address.port}${staticPrefix}`
}
