import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import type { TrackwayApp } from '../../app.ts'
import type { ServerConfig } from '../../config.ts'
import type { MetricsReport } from '../../http/metrics-report.ts'
import { toStartupError } from '../../startup-error.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** Where the primary is gone, or somebody ends this process only, connections may be silent for so many ms. */
const idleTime = 2000

/** Requests that come in the first ms wait for the database rather than being refused. */
const connectTime = 2000

let app: TrackwayApp | undefined
let stopping: Promise<void> | undefined
let lastId = 0
const asked = new Map<number, (reports: readonly MetricsReport[]) => void>()
let ended = 0

// Ctrl+C and the end of a terminal reach every process of it: the primary says what is to be done.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('SIGTERM', () => {
  tell({ leaving: true })
  void stop(idleTime)
})
process.on('disconnect', () => void stop(idleTime))
process.on('message', (message: ToWorker, socket?: Socket) => receive(message, socket))
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

function receive(message: ToWorker, socket: Socket | undefined): void {
  if ('start' in message) void start(message.start, message.slot)
  else if ('connection' in message) take(socket)
  else if ('retire' in message) app?.retire()
  else if ('shed' in message) app?.shed(message.shed)
  else if ('stop' in message) void stop(message.stop)
  else if ('reports' in message) {
    asked.get(message.id)?.(message.reports)
    asked.delete(message.id)
  } else void app?.metricsReport().then((report) => tell({ report, id: message.wantReport }))
}

async function start(config: ServerConfig, slot: number): Promise<void> {
  try {
    const { createApp } = await import('../../app.ts')
    app = await createApp(config, { slot, reports: othersReports })
    await untilReady(app)
    tell({ serves: true, isReady: app.readiness().ready })
  } catch (error) {
    const failure = toStartupError(error, config)
    if (failure === undefined) throw error
    process.exitCode = 1
    tell({ startupFailure: failure.message }, () => process.exit())
  }
}

async function untilReady(started: TrackwayApp): Promise<void> {
  const begun = performance.now()
  while (!started.readiness().ready && performance.now() - begun < connectTime) await sleep(20)
}

/** The primary knows before the first byte is read that the connection is this worker's. */
function take(socket: Socket | undefined): void {
  tell({ taken: true })
  // The client had gone meanwhile.
  if (!socket || !app) return sayEnded()
  socket.once('close', sayEnded)
  app.accept(socket)
}

function sayEnded(): void {
  if (++ended > 1) return
  setImmediate(() => {
    tell({ ended })
    ended = 0
  })
}

function stop(silence: number): Promise<void> | undefined {
  // Requests would come to nobody, as it never said that it is ready.
  if (!app) process.exit()
  const running = app
  const closed = running.close(silence)
  stopping ??= closed.then(async () => {
    tell({ farewell: await running.metricsReport() }, () => process.connected && process.disconnect())
  })
  return stopping
}

function othersReports(): Promise<readonly MetricsReport[]> {
  const id = ++lastId
  return new Promise((resolve) => {
    asked.set(id, resolve)
    tell({ wantReports: id })
  })
}

/** What the primary cannot hear any more needs no telling. */
function tell(message: FromWorker, then: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, then)
  else then()
}
