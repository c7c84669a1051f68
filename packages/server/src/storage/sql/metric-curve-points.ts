import sql from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { Int64 } from '@trackway/api'

import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import type { Engine } from './engine.ts'
import type { Grid } from './metric-grid.ts'
import { query } from './query.ts'

/** Some points of a metric, by what stands beside their values: whole numbers, bounds included. */
export interface PointRange {
  readonly run: number
  readonly name: number
  /** What x counts from. */
  readonly origin: number
  readonly from: bigint
  readonly to: bigint
}

/** A curve's lists. `extremes` is undefined where it is whole. */
export interface CurvePoints {
  readonly points: number
  readonly x: readonly number[]
  readonly last: readonly number[]
  readonly extremes: { readonly min: readonly number[]; readonly max: readonly number[] } | undefined
}

export interface Extent {
  readonly first: number
  readonly last: number
  /** Whether there are more points than asked about. */
  readonly isLong: boolean
  /** The points, where they were read to find that out. */
  readonly whole?: CurvePoints
}

type ExtentRow = { first: Int64 | null; last: Int64 | null; beyond: number | null }
type Long = PointRange & { buckets: number }
type Bucket = PointRange & { begin: bigint; width: bigint; count: number }

const series = (p: PointRange): Sql => sql`run_id = ${p.run} and name_id = ${p.name}`
const inSteps = (p: PointRange): Sql => sql`${series(p)} and step >= ${p.from} and step <= ${p.to}`
const inTime = (p: PointRange): Sql => sql`${series(p)} and timestamp >= ${p.from} and timestamp <= ${p.to}`

// Each of these is a step or two into the points' own order.
const extentOfSteps = query<Long, ExtentRow>(
  (p) => sql`select
    (select min(step) from metric_points where ${inSteps(p)}) as first,
    (select max(step) from metric_points where ${inSteps(p)}) as last,
    (select 1 from metric_points where ${inSteps(p)} order by step limit 1 offset ${p.buckets}) as beyond`,
)
const extentOfTime = query<Long, ExtentRow>(
  (p) => sql`select min(timestamp) as first, max(timestamp) as last,
    case when count(*) > ${p.buckets} then 1 end as beyond from metric_points where ${inTime(p)}`,
)
/** Where time grows with the steps, that of the first and of the last of them. */
const extentOfOrderedTime = query<Long, ExtentRow>(
  (p) => sql`select
    (select timestamp from metric_points where ${series(p)} order by step, timestamp, value limit 1) as first,
    (select timestamp from latest_metrics where ${series(p)}) as last,
    (select 1 from metric_points where ${series(p)} order by step limit 1 offset ${p.buckets}) as beyond`,
)

const wholeOverSteps = query<PointRange, unknown>(
  (p) => sql`select step, value from metric_points where ${inSteps(p)} order by step, timestamp, value`,
)
const firstOverSteps = query<Long, unknown>(
  (p) =>
    sql`select step, value from metric_points where ${inSteps(p)} order by step, timestamp, value limit ${p.buckets} + 1`,
)
const wholeOverTime = query<PointRange, unknown>(
  (p) => sql`select timestamp, value from metric_points where ${inTime(p)} order by timestamp, step, value`,
)

// The outer buckets reach as far as the range: a point that came after the range was measured finds its place.
function boundsOf(p: Bucket, engine: Engine): { lowest: Sql; highest: Sql } {
  const whole = (value: unknown): Sql => engine.typed('int64', value)
  const edge = (n: Sql): Sql => sql`${whole(p.begin)} + ${n} * ${whole(p.width)}`
  return {
    lowest: sql`case when b.n = 0 then ${whole(p.from)} else ${edge(sql`b.n`)} end`,
    highest: sql`case when b.n = ${whole(p.count)} - 1 then ${whole(p.to)} else ${edge(sql`(b.n + 1)`)} - 1 end`,
  }
}

/**
 * Of each bucket that has points: x, the least and the greatest value, how many, the last value. NaN is greater than
 * all numbers, so that `max` is NaN where a bucket has any.
 */
const bucketsOfSteps = query<Bucket, unknown>((p, engine) => {
  const { lowest, highest } = boundsOf(p, engine)
  return sql`select max(m.step), min(m.value), max(m.value), count(*),
      (select l.value from metric_points l where l.run_id = ${p.run} and l.name_id = ${p.name} and l.step <= ${highest}
        order by l.step desc, l.timestamp desc, l.value desc limit 1)
    from bucket_numbers b cross join metric_points m
    where b.n < ${p.count} and m.run_id = ${p.run} and m.name_id = ${p.name}
      and m.step >= ${lowest} and m.step <= ${highest}
    group by b.n order by b.n`
})
const greatestNumber = query<PointRange, { value: number | null }>(
  (p, engine) =>
    sql`select max(value) as value from metric_points where ${inSteps(p)} and ${engine.isNumber(sql`value`)}`,
)

