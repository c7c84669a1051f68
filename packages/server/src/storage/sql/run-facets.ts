import sql, { empty, join, raw } from 'sql-template-tag'

import type { FacetField, FacetRequest, RunFacet, RunFacets, RunSelection } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { longestListed, tallyNumbers, tallyTexts } from './facet-tally.ts'
import type { Tally } from './facet-tally.ts'
import type { Names } from './names.ts'
import { query } from './query.ts'
import { selectionOf } from './run-search.ts'

/** About a second's reading. */
const mostRead = 2_000_000

/** Runs whose values are read at once. */
const blockSize = 500

/** Where the values of each kind lie, and how they are counted. */
const kinds = {
  metric: { table: 'latest_metrics', value: sql`value`, tally: tallyNumbers },
  param: {
    table: 'params',
    value: sql`substr(value, 1, ${longestListed + 1})`,
    tally: () => tallyTexts({ mayBeNumbers: true, isListed: true }),
  },
  tag: {
    table: 'tags',
    value: sql`substr(value, 1, ${longestListed + 1})`,
    tally: () => tallyTexts({ mayBeNumbers: false, isListed: true }),
  },
} as const
type Kind = keyof typeof kinds

/** In the order of the columns that are read of a run. */
const attributes = [
  { key: 'status', tally: () => tallyTexts({ mayBeNumbers: false, isListed: true }) },
  { key: 'user_id', tally: () => tallyTexts({ mayBeNumbers: false, isListed: true }) },
  { key: 'run_name', tally: () => tallyTexts({ mayBeNumbers: false, isListed: false }) },
  { key: 'start_time', tally: tallyNumbers },
] as const

const namesOf = query<{ ids: readonly number[] }, { id: number; name: string }>(
  (p, engine) => sql`select id, name from names where ${engine.among(sql`id`, p.ids)}`,
)

/**
 * The fields that the runs of a selection have. The values are read block by block, the newest runs first, and counted
 * here: engines sort them to group them, which takes longer than reading them.
 */
export function readFacets(
  database: Database,
  names: Names,
  selection: RunSelection,
  request: FacetRequest,
): Promise<RunFacets> {
  return database.snapshot(async (inner) => {
    const conditions = join(await selectionOf(inner, names, selection), ' and ')
    const [counts] = await inner.dynamic(sql`select count(*) from runs r where ${conditions}`)
    const total = Number(counts?.[0] ?? 0)
    const wanted = await Promise.all(
      (['metric', 'param', 'tag'] as const).map(async (on) => ({ on, ids: await idsOf(inner, on) })),
    )
    const sources = wanted
      .filter(({ ids }) => ids?.length !== 0)
      .map(({ on, ids }) => ({ on, ids, tallies: new Map<number, Tally>() }))
    const attributeTallies = attributes.map(({ tally }) => tally())
    const runs = await inner.dynamic(
      sql`select r.status, r.user_id, substr(r.name, 1, ${longestListed + 1}), r.start_time, r.id from runs r
        where ${conditions} order by r.start_time desc, r.uuid limit ${mostRead / 4}`,
    )
    let counted = 0
    for (let read = 0; counted < runs.length && read < mostRead; counted = Math.min(counted + blockSize, runs.length)) {
      const block = runs.slice(counted, counted + blockSize)
      for (const run of block) {
        // A run without a user has an empty one.
        for (const [place, tally] of attributeTallies.entries()) if (run[place] !== '') tally.add(run[place])
      }
      const ids = block.map((run) => run[attributes.length] as number)
      for (const source of sources) read += await readBlock(inner, source, ids)
    }

    const facets: RunFacet[] = attributes.flatMap(({ key }, place) =>
      facetOf({ on: 'attribute', key }, attributeTallies[place]),
    )
    for (const { on, tallies } of sources) {
      const keys = await inner.all(namesOf, { ids: [...tallies.keys()] })
      const sorted = keys.toSorted((a, b) => (a.name < b.name ? -1 : 1))
      facets.push(...sorted.flatMap(({ id, name }) => facetOf({ on, key: name }, tallies.get(id))))
    }
    return { total, counted, facets }
  })

  /** The fields asked for of a kind; undefined for all. */
  async function idsOf(inner: Database, on: Kind): Promise<readonly number[] | undefined> {
    if (!request.fields) return undefined
    const keys = request.fields.filter((field) => field.on === on).map(({ key }) => key)
    const ids = await Promise.all(keys.map((key) => names.find(inner, key)))
    return ids.filter((id) => id !== undefined)
  }

  /** @returns how many values it read. */
  async function readBlock(
    inner: Database,
    { on, ids, tallies }: { on: Kind; ids: readonly number[] | undefined; tallies: Map<number, Tally> },
    runs: readonly number[],
  ): Promise<number> {
    const { engine } = inner
    const { table, value, tally: newTally } = kinds[on]
    const values = await inner.dynamic(
      sql`select name_id, ${value} from ${raw(table)} where ${engine.among(sql`run_id`, runs)}
        ${ids ? sql`and ${engine.among(sql`name_id`, ids)}` : empty}`,
    )
    for (const row of values) {
      const name = row[0] as number
      let tally = tallies.get(name)
      if (!tally) tallies.set(name, (tally = newTally()))
      tally.add(row[1])
    }
    return values.length
  }

  function facetOf(field: FacetField, tally: Tally | undefined): readonly RunFacet[] {
    if (request.fields && !request.fields.some(({ on, key }) => on === field.on && key === field.key)) return []
    const summary = tally?.summarize(request.values, request.bins)
    return summary && summary.runs > 0 ? [{ ...field, ...summary }] : []
  }
}
