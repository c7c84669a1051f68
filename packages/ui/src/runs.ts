import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { server } from './server.ts'

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
  })
}

export function useRun(runId: string) {
  return useQuery({
    queryKey: ['run', runId],
    queryFn: async ({ signal }) => (await server.getRun({ run_id: runId }, { signal })).run,
  })
}
