import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { server } from '../../server.ts'
import type { ShownRun } from '../shown-runs.ts'
import { metricField } from './charts-toolbar.tsx'

/** More metrics are not looked through: their sections stay in the order of their names. */
const mostKeys = 100
/** Counting reads every point: two runs tell. */
const mostRuns = 2
const none: readonly string[] = []

/** The metrics that the first runs have no more than one point of: a chart of them says little. */
export function usePointMetrics(runs: readonly ShownRun[] | undefined, keys: readonly string[]): ReadonlySet<string> {
  const ids = runs?.slice(0, mostRuns).map(({ id }) => id)
  const { data = none } = useQuery({
    queryKey: ['point-metrics', ids, keys],
    queryFn: async ({ signal }) => {
      const { runs: found = [] } = await server.queryRuns(
        {
          run_ids: ids ?? [],
          run_view_type: 'ALL',
          columns: keys.map((key) => ({ field: metricField(key), value: 'COUNT' })),
          max_results: mostRuns,
        },
        { signal },
      )
      return keys.filter((_, at) => found.every(({ values }) => Number((values as readonly unknown[])[at] ?? 0) <= 1))
    },
    enabled: ids !== undefined && ids.length > 0 && keys.length > 0 && keys.length <= mostKeys,
    staleTime: 60_000,
    retry: false,
  })
  return useMemo(() => new Set(data), [data])
}
