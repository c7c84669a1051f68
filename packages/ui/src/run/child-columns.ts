import { parentTag } from '../controls/client-tags.ts'
import { isSystemMetric } from '@trackway/sdk'
import { useQuery } from '@tanstack/react-query'
import { server } from '../server.ts'

/** How many of the runs below are looked at for what they have, and how many metrics are shown. */
const lookedAt = 50
const mostColumns = 6

/** The metrics that the runs below a run have, those that most have first. */
export function useChildColumns(experimentId: string, parentId: string): readonly string[] {
  const { data } = useQuery({
    queryKey: ['runs', 'children', 'columns', experimentId, parentId],
    queryFn: async ({ signal }) => {
      const { runs = [] } = await server.searchRuns(
        {
          experiment_ids: [experimentId],
          filter: `tags.${parentTag} = '${parentId}'`,
          max_results: lookedAt,
        },
        { signal },
      )
      const counts = new Map<string, number>()
      for (const { data: logged } of runs) {
        for (const { key } of logged.metrics ?? []) {
          if (!isSystemMetric(key)) counts.set(key, (counts.get(key) ?? 0) + 1)
        }
      }
      return [...counts]
        .toSorted(([, one], [, other]) => other - one)
        .map(([key]) => key)
        .slice(0, mostColumns)
    },
    placeholderData: (before) => before,
  })
  return data ?? none
}

const none: readonly string[] = []
