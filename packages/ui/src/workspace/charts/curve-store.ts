import { server } from '../../server.ts'
import type { ShownRun } from '../shown-runs.ts'
import { type Curve, curveOf } from './curve.ts'
import { errorOf } from '../../controls/thrown.ts'

/** Which curves a chart draws: over what x, in which range, how finely. */
export interface CurveAxis {
  /** STEP, TIME, RELATIVE or, over a metric, METRIC. */
  readonly x: 'STEP' | 'TIME' | 'RELATIVE' | 'METRIC'
  readonly xKey?: string | undefined
  readonly range?: readonly [number, number] | undefined
  readonly buckets: number
}

export interface CurveRequest {
  readonly axis: CurveAxis
  readonly keys: readonly string[]
  readonly runs: readonly ShownRun[]
}

export interface Curves {
  /** Those that are known, in the order of the runs. */
  readonly curves: readonly Curve[]
  readonly isLoading: boolean
  readonly error: Error | undefined
}

interface Entry {
  /** Undefined where the run has no such curve. */
  curve: Curve | undefined
  /** When it was asked for, in ms since the epoch. */
  readAt: number
  /** Whether the run went on then: what it has logged since is not here. */
  wasRunning: boolean
}

interface Shelf {
  readonly axis: CurveAxis
  /** By key, then by run. */
  readonly entries: Map<string, Map<string, Entry>>
  readonly wanted: Map<string, Map<string, ShownRun>>
  readonly asked: Map<string, Set<string>>
  error: Error | undefined
  /** Counts failures and what came after them. */
  changes: number
  readonly versions: Map<string, number>
}

/**
 * What the server takes at once; and so many values that a browser reads them without a pause that is felt, and that the
 * server reads the charts of a screen at the same time rather than one after the other.
 */
const most = { runs: 500, keys: 200, values: 20_000 }
/** A chart's demands of one moment are one request. */
const gatherMs = 20
/** Clocks differ: a point may be stamped so much before it came. */
const clockMs = 30_000
/** How long the main thread is kept at once, in ms. */
const sliceMs = 12
const mostShelves = 12

/**
 * The curves that charts have asked for. What is known is not asked for again: events of runs say nothing of points, so
 * they leave it alone. Demands are gathered into few requests; of runs that go on only what changed is read again.
 */
class CurveStore {
  #shelves = new Map<string, Shelf>()
  #listeners = new Set<() => void>()
  #isGathering = false
  #read = new WeakMap<CurveRequest, { readonly version: string; readonly curves: Curves }>()
  #changes = 0

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What is known of a request now; the same object until that changes, so that charts of others are not drawn again. */
  read(request: CurveRequest): Curves {
    const { axis, keys } = request
    const shelf = this.#shelves.get(shelfName(axis))
    const version = `${shelf?.changes ?? 0} ${keys.map((key) => shelf?.versions.get(key) ?? 0).join(' ')}`
    const before = this.#read.get(request)
    if (before?.version === version) return before.curves
    const curves = this.#find(request, shelf)
    this.#read.set(request, { version, curves })
    return curves
  }

