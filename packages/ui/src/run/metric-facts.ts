import type { Response } from '@trackway/sdk'

type Series = NonNullable<Response<'metricSeries'>['series']>[number]

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
