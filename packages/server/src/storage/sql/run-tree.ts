import sql, { join } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { RunLevel } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import type { Names } from './names.ts'

/** The tag by which clients nest a run in another: that run's id. */
export const parentTag = 'mlflow.parentRunId'

/** A level of the tree that matching runs make, by what holds of its runs alone, as conditions on `runs r`. */
export interface TreeLevel {
  readonly conditions: readonly Sql[]
  /** How many of the matching runs are not of this level, where that is known. */
  readonly below: number | undefined
  /** How many matching runs are directly below each of these runs of the level; none where it says nothing. */
  countChildren(uuids: readonly string[]): Promise<ReadonlyMap<string, number>>
}

interface TreeRun {
  readonly id: number
  readonly uuid: string
  readonly parent: string | null
}

/**
 * Of runs that are nested in a circle, the one that was made first, the head, counts as nested in none: every matching
 * run then has one place in the tree, and no walk down it comes back.
 * @param selection what holds of each matching run, as conditions on `runs r`.
 */
export async function treeLevel(
  database: Database,
  names: Names,
  selection: readonly Sql[],
  level: Exclude<RunLevel, 'ALL'>,
): Promise<TreeLevel> {
  const { engine } = database
  const found = await names.find(database, parentTag)
  if (found === undefined) {
    const conditions = level === 'ROOTS' ? [] : [sql`1 = 0`]
    return { conditions, below: undefined, countChildren: async () => new Map() }
  }
  const name: number = found
  const matches = join(selection, ' and ')

  if (level !== 'ROOTS') {
    // A child that is in a circle is so through its parent.
    const heads = headsOf(await ancestorsOf(level.parent))
    return {
      conditions: [
        sql`r.id in (select p.run_id from tags p where ${isIndexed(name)} and p.value = ${level.parent})`,
        ...heads.filter(({ parent }) => parent === level.parent).map(({ id }) => sql`r.id <> ${id}`),
      ],
      below: undefined,
      countChildren: async (uuids) => withoutHeads(await countNaming(uuids), heads),
    }
  }

  const named = await namedParents()
  const parents = await matchingAmong([...named.keys()])
  const heads = headsOf(parents)
  const list = parents.map(({ uuid }) => uuid)
  const isNested = sql`exists (select 1 from tags p where p.run_id = r.id and p.name_id = ${name}
    and ${engine.among(sql`p.value`, list)})`
  return {
    conditions: [
      heads.length === 0
        ? sql`not ${isNested}`
        : sql`(not ${isNested} or ${engine.among(
            sql`r.id`,
            heads.map(({ id }) => id),
          )})`,
    ],
    below: parents.reduce((sum, { uuid }) => sum + (named.get(uuid) ?? 0), -heads.length),
    countChildren: async () => withoutHeads(named, heads),
  }

  /** What matching runs name as their parent, and how many do. */
  async function namedParents(): Promise<ReadonlyMap<string, number>> {
    const rows = await database.dynamic(
      sql`select p.value, count(*) from runs r join tags p on p.run_id = r.id and p.name_id = ${name}
        where ${matches} group by p.value`,
    )
    return new Map(rows.map(([uuid, count]) => [uuid as string, Number(count)]))
  }

  /** Those that are matching runs. A circle lies among them whole. */
  function matchingAmong(uuids: readonly string[]): Promise<readonly TreeRun[]> {
    return readTreeRuns(
      sql`select r.id, r.uuid, t.value from runs r left join tags t on t.run_id = r.id and t.name_id = ${name}
        where ${engine.among(sql`r.uuid`, uuids)} and ${matches}`,
    )
  }

  /** A run and those above it, as far as they match: a query for each, as they may lie on different machines. */
  async function ancestorsOf(uuid: string): Promise<readonly TreeRun[]> {
    const found = new Map<string, TreeRun>()
    for (let next: string | null = uuid; next !== null && !found.has(next);) {
      const [run]: readonly TreeRun[] = await matchingAmong([next])
      if (!run) break
      found.set(next, run)
      next = run.parent
    }
    return [...found.values()]
  }

  async function readTreeRuns(statement: Sql): Promise<readonly TreeRun[]> {
    const rows = (await database.dynamic(statement)) as unknown as readonly [number, string, string | null][]
    return rows.map(([id, uuid, parent]) => ({ id, uuid, parent }))
  }

  /** How many matching runs name each of these as their parent. */
  async function countNaming(uuids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await database.dynamic(
      sql`select p.value, count(*) from tags p join runs r on r.id = p.run_id
        where ${isIndexed(name)} and ${engine.among(sql`p.value`, uuids)} and ${matches}
        group by p.value`,
    )
    return new Map(rows.map(([uuid, count]) => [uuid as string, Number(count)]))
  }
}

function withoutHeads(counts: ReadonlyMap<string, number>, heads: readonly TreeRun[]): ReadonlyMap<string, number> {
  const below = new Map(counts)
  for (const { parent } of heads) if (parent !== null) below.set(parent, (below.get(parent) ?? 1) - 1)
  return below
}

/** What lets an engine take `tags_naming_runs`: the ids of runs have 32 characters. */
function isIndexed(name: number): Sql {
  return sql`p.name_id = ${name} and length(p.value) = 32`
}

/** Of each circle the run that was made first. */
function headsOf(runs: readonly TreeRun[]): readonly TreeRun[] {
  const byUuid = new Map(runs.map((run) => [run.uuid, run]))
  const heads: TreeRun[] = []
  const seen = new Set<TreeRun>()
  for (const start of runs) {
    const path = new Set<TreeRun>()
    let run: TreeRun | undefined = start
    while (run && !seen.has(run)) {
      seen.add(run)
      path.add(run)
      run = run.parent === null ? undefined : byUuid.get(run.parent)
    }
    if (!run || !path.has(run)) continue
    const onPath = [...path]
    const circle = onPath.slice(onPath.indexOf(run))
    heads.push(circle.reduce((first, other) => (other.id < first.id ? other : first)))
  }
  return heads
}
