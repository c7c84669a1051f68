import sql from 'sql-template-tag'

import type { Int64 } from '@trackway/api'

import type { Curve, CurveRequest, MetricStore } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import { createCurveCache } from './metric-curve-cache.ts'
import { extentOfX, readPairs } from './metric-curve-pairs.ts'
import { endless, stepAxis, timeAxis } from './metric-curve-points.ts'
import type { CurvePoints } from './metric-curve-points.ts'
import { gridOver } from './metric-grid.ts'
import type { Grid } from './metric-grid.ts'
import { query } from './query.ts'

type Run = { id: number; uuid: string; start_time: Int64 }

const runsOf = query<{ uuids: readonly string[] }, Run>(
  (p, engine) => sql`select id, uuid, start_time from runs where ${engine.among(sql`uuid`, p.uuids)}`,
)

interface LatestRow {
  readonly run: number
  readonly name: number
  readonly step: Int64
  readonly timestamp: Int64
  readonly value: unknown
  readonly disordered: number
  readonly counted: number
}

/**
 * The latest points, and what tells with them whether a series has changed. Points are only ever added: one that was
 * added in order is the latest, or stands at the latest's step; others mark the series as disordered, and it is counted.
 */
const latestOf = query<{ name: string; runs: readonly number[] }, LatestRow>(
  (p, engine) => sql`select l.run_id as run, l.name_id as name, l.step, l.timestamp, l.value, l.disordered,
      (select count(*) from metric_points m where m.run_id = l.run_id and m.name_id = l.name_id
        and m.step >= case when l.disordered = 1 then ${endless.from} else l.step end) as counted
    from names n join latest_metrics l on l.name_id = n.id
    where n.name = ${p.name} and ${engine.among(sql`l.run_id`, p.runs)}`,
  ['step', 'timestamp'],
)

/** A curve that can be read, once the grid is known that all runs share. */
interface Source {
  readonly run: Run
  readonly version: string
  readonly changed: Int64
  readonly low: number
  readonly high: number
  /** What the curve depends on beside the grid, as text. */
  readonly place: string
  /** The curve, where it was read already. */
  readonly whole: CurvePoints | undefined
  read(grid: Grid): Promise<CurvePoints | undefined>
}

/**
 * Reads curves by key, then by run. One with at most `buckets` points comes whole; of others each bucket keeps its last,
 * least and greatest value. All runs of a key share one grid of buckets, so that runs that log at the same steps have
 * the same x. Curves of which no point was added since are not read again (docs/decisions/0006-curves.md).
 */
export function createCurveReader(database: Database): MetricStore['curves'] {
  const cache = createCurveCache()

  return async function* curves(request: CurveRequest): AsyncGenerator<Curve> {
    const { axis, xKey, changedSince } = request
    const runs = await database.all(runsOf, { uuids: request.runIds })
    const partners = axis === 'METRIC' && xKey !== undefined ? await latestByRun(xKey, runs) : undefined
    for (const key of new Set(request.keys)) {
      const latest = await latestByRun(key, runs)
      const sources: Source[] = []
      for (const run of runs) {
        const newest = latest.get(run.id)
        const partner = partners?.get(run.id)
        if (!newest || (partners && !partner)) continue
        const source = partner
          ? await overMetric(run, newest, partner, request)
          : await overPoints(run, newest, request)
        if (source) sources.push(source)
      }
      if (sources.length === 0) continue
      const low = sources.reduce((least, source) => Math.min(least, source.low), Infinity)
      const high = sources.reduce((greatest, source) => Math.max(greatest, source.high), -Infinity)
      const grid = gridOver(low, high, request.buckets, axis !== 'METRIC')
      for (const source of sources) {
        if (changedSince !== undefined && source.changed <= changedSince) continue
        const place = `${source.place} ${grid.width} ${grid.first} ${grid.count}`
        const found = source.whole ?? (await remembered(place, source.version, sizeOf, () => source.read(grid)))
        if (found) yield { runId: source.run.uuid, key, ...found }
      }
    }
  }

  async function latestByRun(name: string, runs: readonly Run[]): Promise<Map<number, LatestRow>> {
    const rows = await database.all(latestOf, { name, runs: runs.map(({ id }) => id) })
    return new Map(rows.map((row) => [row.run, row]))
  }

  async function overPoints(run: Run, newest: LatestRow, request: CurveRequest): Promise<Source | undefined> {
    const { axis, buckets } = request
    const points = axis === 'STEP' ? stepAxis : timeAxis
    const origin = axis === 'RELATIVE' ? Number(run.start_time) : 0
    const from = wholeNumber(Math.ceil(request.from + origin))
    const to = wholeNumber(Math.floor(request.to + origin))
    const range = { run: run.id, name: newest.name, origin, from, to }
    const version = versionOf(newest)
    const place = `${run.uuid} ${newest.name} ${points === stepAxis ? 'step' : 'time'} ${origin} ${from} ${to} ${buckets}`
    const hint = { isOrdered: newest.disordered === 0, seemsShort: axis === 'STEP' && newest.step < buckets }
    const extent = await remembered(
      place,
      version,
      ({ whole }) => (whole ? sizeOf(whole) : 3),
      () => points.extent(database, range, buckets, hint),
    )
    if (!extent) return undefined
    const { first: low, last: high, isLong, whole } = extent
    const about = { run, version, changed: newest.timestamp, low, high, place, whole }
    if (!isLong) return { ...about, read: () => points.whole(database, range) }
    return { ...about, read: (grid) => points.sampled(database, range, grid) }
  }

  async function overMetric(
    run: Run,
    newest: LatestRow,
    partner: LatestRow,
    { from, to, buckets }: CurveRequest,
  ): Promise<Source | undefined> {
    const pairing = { run: run.id, name: newest.name, xName: partner.name, from, to }
    const version = `${versionOf(newest)} ${versionOf(partner)}`
    const place = `${run.uuid} ${newest.name} over ${partner.name} ${from} ${to} ${buckets}`
    const extent = await remembered(
      place,
      version,
      () => 2,
      () => extentOfX(database, pairing),
    )
    if (!extent) return undefined
    const [low, high] = extent
    const changed = newest.timestamp > partner.timestamp ? newest.timestamp : partner.timestamp
    const read = (grid: Grid): Promise<CurvePoints | undefined> => readPairs(database, pairing, buckets, grid)
    return { run, version, changed, low, high, place, whole: undefined, read }
  }

  async function remembered<T>(
    place: string,
    version: string,
    size: (value: T) => number,
    read: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const known = cache.get<T>(place, version)
    if (known !== undefined) return known
    const value = await read()
    if (value !== undefined) cache.put(place, version, value, size(value))
    return value
  }
}

function sizeOf({ x, extremes }: CurvePoints): number {
  return x.length * (extremes ? 4 : 2)
}

function versionOf({ step, timestamp, value, disordered, counted }: LatestRow): string {
  return `${step} ${timestamp} ${readDouble(value)} ${disordered} ${counted}`
}

/** A bound that the store's whole numbers can have. */
function wholeNumber(bound: number): bigint {
  if (bound <= Number(endless.from)) return endless.from
  return bound >= Number(endless.to) ? endless.to : BigInt(bound)
}
