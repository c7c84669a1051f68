import sql from 'sql-template-tag'

import type { Int64 } from '@trackway/api'

import type { MetricPoint } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import type { Names } from './names.ts'
import { query } from './query.ts'

interface PointRow {
  readonly run: number
  readonly name: number
  readonly step: Int64
  readonly timestamp: Int64
  readonly value: number
}

const insertPoint = query<PointRow, unknown>(
  // The same point again changes nothing.
  (p) => sql`insert into metric_points (run_id, name_id, step, timestamp, value)
    values (${p.run}, ${p.name}, ${p.step}, ${p.timestamp}, ${p.value}) on conflict do nothing`,
)

/** The newest of some points of a metric, and what tells whether they are in order. */
interface LatestRow extends PointRow {
  readonly firstStep: Int64
  readonly firstTimestamp: Int64
  readonly disordered: number
}

const newer = sql`(excluded.step, excluded.timestamp, excluded.value) >
  (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)`

const putLatest = query<LatestRow, unknown>((p) => {
  const outOfOrder = sql`(excluded.disordered = 1
    or ${p.firstStep} < latest_metrics.step or ${p.firstTimestamp} < latest_metrics.timestamp)`
  return sql`
    insert into latest_metrics (run_id, name_id, value, timestamp, step, disordered)
    values (${p.run}, ${p.name}, ${p.value}, ${p.timestamp}, ${p.step}, ${p.disordered})
    on conflict (run_id, name_id) do update set
      value = case when ${newer} then excluded.value else latest_metrics.value end,
      timestamp = case when ${newer} then excluded.timestamp else latest_metrics.timestamp end,
      step = case when ${newer} then excluded.step else latest_metrics.step end,
      disordered = case when ${outOfOrder} then 1 else latest_metrics.disordered end
    where ${newer} or (latest_metrics.disordered = 0 and ${outOfOrder})`
})

/** Adds points to a run's history and moves the latest values on. */
export async function recordPoints(
  database: Database,
  names: Names,
  run: number,
  points: readonly MetricPoint[],
): Promise<void> {
  if (points.length === 0) return
  const rows: PointRow[] = []
  const latest = new Map<number, { -readonly [K in keyof LatestRow]: LatestRow[K] }>()
  const ids = new Map<string, number>()
  for (const { key, value, timestamp, step } of points) {
    let name = ids.get(key)
    if (name === undefined) ids.set(key, (name = await names.intern(database, key)))
    const row = { run, name, step, timestamp, value }
    rows.push(row)
    const known = latest.get(row.name)
    if (!known) {
      latest.set(row.name, { ...row, firstStep: step, firstTimestamp: timestamp, disordered: 0 })
      continue
    }
    if (step < known.step || timestamp < known.timestamp) known.disordered = 1
    if (isNewer(row, known)) Object.assign(known, { step, timestamp, value })
  }
  await database.runMany(insertPoint, rows)
  await database.runMany(putLatest, [...latest.values()])
}

/** The order that decides which point is the latest: step, then time, then value with NaN above all numbers. */
function isNewer(a: PointRow, b: PointRow): boolean {
  if (a.step !== b.step) return a.step > b.step
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp
  return a.value > b.value || (Number.isNaN(a.value) && !Number.isNaN(b.value))
}
