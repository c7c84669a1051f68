import sql from 'sql-template-tag'

import type { MetricPoint } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import type { Names } from './names.ts'
import { insertOrKeep, insertOrReplace } from './insertion.ts'
import type { RowOf } from './insertion.ts'

const pointColumns = { run_id: 'key', name_id: 'key', step: 'int64', timestamp: 'int64', value: 'double' } as const
type PointRow = { readonly [K in keyof typeof pointColumns]: NonNullable<RowOf<typeof pointColumns>[K]> }

// The same point again changes nothing.
const insertPoints = insertOrKeep('metric_points', pointColumns)

const newer = sql`(excluded.step, excluded.timestamp, excluded.value) >
  (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)`
const outOfOrder = sql`(excluded.disordered = 1
  or excluded.step < latest_metrics.step or excluded.timestamp < latest_metrics.timestamp)`

const putLatest = insertOrReplace(
  'latest_metrics',
  { ...pointColumns, disordered: 'key' },
  ['run_id', 'name_id'],
  sql`
    value = case when ${newer} then excluded.value else latest_metrics.value end,
    timestamp = case when ${newer} then excluded.timestamp else latest_metrics.timestamp end,
    step = case when ${newer} then excluded.step else latest_metrics.step end,
    disordered = case when ${outOfOrder} then 1 else latest_metrics.disordered end
    where ${newer} or (latest_metrics.disordered = 0 and ${outOfOrder})`,
)

/** A metric's points among some that are added: the first of them tells whether they are in order with what was there. */
interface Added {
  readonly first: PointRow
  last: PointRow
  disordered: 0 | 1
}

/** Adds points to a run's history and moves the latest values on. */
export async function recordPoints(
  database: Database,
  names: Names,
  run: number,
  points: readonly MetricPoint[],
): Promise<void> {
  if (points.length === 0) return
  const ids = await names.intern(
    database,
    points.map(({ key }) => key),
  )
  const rows: PointRow[] = []
  const added = new Map<number, Added>()
  for (const [index, { value, timestamp, step }] of points.entries()) {
    const row = { run_id: run, name_id: ids[index] as number, step, timestamp, value }
    rows.push(row)
    const known = added.get(row.name_id)
    if (!known) {
      added.set(row.name_id, { first: row, last: row, disordered: 0 })
      continue
    }
    if (step < known.last.step || timestamp < known.last.timestamp) known.disordered = 1
    if (isNewer(row, known.last)) known.last = row
  }
  const series = [...added.values()].toSorted((a, b) => a.first.name_id - b.first.name_id)
  const long = series.filter(({ first, last }) => first !== last)
  await database.insertLast(insertPoints, rows)
  await database.insertLast(
    putLatest,
    series.map(({ first, disordered }) => ({ ...first, disordered })),
  )
  await database.insertLast(
    putLatest,
    long.map(({ last }) => ({ ...last, disordered: 0 })),
  )
}

/** The order that decides which point is the latest: step, then time, then value with NaN above all numbers. */
function isNewer(a: PointRow, b: PointRow): boolean {
  if (a.step !== b.step) return a.step > b.step
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp
  return a.value > b.value || (Number.isNaN(a.value) && !Number.isNaN(b.value))
}
