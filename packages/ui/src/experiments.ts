import { useInfiniteQuery, type UseInfiniteQueryResult, type InfiniteData, useQuery } from '@tanstack/react-query'
import type { Experiment, Response } from '@trackway/sdk'
import { server } from './server.ts'

export type ExperimentPages = UseInfiniteQueryResult<InfiniteData<Response<'searchExperiments'>>>

/** The active experiments, the newest first, page by page. */
export function useExperiments(): ExperimentPages {
  return useInfiniteQuery({
    queryKey: ['experiments'],
    queryFn: ({ pageParam, signal }) =>
      server.searchExperiments(
        { max_results: 100, view_type: 'ACTIVE_ONLY', ...(pageParam !== '' && { page_token: pageParam }) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
}

/** One experiment; asked for only where the list does not have it, as for a deleted one. */
export function useExperiment(id: string, known: Experiment | undefined) {
  return useQuery({
    queryKey: ['experiment', id],
    queryFn: async ({ signal }) => (await server.getExperiment({ experiment_id: id }, { signal })).experiment,
    enabled: known === undefined,
    ...(known !== undefined && { initialData: known }),
  })
}

export interface RunCounts {
  readonly runs: number
  readonly running: number
}

/** How many runs each active experiment has, by its id. */
export function useRunCounts() {
  return useQuery({
    queryKey: ['summaries'],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, RunCounts>> => {
      const { summaries = [] } = await server.summarizeExperiments({}, { signal })
      return new Map(
        summaries.map(({ experiment_id: id, runs, running }) => [id, { runs: Number(runs), running: Number(running) }]),
      )
    },
  })
}
