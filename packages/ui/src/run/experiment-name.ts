import { useExperiment } from '../experiments/experiment-queries.ts'

/** The name of an experiment, or its id until that is known. */
export function useExperimentName(experimentId: string): string {
  return useExperiment(experimentId).data?.name ?? experimentId
}
