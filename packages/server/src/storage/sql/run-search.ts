import sql, { join, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { RunOrderTerm } from '../../search/filter.ts'
import type { RunDocument, RunPage, RunSearch, RunSelection, ViewType } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { experimentKeys } from './experiment-keys.ts'
import { behind, orderBy } from './keyset.ts'
import type { Names } from './names.ts'
import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'
import { query } from './query.ts'
import { readRuns } from './run-documents.ts'
import { runConditions } from './run-filter.ts'
import { columnsOf, joinsOf, sortsOf, tieBreak } from './run-order.ts'
import type { Sort } from './run-order.ts'
import { runsByIds } from './run-rows.ts'
import { createStatementForms } from './statement-forms.ts'

/** Runs that are read at once. */
const blockSize = 200

/** The walks along an index, which stay the best plan whatever is looked for. Those of many experiments take memory. */
const walks = createStatementForms(['start_time'], 30)

/** A found run: its internal id, then its value of each sort column. */
type Found = readonly [id: number, ...position: unknown[]]

/** Finds ids by filter and order, reading no more than the page, then the page's runs in a fixed number of queries. */
export async function searchRuns(database: Database, names: Names, search: RunSearch): Promise<RunPage> {
  const { ids, token } = await findRunIds(database, names, search)
  return { blocks: readBlocks(database, names, ids), token }
}

/** What must hold of runs besides the search, as conditions on `runs r`; `key` tells such conditions apart. */
interface Restriction {
  readonly key: unknown
  readonly conditions: readonly Sql[]
}

/** The internal ids of a page's runs, in order. */
export async function findRunIds(
  database: Database,
  names: Names,
  search: RunSearch,
  restriction: Restriction = { key: null, conditions: [] },
): Promise<{ readonly ids: readonly number[]; readonly token: string | null }> {
  const { experimentIds, runIds, filter, view } = search
  const queryKey = queryKeyOf(['runs', experimentIds, runIds, filter, search.orderBy, view, restriction.key])
  const position = search.pageToken === undefined ? null : decodePageToken(queryKey, search.pageToken)
  const experiments = experimentKeys(experimentIds)
  if (experiments.length === 0 && !runIds) return { ids: [], token: null }

  const plan: Plan = {
    database,
    experiments,
    runIds,
    lifecycles: lifecyclesOf(view),
    conditions: [...(await runConditions(database, names, filter)), ...restriction.conditions],
    // One more than the page tells whether another page follows.
    limit: search.maxResults + 1,
  }
  const runs = await findRuns(plan, names, search.orderBy, position)
  const page = runs.slice(0, search.maxResults)
  const last = page.at(-1)
  return {
    ids: page.map(([id]) => id),
    token: runs.length > page.length && last ? encodePageToken(queryKey, last.slice(1)) : null,
  }
}

/** How many runs there are of which conditions on `runs r` hold. Without a filter an index alone answers it. */
export async function countWhere(database: Database, conditions: readonly Sql[]): Promise<number> {
  const [counted] = await database.dynamic(sql`select count(*) from runs r where ${join(conditions, ' and ')}`)
  return Number(counted?.[0] ?? 0)
}

/** How many of them are running: a question of its own, as few are, and an index has those. */
export function countRunningWhere(database: Database, conditions: readonly Sql[]): Promise<number> {
  return countWhere(database, [sql`r.status = 'RUNNING'`, ...conditions])
}

/** What holds of each run that a search finds, as conditions on `runs r`. */
export async function selectionOf(
  database: Database,
  names: Names,
  { experimentIds, runIds, filter, view }: RunSelection,
): Promise<readonly Sql[]> {
  const experiments = experimentKeys(experimentIds)
  const lifecycles = lifecyclesOf(view)
  return [isSelected({ database, experiments, runIds, lifecycles }), ...(await runConditions(database, names, filter))]
}

/** A page's runs, read a block at a time: a page of 50,000 runs takes no more memory than one of 200. */
async function* readBlocks(database: Database, names: Names, ids: readonly number[]): AsyncGenerator<RunDocument[]> {
  for (let start = 0; start < ids.length; start += blockSize) {
    const block = ids.slice(start, start + blockSize)
    yield await database.snapshot(async (inner) => {
      const rows = new Map((await inner.all(runsByIds, { ids: block })).map((row) => [row.id, row]))
      return readRuns(
        inner,
        names,
        block.flatMap((id) => rows.get(id) ?? []),
      )
    })
  }
}

interface Plan {
  readonly database: Database
  readonly experiments: readonly number[]
  /** With these, no experiments are any experiments. */
  readonly runIds: readonly string[] | undefined
  readonly lifecycles: readonly string[]
  readonly conditions: readonly Sql[]
  readonly limit: number
}

async function findRuns(
  plan: Plan,
  names: Names,
  terms: readonly RunOrderTerm[],
  position: readonly unknown[] | null,
): Promise<readonly Found[]> {
  const [first] = terms
  const isByTime = terms.length === 1 && first?.on === 'attribute' && first.key === 'start_time' && !first.ascending
  if (!plan.runIds && (!first || isByTime)) return findByTime(plan, position)
  const sorts = await sortsOf(plan.database, names, terms, [isSelected(plan), ...plan.conditions])
  const isByLatest = first?.on === 'metric' && first.value === undefined && !plan.runIds
  const metric = isByLatest ? await names.find(plan.database, first.key) : undefined
  if (metric !== undefined && (await isWorthWalking(plan))) return findByMetric(plan, metric, sorts, position)
  return findSorted(plan, sorts, position)
}

/** Runs are counted up to this many. */
const enough = 20_000

const counts = query<{ experiments: readonly number[] }, { here: number; newest: number | null }>(
  (p, engine) => sql`select (select count(*) from (select 1 from runs r
    where ${engine.among(sql`r.experiment_id`, p.experiments)} limit ${raw(String(enough))}) as counted) as here,
    (select max(id) from runs) as newest`,
)

/** How many runs the search's experiments have, counted up to some thousands, and how many there are in all. */
async function countRuns({ database, experiments }: Plan): Promise<{ here: number; all: number }> {
  const { here = 0, newest } = (await database.first(counts, { experiments })) ?? {}
  return { here, all: here < enough ? (newest ?? 0) : Math.min(newest ?? 0, here * 4) }
}

/**
 * Whether walking a metric's values meets a page of the experiments' runs sooner than sorting all those runs. The walk
 * passes the other experiments' runs too, at most all there are.
 */
async function isWorthWalking(plan: Plan): Promise<boolean> {
  const { here, all } = await countRuns(plan)
  return here > 1000 && (plan.limit * all) / here < here
}

/** More experiments than this are sorted instead of merged. */
const mergeable = 64

/**
 * The default order. One experiment is a walk along `runs_by_time`, and a few are merged; where they have a good part
 * of all runs, it is one walk along `runs_by_start`, as a merge must find the first match of every experiment.
 */
async function findByTime(plan: Plan, position: readonly unknown[] | null): Promise<readonly Found[]> {
  const { experiments, lifecycles } = plan
  const conditions = position ? [...plan.conditions, behind(plan.database.engine, tieBreak, position)] : plan.conditions
  const selects = (await sourcesByTime(plan)).map(
    (source) => sql`select r.id as id, r.start_time as start_time, r.uuid as uuid from runs r
      where ${join([source, ...conditions], ' and ')}`,
  )
  const { database } = plan
  return found(
    walks.rows(database, database.engine.merge(selects, sql`order by start_time desc, uuid asc`, plan.limit)),
  )

  async function sourcesByTime({ database: { engine } }: Plan): Promise<Sql[]> {
    if (experiments.length > 1) {
      const { here, all } = await countRuns(plan)
      if (here * 4 >= all) {
        // The plus keeps the planner from beginning at the experiments.
        const among = engine.among(sql`+r.experiment_id`, experiments)
        return lifecycles.map((lifecycle) => sql`r.lifecycle_stage = ${lifecycle} and ${among}`)
      }
    }
    if (experiments.length * lifecycles.length > mergeable) return [isSelected(plan)]
    return experiments.flatMap((experiment) =>
      lifecycles.map((lifecycle) => sql`r.experiment_id = ${experiment} and r.lifecycle_stage = ${lifecycle}`),
    )
  }
}

/** Any other order: every run of the experiments that passes the filter is sorted. */
function findSorted(
  plan: Plan,
  sorts: readonly Sort[],
  position: readonly unknown[] | null,
): Promise<readonly Found[]> {
  const columns = columnsOf(sorts)
  const conditions = [
    isSelected(plan),
    ...plan.conditions,
    ...(position ? [behind(plan.database.engine, columns, position)] : []),
  ]
  return found(
    plan.database.dynamic(
      sql`select r.id, ${join(columns.map((column) => column.expression))} from runs r ${joinsOf(sorts)}
      where ${join(conditions, ' and ')} ${orderBy(columns)} limit ${plan.limit}`,
    ),
  )
}

/**
 * Ordered by a metric first: a walk along `latest_metrics_by_value`, then the runs where it is NaN or missing.
 * The columns begin with the metric's rank (0 a number, 1 NaN, 2 missing) and its value, joined as `v0`.
 */
async function findByMetric(
  plan: Plan,
  name: number,
  sorts: readonly Sort[],
  position: readonly unknown[] | null,
): Promise<readonly Found[]> {
  const columns = columnsOf(sorts)
  const onNumbers = position === null || position[0] === 0
  const first = onNumbers ? await walk() : []
  if (first.length >= plan.limit) return first
  const rest: Plan = {
    ...plan,
    limit: plan.limit - first.length,
    conditions: [
      ...plan.conditions,
      sql`not exists (select 1 from latest_metrics n where n.run_id = r.id and n.name_id = ${name}
        and ${plan.database.engine.isNumber(sql`n.value`)})`,
    ],
  }
  return [...first, ...(await findSorted(rest, sorts, onNumbers ? null : position))]

  function walk(): Promise<readonly Found[]> {
    const { engine } = plan.database
    // Among numbers the rank is the same; without it the order is the index's own.
    const walked = columns
      .slice(1)
      .map((column, index) => (index === 0 ? { ...column, expression: sql`v0.value` } : column))
    const conditions = [
      sql`v0.name_id = ${name}`,
      engine.isNumber(sql`v0.value`),
      // The plus keeps the planner from beginning at the experiments.
      engine.among(sql`+r.experiment_id`, plan.experiments),
      engine.among(sql`r.lifecycle_stage`, plan.lifecycles),
      ...plan.conditions,
      ...(position ? [behind(engine, walked, position.slice(1))] : []),
    ]
    return found(
      walks.rows(
        plan.database,
        sql`select r.id, ${join(columns.map((column) => column.expression))}
        from latest_metrics v0 join runs r on r.id = v0.run_id ${joinsOf(sorts.slice(1))}
        where ${join(conditions, ' and ')} ${orderBy(walked)} limit ${plan.limit}`,
      ),
    )
  }
}

function isSelected({
  database: { engine },
  experiments,
  runIds,
  lifecycles,
}: Pick<Plan, 'database' | 'experiments' | 'runIds' | 'lifecycles'>): Sql {
  const isOfView = engine.among(sql`r.lifecycle_stage`, lifecycles)
  if (!runIds) return sql`${engine.among(sql`r.experiment_id`, experiments)} and ${isOfView}`
  const isChosen = engine.among(sql`r.uuid`, runIds)
  if (experiments.length === 0) return sql`${isChosen} and ${isOfView}`
  // The plus keeps the planner from beginning at the experiments.
  return sql`${isChosen} and ${engine.among(sql`+r.experiment_id`, experiments)} and ${isOfView}`
}

async function found(rows: Promise<readonly unknown[][]>): Promise<readonly Found[]> {
  return (await rows) as unknown as readonly Found[]
}

function lifecyclesOf(view: ViewType): readonly string[] {
  return view === 'ACTIVE_ONLY' ? ['active'] : view === 'DELETED_ONLY' ? ['deleted'] : ['active', 'deleted']
}
