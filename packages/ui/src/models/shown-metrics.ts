import { metricWeight } from '@trackway/sdk'
import type { SourceRun } from './source-runs.ts'

/** How many metrics are shown unless somebody chooses. */
const mostShown = 4

/** All metrics of some runs, by name. */
export function metricsOf(runs: readonly SourceRun[]): readonly string[] {
  return [...new Set(runs.flatMap((run) => [...run.metrics.keys()]))].toSorted()
}

/**
 * The metrics in which runs differ, the likeliest to be judged by first; without times and learning rates, unless there is
 * nothing else. With a single run, all that it has.
 */
export function differingMetrics(runs: readonly SourceRun[]): readonly string[] {
  const keys = metricsOf(runs)
  const different =
    runs.length < 2 ? keys : keys.filter((key) => new Set(runs.map((run) => run.metrics.get(key))).size > 1)
  const telling = different.filter((key) => metricWeight(key) > 0)
  return (telling.length > 0 ? telling : different)
    .toSorted((a, b) => metricWeight(b) - metricWeight(a))
    .slice(0, mostShown)
}
