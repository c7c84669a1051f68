import { useQuery } from '@tanstack/react-query'
import { server } from '../server.ts'

/** The views of an experiment, or those that are about several. */
export function useViews(experimentId: string | undefined, isEnabled = true) {
  return useQuery({
    queryKey: ['views', experimentId],
    queryFn: async ({ signal }) =>
      (await server.listViews(experimentId === undefined ? {} : { experiment_id: experimentId }, { signal })).views ??
      [],
    enabled: isEnabled,
    staleTime: 30_000,
  })
}
