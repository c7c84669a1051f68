import { useQuery } from '@tanstack/react-query'
import { server } from '../server.ts'

/** The name of an experiment, or its id until that is known. */
export function useExperimentName(experimentId: string): string {
  const { data } = useQuery({
    queryKey: ['experiment', experimentId],
    queryFn: async ({ signal }) => (await server.getExperiment({ experiment_id: experimentId }, { signal })).experiment,
    staleTime: 60_000,
  })
  return data?.name ?? experimentId
}
