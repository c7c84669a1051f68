import sql from 'sql-template-tag'

import type { Int64 } from '@trackway/api'

import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import type { CurvePoints } from './metric-curve-points.ts'
import type { Grid } from './metric-grid.ts'
import { query } from './query.ts'

/** A metric of a run and the metric that its x is read from. */
export interface Pairing {
  readonly run: number
  readonly name: number
  readonly xName: number
  readonly from: number
  readonly to: number
}

type Series = { run: number; name: number }
type Row = [step: Int64, timestamp: Int64, value: unknown]

const extentOfValues = query<Series & { from: number; to: number }, { first: number | null; last: number | null }>(
  (p) => sql`select min(value) as first, max(value) as last from metric_points
    where run_id = ${p.run} and name_id = ${p.name} and value >= ${p.from} and value <= ${p.to}`,
)

const int64 = ['step', 'timestamp']
const firstPoints = query<Series & { limit: number }, unknown>(
  (p) => sql`select step, timestamp, value from metric_points where run_id = ${p.run} and name_id = ${p.name}
    order by step, timestamp, value limit ${p.limit}`,
  int64,
)
const nextPoints = query<Series & { step: Int64; timestamp: Int64; value: unknown; limit: number }, unknown>(
  (p) => sql`select step, timestamp, value from metric_points where run_id = ${p.run} and name_id = ${p.name}
    and (step, timestamp, value) > (${p.step}, ${p.timestamp}, ${p.value})
    order by step, timestamp, value limit ${p.limit}`,
  int64,
)

const blockSize = 10_000

/** The least and the greatest finite x in the range, paired or not; undefined where there is none. */
export async function extentOfX(
  database: Database,
  { run, xName, from, to }: Pairing,
): Promise<[number, number] | undefined> {
  const row = await database.first(extentOfValues, { run, name: xName, ...finite(from, to) })
  return row && row.first !== null && row.last !== null ? [row.first, row.last] : undefined
}

/** A curve over another metric: both are walked along side by side, a block at a time. */
export async function readPairs(
  database: Database,
  pairing: Pairing,
  buckets: number,
  grid: Grid,
): Promise<CurvePoints | undefined> {
  const { run, name, xName } = pairing
  const { from, to } = finite(pairing.from, pairing.to)
  const partner = walk(database, { run, name: xName })
  const sample = new Map<number, { x: number; last: number; min: number; max: number }>()
  let whole: [x: number, value: number][] = []
  let points = 0
  let block: readonly Row[] = []
  let next = 0
  let xStep: Int64 | undefined
  let x = NaN

  for await (const rows of walk(database, { run, name })) {
    for (const [step, , stored] of rows) {
      while (xStep === undefined || xStep <= step) {
        if (next === block.length) {
          const more = await partner.next()
          if (more.done === true) break
          block = more.value
          next = 0
        }
        const row = block[next] as Row
        if (row[0] > step) break
        xStep = row[0]
        x = readDouble(row[2])
        next++
      }
      // Both may be a bigint and a number; neither is less where they are one.
      if (xStep === undefined || xStep < step || !(x >= from && x <= to)) continue
      const value = readDouble(stored)
      points++
      if (points <= buckets) whole.push([x, value])
      else whole = []
      add(Math.floor(x / grid.width), x, value)
    }
  }
  if (points === 0) return undefined
  if (points <= buckets) {
    whole.sort(([a], [b]) => a - b)
    return { points, x: whole.map(([at]) => at), last: whole.map(([, value]) => value), extremes: undefined }
  }
  const inOrder = [...sample].toSorted(([a], [b]) => a - b).map(([, bucket]) => bucket)
  return {
    points,
    x: inOrder.map((bucket) => bucket.x),
    last: inOrder.map((bucket) => bucket.last),
    extremes: { min: inOrder.map(({ min }) => min), max: inOrder.map(({ max }) => max) },
  }

  function add(index: number, at: number, value: number): void {
    const bucket = sample.get(index)
    if (!bucket) {
      sample.set(index, { x: at, last: value, min: value, max: value })
      return
    }
    if (at >= bucket.x) {
      bucket.x = at
      bucket.last = value
    }
    // A bucket that began with NaN takes the first number.
    if (!(bucket.min <= value)) bucket.min = Number.isNaN(value) ? bucket.min : value
    if (!(bucket.max >= value)) bucket.max = Number.isNaN(value) ? bucket.max : value
  }
}

async function* walk(database: Database, series: Series): AsyncGenerator<readonly Row[], undefined> {
  let rows = (await database.rows(firstPoints, { ...series, limit: blockSize })) as Row[]
  for (;;) {
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (!last || rows.length < blockSize) return
    const [step, timestamp, value] = last
    rows = (await database.rows(nextPoints, {
      ...series,
      step,
      timestamp,
      value: readDouble(value),
      limit: blockSize,
    })) as Row[]
  }
}

/** NaN and the infinities have no place on an axis. */
function finite(from: number, to: number): { from: number; to: number } {
  return { from: Math.max(from, -Number.MAX_VALUE), to: Math.min(to, Number.MAX_VALUE) }
}
