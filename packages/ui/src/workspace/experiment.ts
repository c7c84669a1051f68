import { useQuery } from '@tanstack/react-query'
import { server } from '../server.ts'

/** The experiment of a workspace, active or deleted; nothing is asked where there is none. */
export function useExperiment(experimentId: string | undefined) {
  return useQuery({
    queryKey: ['experiment', experimentId],
    queryFn: async ({ signal }) => (await server.getExperiment({ experiment_id: experimentId ?? '' }, { signal })).experiment,
    enabled: experimentId !== undefined,
    staleTime: 30_000,
  })
}
