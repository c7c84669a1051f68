import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { server } from '../server.ts'

const none: ReadonlyMap<string, string> = new Map()

/** The names of all experiments by id; nothing is asked where a table has no use for them. */
export function useExperimentNames(isNeeded: boolean): ReadonlyMap<string, string> {
  const { data } = useQuery({
    queryKey: ['experiments', 'names'],
    queryFn: async ({ signal }) =>
      (await server.searchExperiments({ max_results: 5000, view_type: 'ALL' }, { signal })).experiments ?? [],
    enabled: isNeeded,
    staleTime: 60_000,
  })
  return useMemo(() => (data ? new Map(data.map(({ experiment_id, name }) => [experiment_id, name])) : none), [data])
}
