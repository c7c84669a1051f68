import sql from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { Int64 } from '@trackway/api'

import type { MetricStore, PointRows } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import { createCurveReader } from './metric-curves.ts'
import { query } from './query.ts'

interface Series {
  readonly run: number
  readonly name: number
}
type Point = PointRows[number]
type Range = { start: Int64; end: Int64 }
type After = { step: Int64; timestamp: Int64; value: number; limit: number }

const findSeries = query<{ uuid: string; key: string }, { run: number; name: number; disordered: number }>(
  (p) => sql`select r.id as run, n.id as name, l.disordered
    from runs r join names n on n.name = ${p.key} join latest_metrics l on l.run_id = r.id and l.name_id = n.id
    where r.uuid = ${p.uuid}`,
)

const int64 = ['step', 'timestamp']

const points = (p: Series): Sql => sql`
  select step, timestamp, value from metric_points where run_id = ${p.run} and name_id = ${p.name}`

/** While times grow with steps the table's own order is the order of time, and a page is a walk along it. */
const firstInOrder = query<Series & { limit: number }, unknown>(
  (p) => sql`${points(p)} order by step, timestamp, value limit ${p.limit}`,
  int64,
)
const nextInOrder = query<Series & After, unknown>(
  (p) => sql`${points(p)} and (step, timestamp, value) > (${p.step}, ${p.timestamp}, ${p.value})
    order by step, timestamp, value limit ${p.limit}`,
  int64,
)
const firstSorted = query<Series & { limit: number }, unknown>(
  (p) => sql`${points(p)} order by timestamp, step, value limit ${p.limit}`,
  int64,
)
const nextSorted = query<Series & After, unknown>(
  (p) => sql`${points(p)} and (timestamp, step, value) > (${p.timestamp}, ${p.step}, ${p.value})
    order by timestamp, step, value limit ${p.limit}`,
  int64,
)

const inRange = (p: Series & Range): Sql =>
  sql`run_id = ${p.run} and name_id = ${p.name} and step >= ${p.start} and step <= ${p.end}`

const measureRange = query<Series & Range, { total: number; first: Int64 | null; last: Int64 | null }>(
  (p) => sql`select count(*) as total, min(step) as first, max(step) as last from metric_points where ${inRange(p)}`,
  ['first', 'last'],
)

const pointsAtSteps = query<Series & { steps: readonly number[] }, unknown>(
  (p, engine) => sql`${points(p)} and ${engine.among(sql`step`, p.steps)} order by step, timestamp, value`,
  int64,
)

/** Points at the given places, counted from 0 in order of step. */
const pointsAt = query<Series & Range & { places: readonly number[] }, unknown>(
  (p, engine) => sql`
    with numbered as (
      select step, timestamp, value, row_number() over (order by step, timestamp, value) - 1 as place
      from metric_points where ${inRange(p)}
    )
    select step, timestamp, value from numbered where ${engine.among(sql`place`, p.places)} order by place`,
  int64,
)

const blockSize = 10_000
const maxInt64 = 2n ** 63n - 1n
const minInt64 = -(2n ** 63n)

export function createMetricStore(database: Database): MetricStore {
  async function page(
    series: Series & { disordered: number },
    limit: number,
    after: Point | undefined,
  ): Promise<PointRows> {
    const { run, name, disordered } = series
    const rows = after
      ? await database.rows(disordered === 1 ? nextSorted : nextInOrder, {
          run,
          name,
          step: after[0],
          timestamp: after[1],
          value: after[2],
          limit,
        })
      : await database.rows(disordered === 1 ? firstSorted : firstInOrder, { run, name, limit })
    return toPoints(rows)
  }

  return {
    async *history(runId, key, range) {
      const series = await database.first(findSeries, { uuid: runId, key })
      if (!series) return
      let { after } = range
      let left = range.limit ?? Infinity
      while (left > 0) {
        const limit = Math.min(left, blockSize)
        const block = await page(series, limit, after)
        if (block.length > 0) yield block
        if (block.length < limit) return
        after = block.at(-1)
        left -= block.length
      }
    },
    curves: createCurveReader(database),
    async sample(runIds, key, { limit, startStep, endStep }) {
      const samples: { runId: string; points: PointRows }[] = []
      for (const runId of runIds) {
        const series = await database.first(findSeries, { uuid: runId, key })
        if (!series) continue
        const { run, name } = series
        const range = { run, name, start: startStep ?? minInt64, end: endStep ?? maxInt64 }
        samples.push({ runId, points: await samplePoints(range, limit) })
      }
      return samples
    },
  }

  async function samplePoints(range: Series & Range, limit: number): Promise<PointRows> {
    const measured = await database.first(measureRange, range)
    if (!measured || measured.first === null || measured.last === null) return []
    const { total, first, last } = measured
    const places = samplePlaces(total, limit)
    if (typeof first === 'number' && typeof last === 'number' && last - first + 1 === total) {
      // One point a step, as most training loops log: the places are steps, and only the sample is read. A series that
      // lacks as many steps as it repeats may pass for one; its sample is then even over the steps.
      const steps = places.map((place) => first + place)
      const found = toPoints(await database.rows(pointsAtSteps, { ...range, steps: steps }))
      if (found.length === steps.length && found.every(([step], index) => step === steps[index])) return found
    }
    return toPoints(await database.rows(pointsAt, { ...range, places: places }))
  }
}

/**
 * The places that stand for `total` points in a sample of `limit`, as MLflow samples: the points fall into `limit`
 * buckets of equal size, the larger ones first; of each the first point stays, and the very last point takes the last
 * bucket's place.
 */
function samplePlaces(total: number, limit: number): number[] {
  if (total <= limit) return Array.from({ length: total }, (_, place) => place)
  const size = Math.floor(total / limit)
  const larger = total % limit
  const places = Array.from({ length: limit }, (_, bucket) => bucket * size + Math.min(bucket, larger))
  places[limit - 1] = total - 1
  return places
}

function toPoints(rows: readonly unknown[][]): PointRows {
  for (const row of rows) row[2] = readDouble(row[2])
  return rows as unknown as PointRows
}
