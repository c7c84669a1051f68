import { fork } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

import type { ServerConfig } from '../../config.ts'
import type { MetricsReport } from '../../http/metrics-report.ts'
import { StartupError } from '../../startup-error.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** A worker as the primary sees it. */
export interface WorkerProcess {
  readonly slot: number
  readonly pid: number | undefined
  /**
   * Resolves when it serves, with whether its database can be reached. Rejects with a StartupError where it cannot
   * start, also when it ends before.
   */
  readonly serves: Promise<boolean>
  /** Resolves with the exit code or signal when the process has ended. */
  readonly gone: Promise<number | NodeJS.Signals>
  /** Connections that it has now. */
  connections(): number
  /** False while a connection is on its way there. */
  isFree(): boolean
  /** Hands a connection over. One that the worker had not taken when it ended is given to `onReturned`. */
  take(socket: Socket): void
  /** Asks it to end so many of its connections with their next reply. */
  shed(count: number): void
  retire(): void
  stop(idleTime: number): void
  /** What it counts; what it last told where it does not answer soon; undefined where it never did. */
  report(): Promise<MetricsReport | undefined>
  kill(): void
}

interface WorkerEvents {
  onFree(): void
  onReturned(socket: Socket): void
  onLeaving(worker: WorkerProcess): void
  /** It wants to know what the others count. */
  othersReports(asking: WorkerProcess): Promise<readonly MetricsReport[]>
}

/** How long, in ms, a worker that is busy may take to say what it counts. */
const reportTime = 1000

export function startWorkerProcess(slot: number, config: ServerConfig, events: WorkerEvents): WorkerProcess {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
  const child = fork(fileURLToPath(new URL(file, import.meta.url)))
  const asked = new Map<number, () => void>()
  let handedOver: Socket | undefined
  let connections = 0
  let lastId = 0
  let lastReport: MetricsReport | undefined

  const { promise: serves, resolve: begins, reject: fails } = Promise.withResolvers<boolean>()
  serves.catch(() => {})
  const { promise: gone, resolve: ends } = Promise.withResolvers<number | NodeJS.Signals>()

  child.on('message', (message: FromWorker) => receive(message))
  child.on('error', (error) => fails(error))
  // Not 'exit': what the worker told last may still lie in the channel then.
  child.on('close', (code, signal) => {
    fails(new StartupError(`A worker ended while it started (${signal ?? `exit code ${code}`}). Its output says why.`))
    for (const answer of asked.values()) answer()
    // It tells that it has taken a connection before it reads from it, so nothing of this one is lost.
    if (handedOver) events.onReturned(handedOver)
    ends(signal ?? code ?? 1)
  })
  post({ start: config, slot })

  function post(message: ToWorker, socket?: Socket): void {
    if (!child.connected) return
    // What cannot be sent any more is told by the end of the process.
    child.send(message, socket, { keepOpen: true }, () => {})
  }

  function receive(message: FromWorker): void {
    if ('serves' in message) begins(message.isReady)
    else if ('startupFailure' in message) fails(new StartupError(message.startupFailure))
    else if ('taken' in message) {
      handedOver?.destroy()
      handedOver = undefined
      events.onFree()
    } else if ('ended' in message) connections -= message.ended
    else if ('leaving' in message) events.onLeaving(worker)
    else if ('farewell' in message) lastReport = message.farewell
    else if ('report' in message) {
      lastReport = message.report
      asked.get(message.id)?.()
    } else {
      const id = message.wantReports
      void events.othersReports(worker).then((reports) => post({ reports, id }))
    }
  }

  const worker: WorkerProcess = {
    slot,
    pid: child.pid,
    serves,
    gone,
    connections: () => connections,
    isFree: () => handedOver === undefined,
    take(socket) {
      connections++
      handedOver = socket
      post({ connection: true }, socket)
    },
    shed: (count) => post({ shed: count }),
    retire: () => post({ retire: true }),
    stop: (idleTime) => post({ stop: idleTime }),
    async report() {
      if (!child.connected) return lastReport
      const id = ++lastId
      await new Promise<void>((resolve) => {
        asked.set(id, resolve)
        setTimeout(resolve, reportTime).unref()
        post({ wantReport: id })
      })
      asked.delete(id)
      return lastReport
    },
    kill: () => void child.kill('SIGKILL'),
  }
  return worker
}
