import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { server } from './server.ts'

/** How often, in ms, runs that log are read again: what they log has no events. */
export const runningMs = 5000

/** The active runs of an experiment, the newest first, page by page. */
export function useRuns(experimentId: string) {
  return useInfiniteQuery({
    queryKey: ['runs', experimentId],
    queryFn: ({ pageParam, signal }) =>
      server.searchRuns(
        {
          experiment_ids: [experimentId],
          max_results: 50,
          order_by: ['attributes.start_time DESC'],
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => page.runs?.some((run) => run.info.status === 'RUNNING')) ? runningMs : false,
  })
}

export function useRun(runId: string) {
  return useQuery({
    queryKey: ['run', runId],
    queryFn: async ({ signal }) => (await server.getRun({ run_id: runId }, { signal })).run,
    refetchInterval: ({ state: { data } }) => (data?.info.status === 'RUNNING' ? runningMs : false),
  })
}