/** The last value is that of the greatest time and step, where one point has both. */
const bucketsOfTime = query<Bucket, unknown>((p, engine) => {
  const number = numberOf(engine)
  return sql`select g.time, g.low, g.high, g.points,
      (select l.value from metric_points l where l.run_id = ${p.run} and l.name_id = ${p.name}
        and l.step = g.step and l.timestamp = g.time order by l.value desc limit 1)
    from (
      select max(timestamp) as time, max(step) as step, min(value) as low, max(${number}) as high, count(*) as points
      from metric_points where ${inTime(p)} group by (timestamp - ${p.begin}) / ${p.width}
    ) g order by g.time`
})
const lastAtTimes = query<PointRange & { times: readonly number[] }, unknown>(
  (p, engine) => sql`select timestamp, value from metric_points
    where ${inTime(p)} and ${engine.among(sql`timestamp`, p.times)} order by timestamp, step, value`,
)

function numberOf(engine: Engine): Sql {
  return sql`case when ${engine.isNumber(sql`value`)} then value end`
}

/** All whole numbers of the store. */
export const endless = { from: -(2n ** 63n), to: 2n ** 63n - 1n } as const

/** What is known of a series: whether time grows with its steps, and whether it seems to have few points. */
export interface ExtentHint {
  readonly isOrdered: boolean
  readonly seemsShort: boolean
}

/** How curves over steps or over time are read. */
export interface PointAxis {
  /** Undefined where the range has no points. */
  extent(database: Database, range: PointRange, buckets: number, hint: ExtentHint): Promise<Extent | undefined>
  whole(database: Database, range: PointRange): Promise<CurvePoints>
  sampled(database: Database, range: PointRange, grid: Grid): Promise<CurvePoints>
}

type BucketRow = [at: number, low: unknown, high: unknown, points: number, last: unknown]

export const stepAxis: PointAxis = {
  async extent(database, range, buckets, { seemsShort }) {
    if (seemsShort) {
      const rows = await database.rows(firstOverSteps, { ...range, buckets })
      const whole = toWhole(rows, range)
      const [first, last] = [whole.x[0], whole.x.at(-1)]
      if (first === undefined || last === undefined) return undefined
      if (rows.length <= buckets) return { first, last, isLong: false, whole }
    }
    return toExtent(await database.first(extentOfSteps, { ...range, buckets }), range)
  },
  whole: async (database, range) => toWhole(await database.rows(wholeOverSteps, range), range),
  async sampled(database, range, grid) {
    const rows = (await database.rows(bucketsOfSteps, toBucket(range, grid))) as BucketRow[]
    for (const [index, row] of rows.entries()) {
      if (typeof row[2] === 'number' && !Number.isNaN(row[2])) continue
      const before = rows[index - 1]?.[0]
      const from = before === undefined ? range.from : BigInt(before) + 1n
      row[2] = (await database.first(greatestNumber, { ...range, from, to: BigInt(row[0]) }))?.value
    }
    return toSampled(rows, range)
  },
}

export const timeAxis: PointAxis = {
  async extent(database, range, buckets, { isOrdered }) {
    const isAll = range.from === endless.from && range.to === endless.to
    const definition = isOrdered && isAll ? extentOfOrderedTime : extentOfTime
    return toExtent(await database.first(definition, { ...range, buckets }), range)
  },
  whole: async (database, range) => toWhole(await database.rows(wholeOverTime, range), range),
  async sampled(database, range, grid) {
    const rows = (await database.rows(bucketsOfTime, toBucket(range, grid))) as BucketRow[]
    if (rows.some((row) => row[4] === null)) {
      const times = rows.map(([time]) => time)
      const last = new Map(
        (await database.rows(lastAtTimes, { ...range, times })).map(([time, value]) => [time as number, value]),
      )
      for (const row of rows) row[4] = last.get(row[0])
    }
    return toSampled(rows, range)
  },
}

function toExtent(row: ExtentRow | undefined, { origin }: PointRange): Extent | undefined {
  if (!row || row.first === null || row.last === null) return undefined
  return { first: Number(row.first) - origin, last: Number(row.last) - origin, isLong: row.beyond !== null }
}

function toBucket(range: PointRange, { width, first, count }: Grid): Bucket {
  return { ...range, begin: BigInt(first) * BigInt(width) + BigInt(range.origin), width: BigInt(width), count }
}

function toWhole(rows: readonly unknown[][], { origin }: PointRange): CurvePoints {
  return {
    points: rows.length,
    x: rows.map(([at]) => (at as number) - origin),
    last: rows.map(([, value]) => readDouble(value)),
    extremes: undefined,
  }
}

function toSampled(rows: readonly BucketRow[], { origin }: PointRange): CurvePoints {
  return {
    points: rows.reduce((sum, [, , , points]) => sum + points, 0),
    x: rows.map(([at]) => at - origin),
    last: rows.map(([, , , , last]) => readDouble(last)),
    extremes: { min: rows.map(([, low]) => readDouble(low)), max: rows.map(([, , high]) => readDouble(high)) },
  }
}
