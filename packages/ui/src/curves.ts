import { useQuery } from '@tanstack/react-query'
import { runningMs } from './runs.ts'
import { server } from './server.ts'

/** A metric's curve over its steps, whole or sampled. */
export interface MetricCurve {
  readonly key: string
  /** How many points were logged. */
  readonly points: number
  readonly x: readonly number[]
  readonly last: readonly number[]
  /** The least and the greatest value of what each point stands for, where points were left out. */
  readonly min: readonly number[] | undefined
  readonly max: readonly number[] | undefined
}

/** Each point is about a pixel wide here. */
const buckets = 300

/** The curves of some metrics of a run; of a running one they are read again and again. */
export function useCurves(runId: string, keys: readonly string[], isRunning: boolean) {
  return useQuery({
    queryKey: ['run', runId, 'curves', keys],
    queryFn: async ({ signal }): Promise<readonly MetricCurve[]> => {
      const { series = [] } = await server.metricSeries({ run_ids: [runId], keys: [...keys], buckets }, { signal })
      return series.map(({ key, points, x, last, min, max }) => ({
        key,
        points: Number(points),
        x: numbers(x),
        last: numbers(last),
        min: min === undefined ? undefined : numbers(min),
        max: max === undefined ? undefined : numbers(max),
      }))
    },
    enabled: keys.length > 0,
    refetchInterval: isRunning ? runningMs : false,
  })
}

/** NaN and the infinities come as text. */
function numbers(list: unknown): number[] {
  return Array.isArray(list) ? list.map(Number) : []
}