  #find({ keys, runs }: CurveRequest, shelf: Shelf | undefined): Curves {
    const curves: Curve[] = []
    let isLoading = false
    for (const key of keys) {
      const entries = shelf?.entries.get(key)
      for (const run of runs) {
        const entry = entries?.get(run.id)
        if (entry?.curve) curves.push(entry.curve)
        isLoading ||= entry === undefined
      }
    }
    return { curves, isLoading, error: shelf?.error }
  }

  /** Has what is missing of a request read; curves of runs that ended since they were read are read once more. */
  want({ axis, keys, runs }: CurveRequest): void {
    const shelf = this.#shelf(axis)
    for (const key of keys) {
      const entries = shelf.entries.get(key)
      for (const run of runs) {
        const entry = entries?.get(run.id)
        const isDone = entry !== undefined && (!entry.wasRunning || run.status === 'RUNNING')
        if (isDone || shelf.asked.get(key)?.has(run.id) === true) continue
        at(shelf.wanted, key, () => new Map<string, ShownRun>()).set(run.id, run)
      }
    }
    if (shelf.wanted.size === 0 || this.#isGathering) return
    this.#isGathering = true
    setTimeout(() => void this.#flush(), gatherMs)
  }

  /** Reads what changed of the runs that go on; only their curves are replaced. */
  async poll(requests: readonly CurveRequest[]): Promise<void> {
    const byShelf = new Map<Shelf, Map<string, Map<string, ShownRun>>>()
    for (const { axis, keys, runs } of requests) {
      const wanted = at(byShelf, this.#shelf(axis), () => new Map<string, Map<string, ShownRun>>())
      for (const key of keys) {
        for (const run of runs) {
          if (run.status === 'RUNNING') at(wanted, key, () => new Map<string, ShownRun>()).set(run.id, run)
        }
      }
    }
    await Promise.all(
      [...byShelf].flatMap(([shelf, wanted]) =>
        parts(wanted, shelf.axis.buckets).map(async (part) => {
          const read = part.keys.flatMap((key) =>
            part.runs.map((run) => shelf.entries.get(key)?.get(run.id)?.readAt ?? 0),
          )
          try {
            await this.#load(shelf, part, Math.min(...read) - clockMs)
          } catch {
            // What is shown stays; the next turn asks again.
          }
        }),
      ),
    )
  }

  /** Forgets that something failed, so that it is asked for again. */
  retry(axis: CurveAxis): void {
    const shelf = this.#shelf(axis)
    shelf.error = undefined
    shelf.changes++
    this.#announce()
  }

  #shelf(axis: CurveAxis): Shelf {
    const name = shelfName(axis)
    const found = this.#shelves.get(name)
    const shelf = found ?? {
      axis,
      entries: new Map(),
      wanted: new Map(),
      asked: new Map(),
      error: undefined,
      changes: 0,
      versions: new Map<string, number>(),
    }
    // The one that was used last is the last that is forgotten.
    this.#shelves.delete(name)
    this.#shelves.set(name, shelf)
    for (const [oldest] of this.#shelves) {
      if (this.#shelves.size <= mostShelves) break
      this.#shelves.delete(oldest)
    }
    return shelf
  }

  async #flush(): Promise<void> {
    this.#isGathering = false
    const work = [...this.#shelves.values()].flatMap((shelf) => {
      if (shelf.error) return []
      const found = parts(shelf.wanted, shelf.axis.buckets)
      shelf.wanted.clear()
      return found.map((part) => ({ shelf, part }))
    })
    await Promise.all(
      work.map(async ({ shelf, part }) => {
        for (const key of part.keys)
          for (const run of part.runs) at(shelf.asked, key, () => new Set<string>()).add(run.id)
        try {
          await this.#load(shelf, part)
          if (shelf.error) shelf.changes++
          shelf.error = undefined
        } catch (error) {
          shelf.error = errorOf(error)
          shelf.changes++
        }
        for (const key of part.keys) for (const run of part.runs) shelf.asked.get(key)?.delete(run.id)
        this.#announce()
      }),
    )
  }

  async #load(shelf: Shelf, { keys, runs }: Part, changedSince?: number): Promise<void> {
    const { x, xKey, range, buckets } = shelf.axis
    const readAt = Date.now()
    const { series = [] } = await server.metricSeries({
      run_ids: runs.map(({ id }) => id),
      keys: [...keys],
      x,
      buckets,
      ...(xKey !== undefined && { x_key: xKey }),
      ...(range && { from: range[0], to: range[1] }),
      ...(changedSince !== undefined && { changed_since: Math.max(0, changedSince) }),
    })
    let began = performance.now()
    const found = new Map<string, Map<string, Curve>>()
    for (const one of series) {
      at(found, one.key, () => new Map<string, Curve>()).set(one.run_id, curveOf(one))
      if (performance.now() - began > sliceMs) {
        await pause()
        began = performance.now()
      }
    }
    for (const key of keys) {
      const entries = at(shelf.entries, key, () => new Map<string, Entry>())
      if (changedSince === undefined || found.has(key)) shelf.versions.set(key, ++this.#changes)
      for (const run of runs) {
        const curve = found.get(key)?.get(run.id)
        if (changedSince === undefined || curve)
          entries.set(run.id, { curve, readAt, wasRunning: run.status === 'RUNNING' })
      }
    }
    if (series.length > 0 || changedSince === undefined) this.#announce()
  }

  #announce(): void {
    for (const listener of this.#listeners) listener()
  }
}

interface Part {
  readonly keys: readonly string[]
  readonly runs: readonly ShownRun[]
}

/** Keys that want the same runs are asked for together, within what the server takes. */
function parts(wanted: ReadonlyMap<string, ReadonlyMap<string, ShownRun>>, buckets: number): Part[] {
  const byRuns = new Map<string, { keys: string[]; runs: ShownRun[] }>()
  for (const [key, runs] of wanted) {
    if (runs.size > 0)
      at(byRuns, [...runs.keys()].join(' '), () => ({ keys: [], runs: [...runs.values()] })).keys.push(key)
  }
  return [...byRuns.values()].flatMap(({ keys, runs }) => {
    const runsAtOnce = Math.min(most.runs, runs.length)
    const keysAtOnce = Math.max(1, Math.min(most.keys, Math.floor(most.values / (runsAtOnce * buckets))))
    return slices(runs, runsAtOnce).flatMap((some) =>
      slices(keys, keysAtOnce).map((part) => ({ keys: part, runs: some })),
    )
  })
}

function slices<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size))
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}

function shelfName({ x, xKey, range, buckets }: CurveAxis): string {
  return JSON.stringify([x, xKey, range, buckets])
}

function pause(): Promise<void> {
  return new Promise((done) => setTimeout(done))
}

/** One for the page: who comes back finds the curves that were there. */
export const curveStore = new CurveStore()
