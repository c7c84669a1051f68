import { isSystemMetric } from '@trackway/sdk'
import { useQuery } from '@tanstack/react-query'
import { server } from '../server.ts'

/** A run that made versions, with what it logged last. NaN and the infinities are numbers here. */
export interface SourceRun {
  readonly id: string
  readonly name: string
  readonly experimentId: string
  readonly status: string
  readonly metrics: ReadonlyMap<string, number>
  readonly params: ReadonlyMap<string, string>
}

export type SourceRuns = ReadonlyMap<string, SourceRun>

/** How many runs one question names, and how many columns it asks for: the server's limits. */
const mostRuns = 500
const mostColumns = 100

/** The source runs of versions by id. Runs that this server does not know are left out. */
export function useSourceRuns(ids: readonly string[]) {
  const wanted = [...new Set(ids)].filter((id) => /^[\w-]+$/.test(id)).toSorted()
  return useQuery({
    queryKey: ['runs', 'sources', wanted],
    queryFn: async ({ signal }): Promise<SourceRuns> => {
      const found = new Map<string, SourceRun>()
      for (let start = 0; start < wanted.length; start += mostRuns) {
        for (const run of await readRuns(wanted.slice(start, start + mostRuns), signal)) found.set(run.id, run)
      }
      return found
    },
    enabled: wanted.length > 0,
    staleTime: 30_000,
    placeholderData: (before) => before,
  })
}

async function readRuns(ids: readonly string[], signal: AbortSignal): Promise<SourceRun[]> {
  const named = { run_ids: [...ids], run_view_type: 'ALL' as const, max_results: mostRuns }
  const { runs: known = [] } = await server.queryRuns(named, { signal })
  if (known.length === 0) return []
  const { facets = [] } = await server.runFacets(
    {
      experiment_ids: [...new Set(known.map((run) => run.experiment_id))],
      filter: `attributes.run_id IN (${known.map(({ run_id }) => `'${run_id}'`).join(', ')})`,
      run_view_type: 'ALL',
    },
    { signal },
  )
  // What most of them have comes first: the rest has no room.
  const columns = facets
    .filter(({ kind, key }) => kind === 'PARAM' || (kind === 'METRIC' && !isSystemMetric(key)))
    .toSorted((a, b) => Number(b.runs) - Number(a.runs))
    .slice(0, mostColumns)
  const { runs = [] } = await server.queryRuns(
    { ...named, columns: columns.map(({ field }) => ({ field })) },
    { signal },
  )
  return runs.map((run) => {
    const metrics = new Map<string, number>()
    const params = new Map<string, string>()
    for (const [index, value] of (run.values as readonly unknown[]).entries()) {
      const column = columns[index]
      if (column === undefined || value === null || value === undefined) continue
      if (column.kind === 'METRIC') metrics.set(column.key, Number(value))
      else if (typeof value === 'string') params.set(column.key, value)
    }
    return {
      id: run.run_id,
      name: run.run_name,
      experimentId: run.experiment_id,
      status: run.status,
      metrics: byName(metrics),
      params: byName(params),
    }
  })
}

function byName<T>(values: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
