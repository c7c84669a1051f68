import { headlineMetric } from '@trackway/sdk'
import type { SourceRun } from './source-runs.ts'

/** How many metrics are shown unless somebody chooses. */
const mostShown = 5

/** All metrics of some runs, by name. */
export function metricsOf(runs: readonly SourceRun[]): readonly string[] {
  return [...new Set(runs.flatMap((run) => [...run.metrics.keys()]))].toSorted()
}

/** The metrics in which runs differ, the one that they are judged by first. With a single run, all that it has. */
export function differingMetrics(runs: readonly SourceRun[]): readonly string[] {
  const keys = metricsOf(runs)
  const different =
    runs.length < 2 ? keys : keys.filter((key) => new Set(runs.map((run) => run.metrics.get(key))).size > 1)
  const first = headlineMetric(different)
  return (first === undefined ? different : [first, ...different.filter((key) => key !== first)]).slice(0, mostShown)
}
