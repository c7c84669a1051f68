import { sql } from 'kysely'

import type { Int64 } from '@trackway/api'

import type { MetricStore, PointRows } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import { query } from './query.ts'
import type { Builder } from './query.ts'

interface Series {
  readonly run: number
  readonly name: number
}
type Point = PointRows[number]
type Range = { start: Int64; end: Int64 }
type After = { step: Int64; timestamp: Int64; value: number; limit: number }

const findSeries = query<{ uuid: string; key: string }, { run: number; name: number; disordered: number }>((db, p) =>
  db
    .selectFrom('runs')
    .innerJoin('names', (join) => join.on('names.name', '=', p.key))
    .innerJoin('latest_metrics', (join) =>
      join.onRef('latest_metrics.run_id', '=', 'runs.id').onRef('latest_metrics.name_id', '=', 'names.id'),
    )
    .select(['runs.id as run', 'names.id as name', 'latest_metrics.disordered'])
    .where('runs.uuid', '=', p.uuid),
)

const int64 = ['step', 'timestamp']

const points = (db: Builder, p: Series) =>
  db
    .selectFrom('metric_points')
    .select(['step', 'timestamp', 'value'])
    .where('run_id', '=', p.run)
    .where('name_id', '=', p.name)

function inRange<Q extends { where(reference: never, op: never, value: never): Q }>(q: Q, p: Series & Range): Q {
  const where = (from: Q, column: string, op: string, value: unknown): Q =>
    from.where(column as never, op as never, value as never)
  return where(where(where(where(q, 'run_id', '=', p.run), 'name_id', '=', p.name), 'step', '>=', p.start), 'step', '<=', p.end)
}

const byStep = ['step', 'timestamp', 'value'] as const
const byTime = ['timestamp', 'step', 'value'] as const

/** While times grow with steps the table's own order is the order of time, and a page is a walk along it. */
const firstInOrder = query<Series & { limit: number }, unknown>(
  (db, p) => points(db, p).orderBy(byStep.map((column) => column)).limit(p.limit),
  int64,
)
const nextInOrder = query<Series & After, unknown>(
  (db, p) =>
    points(db, p)
      .where(sql<boolean>`(step, timestamp, value) > (${p.step}, ${p.timestamp}, ${p.value})`)
      .orderBy(byStep.map((column) => column))
      .limit(p.limit),
  int64,
)
const firstSorted = query<Series & { limit: number }, unknown>(
  (db, p) => points(db, p).orderBy(byTime.map((column) => column)).limit(p.limit),
  int64,
)
const nextSorted = query<Series & After, unknown>(
  (db, p) =>
    points(db, p)
      .where(sql<boolean>`(timestamp, step, value) > (${p.timestamp}, ${p.step}, ${p.value})`)
      .orderBy(byTime.map((column) => column))
      .limit(p.limit),
  int64,
)

const countRange = query<Series & Range, { total: number }>((db, p) =>
  inRange(db.selectFrom('metric_points').select(sql<number>`count(*)`.as('total')), p),
)

/** Points at the given places, counted from 0 in order of step. */
const pointsAt = query<Series & Range & { places: string }, unknown>(
  (db, p, engine) =>
    db
      .with('numbered', (inner) =>
        inRange(
          inner
            .selectFrom('metric_points')
            .select([
              'step',
              'timestamp',
              'value',
              sql<number>`row_number() over (order by step, timestamp, value) - 1`.as('place'),
            ]),
          p,
        ),
      )
      .selectFrom('numbered')
      .select(byStep)
      .where(engine.among(sql.ref('place'), p.places) as never)
      .orderBy('place'),
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
    async sample(runIds, key, { limit, startStep, endStep }) {
      const samples: { runId: string; points: PointRows }[] = []
      for (const runId of runIds) {
        const series = await database.first(findSeries, { uuid: runId, key })
        if (!series) continue
        const range = { run: series.run, name: series.name, start: startStep ?? minInt64, end: endStep ?? maxInt64 }
        const counted = await database.first(countRange, range)
        const places = samplePlaces(counted?.total ?? 0, limit)
        const rows = await database.rows(pointsAt, { ...range, places: JSON.stringify(places) })
        samples.push({ runId, points: toPoints(rows) })
      }
      return samples
    },
  }
}

/**
 * The places that stand for `total` points in a sample of `limit`, as MLflow samples: the points fall into `limit`
 * buckets of equal size, the larger ones first; of each the first point stays, and the very last point takes the last
 * bucket's place.
 */
export function samplePlaces(total: number, limit: number): number[] {
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
