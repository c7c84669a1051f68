import sql from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { Int64 } from '@trackway/api'

import type { Curve, CurveRequest } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import type { Engine } from './engine.ts'
import { query } from './query.ts'

interface Range {
  readonly run: number
  readonly name: number
  /** What x counts from. */
  readonly origin: number
  readonly from: number
  readonly to: number
}

interface Buckets extends Range {
  /** x of the first bucket's beginning, and buckets per unit of x. */
  readonly low: number
  readonly scale: number
}

const runsOf = query<{ uuids: string }, { id: number; uuid: string; start_time: Int64 }>(
  (p, engine) => sql`select id, uuid, start_time from runs where ${engine.among(sql`uuid`, p.uuids)}`,
)

const latestOf = query<{ name: string; runs: string }, { run: number; name: number; timestamp: Int64 }>(
  (p, engine) => sql`select l.run_id as run, l.name_id as name, l.timestamp
    from names n join latest_metrics l on l.name_id = n.id
    where n.name = ${p.name} and ${engine.among(sql`l.run_id`, p.runs)}`,
)

/** The statements over one axis; `x` is its expression. */
function queriesOver(x: (p: Range) => Sql) {
  const inRange = (p: Range): Sql => sql`run_id = ${p.run} and name_id = ${p.name}
    and ${x(p)} >= ${p.from} and ${x(p)} <= ${p.to}`
  const number = (engine: Engine): Sql => sql`case when ${engine.isNumber(sql`value`)} then value end`
  return {
    measure: query<Range, { points: number; first: number | null; last: number | null }>(
      (p) => sql`select count(*) as points, min(${x(p)}) as first, max(${x(p)}) as last
        from metric_points where ${inRange(p)}`,
    ),
    whole: query<Range, unknown>(
      (p) => sql`select ${x(p)} as x, value from metric_points where ${inRange(p)} order by x, timestamp, step, value`,
    ),
    /** Of each bucket that has points: the greatest x, the least and the greatest number. */
    buckets: query<Buckets, unknown>(
      (p, engine) => sql`select max(${x(p)}), min(${number(engine)}), max(${number(engine)})
        from metric_points where ${inRange(p)}
        group by cast((${x(p)} - ${p.low}) * ${p.scale} as integer) order by 1`,
    ),
    /** The points at some places, in order. */
    at: query<Range & { places: string }, unknown>(
      (p, engine) => sql`select ${x(p)} as x, value from metric_points
        where run_id = ${p.run} and name_id = ${p.name} and ${engine.among(x(p), p.places)}
        order by x, timestamp, step, value`,
    ),
  }
}

const overSteps = queriesOver(() => sql`step`)
const overTime = queriesOver((p) => sql`(timestamp - ${p.origin})`)

/**
 * Curves by key, then by run. One with at most `buckets` points comes whole; of others each bucket keeps its last, least
 * and greatest value. All runs of a key share one grid of buckets, so that runs that log at the same steps have the same
 * x. Each curve costs a walk along its points and leaves nothing behind: a reply of any length takes no more memory.
 */
export async function* readCurves(database: Database, request: CurveRequest): AsyncGenerator<Curve> {
  const queries = request.axis === 'STEP' ? overSteps : overTime
  const runs = await database.all(runsOf, { uuids: JSON.stringify(request.runIds) })
  const ids = JSON.stringify(runs.map(({ id }) => id))
  for (const key of new Set(request.keys)) {
    const present = new Map((await database.all(latestOf, { name: key, runs: ids })).map((row) => [row.run, row]))
    const measured: { runId: string; range: Range; points: number; first: number; last: number }[] = []
    for (const run of runs) {
      const latest = present.get(run.id)
      if (!latest || (request.changedSince !== undefined && latest.timestamp <= request.changedSince)) continue
      const origin = request.axis === 'RELATIVE' ? Number(run.start_time) : 0
      const range = { run: run.id, name: latest.name, origin, from: request.from, to: request.to }
      const found = await database.first(queries.measure, range)
      if (!found || found.first === null || found.last === null) continue
      measured.push({ runId: run.uuid, range, points: found.points, first: found.first, last: found.last })
    }
    const low = Math.min(...measured.map(({ first }) => first))
    const high = Math.max(...measured.map(({ last }) => last))
    // A hair less, so that the greatest x falls into the last bucket.
    const scale = (request.buckets / (high - low || 1)) * (1 - 1e-9)
    for (const { runId, range, points } of measured) {
      const about = { runId, key, points }
      yield points <= request.buckets
        ? { ...about, ...(await readWhole(range)) }
        : { ...about, ...(await readSampled({ ...range, low, scale })) }
    }
  }

  async function readWhole(range: Range): Promise<Omit<Curve, 'runId' | 'key' | 'points'>> {
    const rows = (await database.rows(queries.whole, range)) as [number, unknown][]
    return { x: rows.map(([x]) => x), last: rows.map(([, value]) => readDouble(value)), extremes: undefined }
  }

  async function readSampled(range: Buckets): Promise<Omit<Curve, 'runId' | 'key' | 'points'>> {
    const rows = (await database.rows(queries.buckets, range)) as [number, number | null, number | null][]
    const x = rows.map(([at]) => at)
    const last = new Map<number, number>()
    for (const [at, value] of await database.rows(queries.at, { ...range, places: JSON.stringify(x) })) {
      last.set(at as number, readDouble(value))
    }
    return {
      x,
      last: x.map((at) => last.get(at) ?? NaN),
      extremes: { min: rows.map(([, min]) => min ?? NaN), max: rows.map(([, , max]) => max ?? NaN) },
    }
  }
}
