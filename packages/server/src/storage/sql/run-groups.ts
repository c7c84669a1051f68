import sql, { join } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { Aggregate, GroupOrderTerm, GroupPage, GroupRequest, RunGroup } from '../../tracking/run-grouping.ts'
import type { ColumnValue, RunSelection } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import type { Names } from './names.ts'
import { tallyFinite, toFinite } from './number-tally.ts'
import type { NumberTally } from './number-tally.ts'
import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'
import { columnValues } from './run-columns.ts'
import { selectionOf } from './run-search.ts'

/** Runs whose values are read at once. */
const blockSize = 5000

type RunOfGroup = readonly [id: number, startTime: number | bigint]

interface Growing {
  readonly values: readonly ColumnValue[]
  runs: number
  running: number
  lastStartTime: number | bigint
  readonly tallies: readonly NumberTally[]
}

/**
 * The groups of a selection's runs. Values are read block by block and put together here: engines sort what they group,
 * which takes longer, and none of them all knows a spread that is exact.
 */
export function readGroups(
  database: Database,
  names: Names,
  selection: RunSelection,
  request: GroupRequest,
): Promise<GroupPage> {
  const { fields, columns, orderBy, maxResults, pageToken } = request
  const queryKey = queryKeyOf(['groups', selection, fields, columns, orderBy])
  const position = pageToken === undefined ? null : decodePageToken(queryKey, pageToken)
  return database.snapshot(async (inner) => {
    const conditions = join(await selectionOf(inner, names, selection), ' and ')
    // Two questions, each of which an index can answer; one would read every run's row.
    const runs = await readRuns(inner, sql`select r.id, r.start_time from runs r where ${conditions}`)
    const running = new Set(
      (await readRuns(inner, sql`select r.id from runs r where r.status = 'RUNNING' and ${conditions}`)).map(
        ([id]) => id,
      ),
    )
    const groups = new Map<string, Growing>()
    for (let start = 0; start < runs.length; start += blockSize) {
      await addBlock(inner, groups, runs.slice(start, start + blockSize), running)
    }

    const sorted = [...groups.values()]
      .map((group) => toSortable(group, orderBy))
      .toSorted((a, b) => comparePositions(a.position, b.position, orderBy))
    const behind = position ? sorted.filter((group) => comparePositions(group.position, position, orderBy) > 0) : sorted
    const page = behind.slice(0, maxResults)
    const last = page.at(-1)
    return {
      items: page.map(({ group }) => group),
      token: last && behind.length > page.length ? encodePageToken(queryKey, last.position) : null,
      total: sorted.length,
      matching: runs.length,
    }
  })

  async function readRuns(inner: Database, statement: Sql): Promise<readonly RunOfGroup[]> {
    return (await inner.dynamic(statement)) as unknown as readonly RunOfGroup[]
  }

  async function addBlock(
    inner: Database,
    groups: Map<string, Growing>,
    runs: readonly RunOfGroup[],
    running: ReadonlySet<number>,
  ): Promise<void> {
    const ids = runs.map(([id]) => id)
    const fieldValues: ReadonlyMap<number, ColumnValue>[] = []
    for (const field of fields) fieldValues.push(await columnValues(inner, names, ids, field))
    const numbers: ReadonlyMap<number, ColumnValue>[] = []
    for (const column of columns) numbers.push(await columnValues(inner, names, ids, column))
    for (const [id, startTime] of runs) {
      const values = fieldValues.map((field) => field.get(id) ?? null)
      const key = keyOf(values)
      let group = groups.get(key)
      if (!group) {
        group = { values, runs: 0, running: 0, lastStartTime: startTime, tallies: columns.map(tallyFinite) }
        groups.set(key, group)
      }
      group.runs++
      if (running.has(id)) group.running++
      if (startTime > group.lastStartTime) group.lastStartTime = startTime
      for (const [place, tally] of group.tallies.entries()) {
        const value = numbers[place]?.get(id)
        if (value !== undefined && value !== null) tally.add(value)
      }
    }
  }
}

/** The same text for the same values only: each says how long it is. */
function keyOf(values: readonly ColumnValue[]): string {
  return values.map((value) => (value === null ? '' : `${String(value).length}:${value}`)).join(',')
}

/** A group with what it is ordered by, a value for each term, and behind these its own values, which break ties. */
interface Sortable {
  readonly group: RunGroup
  readonly position: readonly ColumnValue[]
}

const numbersOf: Readonly<Record<string, (aggregate: Aggregate) => number | undefined>> = {
  COUNT: ({ count }) => count,
  MEAN: ({ mean }) => mean,
  MIN: ({ min }) => min,
  MAX: ({ max }) => max,
  STD: ({ std }) => std,
}

function toSortable(
  { values, runs, running, lastStartTime, tallies }: Growing,
  orderBy: readonly GroupOrderTerm[],
): Sortable {
  const aggregates = tallies.map((tally) => tally.summarize())
  const terms = orderBy.map(({ by, place }): ColumnValue => {
    if (by === 'RUNS') return runs
    if (by === 'LAST_START_TIME') return lastStartTime
    if (by === 'VALUE') return values[place] ?? null
    const aggregate = aggregates[place]
    return (aggregate && numbersOf[by]?.(aggregate)) ?? null
  })
  return { group: { values, runs, running, lastStartTime, aggregates }, position: [...terms, ...values] }
}

function comparePositions(a: readonly unknown[], b: readonly unknown[], orderBy: readonly GroupOrderTerm[]): number {
  for (const [place, value] of a.entries()) {
    const order = compareValues(value, b[place], orderBy[place]?.ascending ?? true)
    if (order !== 0) return order
  }
  return 0
}

/** Numbers, and texts that are some, before other texts; what is missing last, either way. */
function compareValues(a: unknown, b: unknown, ascending: boolean): number {
  const [rankOfA, rankOfB] = [rankOf(a), rankOf(b)]
  const isMissing = rankOfA === 2 || rankOfB === 2
  const order = rankOfA - rankOfB || (rankOfA === 0 ? compareNumbers(a, b) : 0) || compareTexts(String(a), String(b))
  return ascending || isMissing ? order : -order
}

function rankOf(value: unknown): 0 | 1 | 2 {
  if (value === null || value === undefined) return 2
  return toFinite(value) === null ? 1 : 0
}

function compareNumbers(a: unknown, b: unknown): number {
  return (toFinite(a) ?? 0) - (toFinite(b) ?? 0)
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
