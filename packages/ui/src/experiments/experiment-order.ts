import type { Experiment } from '@trackway/sdk'
import { compareNames } from '../controls/display-text.ts'
import type { ExperimentSummary } from './experiment-queries.ts'
import type { ExperimentOrder } from './experiments-search.ts'

/** Experiments in order, those with a star first. */
export function ordered(
  experiments: readonly Experiment[],
  order: ExperimentOrder,
  summaries: ReadonlyMap<string, ExperimentSummary> | undefined,
  stars: ReadonlySet<string>,
): readonly Experiment[] {
  const weights: Readonly<Record<ExperimentOrder, (experiment: Experiment) => number>> = {
    activity: (experiment) =>
      summaries?.get(experiment.experiment_id)?.lastActivity ?? Number(experiment.last_update_time),
    created: (experiment) => Number(experiment.creation_time),
    runs: (experiment) => summaries?.get(experiment.experiment_id)?.runs ?? 0,
    name: () => 0,
  }
  const weight = weights[order]
  const isStarred = (experiment: Experiment): number => (stars.has(experiment.experiment_id) ? 1 : 0)
  return experiments.toSorted(
    (a, b) => isStarred(b) - isStarred(a) || weight(b) - weight(a) || compareNames(a.name, b.name),
  )
}
