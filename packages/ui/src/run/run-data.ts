import { type QueryClient, useQuery } from '@tanstack/react-query'
import type { Response } from '@trackway/sdk'
import { server } from '../server.ts'
import { runningMs } from '../workspace/run-queries.ts'

export type Run = Response<'getRun'>['run']
export type Series = NonNullable<Response<'metricSeries'>['series']>[number]

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

export interface MetricFacts {
  readonly points: number
  readonly x: readonly number[]
  /** The last value of each bucket of steps, as drawn: null where it is NaN or infinite. */
  readonly values: readonly (number | null)[]
  /** Undefined where no point has a value that can be compared. */
  readonly min: Extreme | undefined
  readonly max: Extreme | undefined
}

export interface Extreme {
  readonly value: number
  readonly step: number
  /** Whether the step is exact, not that of the bucket that it is in. */
  readonly isExact: boolean
}

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

/** What a sampled curve tells of a metric: its extremes are exact, as sampling keeps them. */
export function factsOf({ points, x, last, min, max }: Series): MetricFacts {
  const steps = (x as readonly unknown[]).map(Number)
  const values = numbers(last)
  const isExact = min === undefined
  return {
    points: Number(points),
    x: steps,
    values: values.map((value) => (Number.isFinite(value) ? value : null)),
    min: extreme(steps, isExact ? values : numbers(min), isExact, (one, other) => one < other),
    max: extreme(steps, isExact ? values : numbers(max), isExact, (one, other) => one > other),
  }
}

function extreme(
  steps: readonly number[],
  values: readonly number[],
  isExact: boolean,
  isBetter: (one: number, other: number) => boolean,
): Extreme | undefined {
  let best: Extreme | undefined
  values.forEach((value, index) => {
    if (Number.isNaN(value) || (best && !isBetter(value, best.value))) return
    best = { value, step: steps[index] ?? 0, isExact }
  })
  return best
}

/** Numbers of the wire, where NaN and the infinities are strings. */
function numbers(values: unknown): number[] {
  return (values as readonly unknown[]).map((value) => (value === null ? Number.NaN : Number(value)))
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
