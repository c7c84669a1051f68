import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { Request, Response } from '@trackway/sdk'
import { server } from '../server.ts'
import { columnOf } from './column.ts'
import { isFilterRefusal } from './filter-refusal.ts'
import type { RunScope } from './workspace.ts'

export type RunPage = Response<'queryRuns'>
export type QueriedRun = NonNullable<RunPage['runs']>[number]
export type RunColumn = NonNullable<Request<'queryRuns'>['columns']>[number]
export type Facet = NonNullable<Response<'runFacets'>['facets']>[number]

/** How often, in ms, runs that log are read again: what they log has no events. */
export const runningMs = 5000
const pageSize = 200
/** A table that was scrolled far is read again more seldom, as all its pages are. */
const manyPages = 4

/** The scope as the endpoints take it. */
export function scopeRequest({ experimentIds, filter, viewType }: RunScope) {
  return { experiment_ids: [...experimentIds], run_view_type: viewType, ...(filter !== '' && { filter }) }
}

/** Runs with the values of some columns, page by page; read again while one of them runs. */
export function useRunPages(
  scope: RunScope,
  columns: readonly RunColumn[],
  extra: Partial<Request<'queryRuns'>> = {},
  isEnabled = true,
) {
  const queries = useQueryClient()
  const options = runPages(scope, columns, extra)
  // Asked for while rendering, and so before what effects ask for: a server that has just begun answers rows first.
  if (isEnabled && !queries.getQueryState(options.queryKey)) void queries.prefetchInfiniteQuery(options)
  return useInfiniteQuery({
    ...options,
    enabled: isEnabled,
    placeholderData: keepPreviousData,
    // A server that went away is asked until it is back.
    refetchInterval: ({ state: { data, error } }) =>
      data && error && !isFilterRefusal(error) ? runningMs : pollMs(data),
  })
}

function runPages(scope: RunScope, columns: readonly RunColumn[], extra: Partial<Request<'queryRuns'>>) {
  return infiniteQueryOptions({
    queryKey: ['runs', 'pages', scope, columns, extra],
    queryFn: async ({ pageParam, signal }) => {
      const page = await server.queryRuns(
        {
          ...scopeRequest(scope),
          columns: [...columns],
          order_by: [...scope.orderBy],
          max_results: pageSize,
          ...extra,
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      )
      // While other columns are loading, a table still shows these.
      return { ...page, places: columnPlaces(columns) }
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
}

/** At which place of a run's values each column is, by its id as addresses have it. */
export type ColumnPlaces = ReadonlyMap<string, number>

export function columnPlaces(columns: readonly RunColumn[]): ColumnPlaces {
  return new Map(columns.map(({ field, value }, place) => [columnOf(field, value), place]))
}

function pollMs(data: InfiniteData<RunPage> | undefined): number | false {
  const first = data?.pages[0]
  if (Number(first?.running_matching ?? first?.running ?? 0) === 0) return false
  return (data?.pages.length ?? 0) > manyPages ? 6 * runningMs : runningMs
}

/** What the matching runs have: keys, values, ranges; with histograms of ten bins. */
export function useFacets(scope: RunScope, isEnabled = true) {
  const { experimentIds, filter, viewType } = scope
  return useQuery({
    queryKey: ['runs', 'facets', experimentIds, filter, viewType],
    queryFn: ({ signal }) => server.runFacets({ ...scopeRequest(scope), bins: 10 }, { signal }),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
}
