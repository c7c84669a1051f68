import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { server } from '../../server.ts'
import { type QueriedRun, type RunColumn, runningMs } from '../run-queries.ts'
import { valuesOf } from '../run-values.ts'
import { type ShownRun, useShownRuns } from '../shown-runs.ts'
import type { Workspace } from '../workspace.ts'
import { parseCompareState } from './compare-state.ts'
import type { Fact } from './fact.ts'
import { comparedFacets, type Datasets, factsOf } from './run-facts.ts'

/** How many columns the server gives at once, and how many facts are compared at most. */
const perRequest = 100
const mostFacts = 3000
/** How many runs are asked for the datasets that they used. */
const mostDatasetRuns = 100
const atOnce = 3

export interface Comparison {
  readonly runs: readonly ShownRun[]
  readonly facts: readonly Fact[]
  /** Metrics that at least two of the runs have. */
  readonly sharedMetrics: readonly string[]
  /** How many facts there are beyond those compared. */
  readonly left: number
}

/**
 * The runs that are shown, with all that is known of them, the baseline first: as many requests for 500 runs as for two.
 * `data` is undefined until everything is there.
 */
export function useComparison(workspace: Workspace) {
  const { compare, base } = workspace.state
  const { value = 'LAST' } = parseCompareState(compare)
  const shown = useShownRuns(workspace)
  const runs = useMemo(() => baselineFirst(shown.data?.runs ?? [], base), [shown.data, base])
  const ids = useMemo(() => runs.map(({ id }) => id).toSorted(), [runs])
  const isAsked = ids.length >= 2
  const isRunning = runs.some(({ status }) => status === 'RUNNING')
  const experiments = useMemo(() => [...new Set(runs.map(({ experimentId }) => experimentId))], [runs])

  const facets = useQuery({
    queryKey: ['runs', 'compared', 'facets', ids],
    queryFn: ({ signal }) =>
      server.runFacets({ experiment_ids: experiments, run_view_type: 'ALL', filter: idFilter(ids) }, { signal }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
    refetchInterval: isRunning ? 6 * runningMs : false,
  })
  const all = useMemo(() => comparedFacets(facets.data?.facets ?? []), [facets.data])
  const asked = useMemo(() => all.slice(0, mostFacts), [all])
  const values = useQuery({
    queryKey: ['runs', 'compared', 'values', ids, asked.map(({ field }) => field), value],
    queryFn: async ({ signal }) => {
      const chunks = chunksOf(
        asked.map(({ field, kind }): RunColumn =>
          kind === 'METRIC' && value !== 'LAST' ? { field, value } : { field },
        ),
      )
      const pages = await someAtOnce(chunks, (columns) =>
        server.queryRuns(
          { run_ids: [...ids], run_view_type: 'ALL', columns: [...columns], max_results: 500 },
          { signal },
        ),
      )
      return { facets: asked, byRun: valuesByRun(pages.map(({ runs: found = [] }) => found)) }
    },
    enabled: isAsked && facets.data !== undefined && !facets.isPlaceholderData,
    placeholderData: keepPreviousData,
    refetchInterval: isRunning ? runningMs : false,
  })
  const datasets = useDatasets(ids, experiments, isAsked)

  const found = values.data
  const data = useMemo((): Comparison | undefined => {
    if (runs.length < 2) return { runs, facts: [], sharedMetrics: [], left: 0 }
    if (!found) return undefined
    return {
      runs,
      facts: factsOf(runs, found.facets, found.byRun, datasets ?? {}),
      sharedMetrics: all
        .filter(({ kind, runs: count }) => kind === 'METRIC' && Number(count) > 1)
        .map(({ key }) => key),
      left: all.length - asked.length,
    }
  }, [runs, found, datasets, all, asked])
  return {
    data: shown.data ? data : undefined,
    error: shown.error ?? facets.error ?? values.error,
    isOld: values.isPlaceholderData || shown.isPlaceholderData,
    refetch: () =>
      Promise.all([shown, facets, values].filter(({ error }) => error !== null).map(({ refetch }) => refetch())),
  }
}

/** Names and digests of the datasets that runs used, by context; asked only where the experiments have any. */
function useDatasets(ids: readonly string[], experiments: readonly string[], isAsked: boolean): Datasets | undefined {
  const { data } = useQuery({
    queryKey: ['runs', 'compared', 'datasets', ids],
    queryFn: async ({ signal }): Promise<Datasets> => {
      const { dataset_summaries: known = [] } = await server.searchDatasets(
        { experiment_ids: [...experiments] },
        { signal },
      )
      if (known.length === 0) return {}
      const { runs = [] } = await server.searchRuns(
        { experiment_ids: [...experiments], filter: idFilter(ids), run_view_type: 'ALL', max_results: ids.length },
        { signal },
      )
      return Object.fromEntries(
        runs.map(({ info, inputs }) => {
          const used = Map.groupBy(
            inputs?.dataset_inputs ?? [],
            ({ tags }) => tags?.find(({ key }) => key === 'mlflow.data.context')?.value ?? 'dataset',
          )
          return [
            info.run_id,
            Object.fromEntries(
              [...used].map(([context, all]) => [
                context,
                all.map(({ dataset }) => `${dataset.name} (${dataset.digest})`).join(', '),
              ]),
            ),
          ]
        }),
      )
    },
    enabled: isAsked && ids.length <= mostDatasetRuns,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
  return data
}

/** The runs with the baseline in front. */
export function baselineFirst(runs: readonly ShownRun[], base: string | undefined): readonly ShownRun[] {
  const baseline = runs.find(({ id }) => id === base)
  return baseline ? [baseline, ...runs.filter((run) => run !== baseline)] : runs
}

function idFilter(ids: readonly string[]): string {
  return `attributes.run_id IN (${ids.map((id) => `'${id.replaceAll("'", "''")}'`).join(', ')})`
}

function chunksOf(columns: readonly RunColumn[]): readonly (readonly RunColumn[])[] {
  const count = Math.max(1, Math.ceil(columns.length / perRequest))
  return Array.from({ length: count }, (_, place) => columns.slice(place * perRequest, (place + 1) * perRequest))
}

/** A run's values of all pages, one after the other. */
function valuesByRun(pages: readonly (readonly QueriedRun[])[]): ReadonlyMap<string, readonly unknown[]> {
  const byRun = new Map<string, unknown[]>()
  for (const runs of pages) {
    for (const run of runs) byRun.set(run.run_id, [...(byRun.get(run.run_id) ?? []), ...valuesOf(run)])
  }
  return byRun
}

async function someAtOnce<T, R>(all: readonly T[], ask: (one: T) => Promise<R>): Promise<R[]> {
  const replies: R[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < all.length) {
      const place = next++
      replies[place] = await ask(all[place] as T)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, work))
  return replies
}
