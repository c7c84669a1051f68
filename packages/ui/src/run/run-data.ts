import { type QueryClient, useQuery } from '@tanstack/react-query'
import type { Response } from '@trackway/sdk'
import { server } from '../server.ts'
import { runningMs } from '../workspace/run-queries.ts'
import { factsOf } from './metric-facts.ts'

export type Run = Response<'getRun'>['run']

/** A run with its latest values; read again while it runs. */
export function useRun(runId: string) {
  return useQuery({
    queryKey: ['run', runId, 'itself'],
    queryFn: async ({ signal }) => (await server.getRun({ run_id: runId }, { signal })).run,
    refetchInterval: ({ state: { data } }) => (data?.info.status === 'RUNNING' ? runningMs : false),
  })
}

/** How many metrics one request of curves may name. */
const keysAtOnce = 200
/** Points of a curve that is drawn as small as a word; where there are few, so many that most extremes have their step. */
const sparkBuckets = 60
const fineBuckets = 1000
const fewKeys = 20

/** How each of some metrics of a run went: by key. Keys beyond what one request takes are left out. */
export function useMetricFacts(runId: string, keys: readonly string[], isRunning: boolean) {
  const asked = keys.slice(0, keysAtOnce)
  return useQuery({
    queryKey: ['run', runId, 'facts', asked],
    queryFn: async ({ signal }) => {
      const { series = [] } = await server.metricSeries(
        { run_ids: [runId], keys: asked, buckets: asked.length > fewKeys ? sparkBuckets : fineBuckets },
        { signal },
      )
      return new Map(series.map((one) => [one.key, factsOf(one)]))
    },
    enabled: asked.length > 0,
    placeholderData: (before) => before,
    refetchInterval: isRunning ? runningMs : false,
  })
}

/** Has everything read again that a change of a run concerns. */
export async function runChanged(queries: QueryClient, runId: string): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['run', runId] }),
    queries.invalidateQueries({ queryKey: ['runs'] }),
  ])
}

/** The value of a tag; undefined where there is none. */
export function tagOf({ data }: Run, key: string): string | undefined {
  return data.tags?.find((tag) => tag.key === key)?.value
}
