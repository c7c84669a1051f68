import { setTimeout as sleep } from 'node:timers/promises'

import type { ServerConfig } from '../../config.ts'
import { addReport, emptyReport } from '../../http/metrics-report.ts'
import type { MetricsReport } from '../../http/metrics-report.ts'
import { StartupError } from '../../startup-error.ts'
import type { Level } from '../server-output.ts'
import { createHandOver } from './hand-over.ts'
import type { HandOver } from './hand-over.ts'
import { startWorkerProcess } from './worker-process.ts'
import type { WorkerProcess } from './worker-process.ts'

export interface WorkerPool extends Pick<HandOver, 'take'> {
  /** Starts all. @throws StartupError as soon as one of them cannot start. */
  start(): Promise<void>
  /** Replaces one worker after the other, each when the next one serves. */
  restart(): Promise<void>
  /** Readiness is false from now on, and each reply the last on its connection. */
  retire(): void
  /** Waits until all have finished what they have taken. */
  close(): Promise<void>
  killAll(): void
}

interface Slot {
  readonly number: number
  worker: WorkerProcess | undefined
  /** Ends in a row, each soon after its start. */
  failures: number
  /** Another worker is being started for this place. */
  isChanging: boolean
}

/** A worker that served for so many ms is not taken for one that cannot. */
const soundTime = 30_000
const firstPause = 1000
const longestPause = 30_000
/** How long, in ms, connections to a worker that is replaced may be silent before they are closed. */
const idleTime = 2000
/** A restart goes on when a worker has taken so many ms to finish; a large upload may take longer. */
const longestFarewell = 30_000

/** Keeps as many workers as the settings say, whatever happens to them. */
export function createWorkerPool(config: ServerConfig, tell: (level: Level, message: string) => void): WorkerPool {
  const slots = Array.from({ length: config.workers }, (_, index): Slot => {
    return { number: index + 1, worker: undefined, failures: 0, isChanging: false }
  })
  const all = new Set<WorkerProcess>()
  const handOver = createHandOver()
  /** What those counted that are gone: a sum must never become less. */
  const departed = emptyReport()
  let isClosing = false
  let restarting: Promise<void> | undefined
  let restartsAgain = false

  /** @throws StartupError where the worker does not come up; with `mustBeReady` also where its database is away. */
  async function launch(slot: Slot, mustBeReady = false): Promise<WorkerProcess> {
    const worker = startWorkerProcess(slot.number, config, {
      onFree: () => handOver.goOn(),
      onReturned: (socket) => handOver.take(socket),
      onLeaving: (leaving) => handOver.remove(leaving),
      othersReports,
    })
    all.add(worker)
    void worker.gone.then(async () => {
      all.delete(worker)
      handOver.remove(worker)
      const report = await worker.report()
      if (report) addReport(departed, report)
    })
    const isReady = await worker.serves
    if (mustBeReady && !isReady) {
      worker.stop(0)
      throw new StartupError('It cannot reach the database now.')
    }
    const servesSince = performance.now()
    handOver.add(worker)
    slot.worker = worker
    void worker.gone.then((ending) => {
      if (isClosing || slot.worker !== worker || slot.isChanging) return
      if (performance.now() - servesSince > soundTime) slot.failures = 0
      tell('warn', `Worker ${slot.number} (process ${worker.pid}) ended (${told(ending)}). Another one is started.`)
      void revive(slot)
    })
    return worker
  }

  /** The first try is made at once; where that does not help either, the machine is left in peace for longer and longer. */
  async function revive(slot: Slot): Promise<void> {
    slot.isChanging = true
    while (!isClosing) {
      const pause = slot.failures === 0 ? 0 : Math.min(firstPause * 2 ** (slot.failures - 1), longestPause)
      slot.failures++
      await sleep(pause)
      if (isClosing) break
      try {
        await launch(slot)
        break
      } catch (error) {
        tell('warn', `Worker ${slot.number} cannot be started again yet. ${messageOf(error)}`)
      }
    }
    slot.isChanging = false
  }

  async function replace(slot: Slot): Promise<boolean> {
    const old = slot.worker
    // One that is being started again is new anyway.
    if (!old || slot.isChanging || isClosing) return true
    slot.isChanging = true
    try {
      await launch(slot, true)
    } catch (error) {
      tell('warn', `The restart was given up, as a new worker does not start. ${messageOf(error)}`)
      slot.isChanging = false
      if (!all.has(old)) void revive(slot)
      return false
    }
    slot.isChanging = false
    slot.failures = 0
    if (slot.worker && !all.has(slot.worker)) void revive(slot)
    handOver.remove(old)
    old.stop(idleTime)
    await Promise.race([old.gone, sleep(longestFarewell, undefined, { ref: false })])
    return true
  }

  async function restartAll(): Promise<void> {
    do {
      restartsAgain = false
      for (const slot of slots) if (!(await replace(slot))) return
    } while (restartsAgain && !isClosing)
    if (!isClosing) tell('info', 'All workers were replaced.')
  }

  async function othersReports(asking: WorkerProcess): Promise<readonly MetricsReport[]> {
    const others = [...all].filter((worker) => worker !== asking)
    const reports = await Promise.all(others.map((worker) => worker.report()))
    return [departed, ...reports.filter((report) => report !== undefined)]
  }

  return {
    take: (socket) => handOver.take(socket),
    async start() {
      await Promise.all(slots.map((slot) => launch(slot)))
    },
    async restart() {
      restartsAgain = true
      restarting ??= restartAll().finally(() => (restarting = undefined))
      await restarting
    },
    retire() {
      for (const worker of all) worker.retire()
    },
    async close() {
      isClosing = true
      for (const worker of all) worker.stop(0)
      await Promise.all([...all].map((worker) => worker.gone))
    },
    killAll() {
      isClosing = true
      for (const worker of all) worker.kill()
    },
  }
}

function told(ending: number | NodeJS.Signals): string {
  return typeof ending === 'number' ? `exit code ${ending}` : ending
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
