import type { TrackingStore } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { createDatasetStore } from './datasets.ts'
import { countExperiments, createExperimentStore, ensureDefaultExperiment } from './experiments.ts'
import { createLoggedModelStore } from './logged-models.ts'
import { createMetricStore } from './metrics.ts'
import { createNames } from './names.ts'
import { settleRuns } from './run-documents.ts'
import { createRunStore } from './runs.ts'
import { createViewStore } from './views.ts'

export interface SqlTrackingStore extends TrackingStore {
  /** What a new store must have before the first request. */
  prepare(): Promise<void>
  /** How many experiments were ever made. */
  countExperiments(): Promise<number>
  /** Writes documents of up to `limit` runs that have ended; the number written. */
  settleRuns(limit: number): Promise<number>
}

/** @param artifactRoot where the artifacts of experiments lie that name no place of their own. */
export function createTrackingStore(database: Database, artifactRoot: string): SqlTrackingStore {
  const names = createNames()
  return {
    experiments: createExperimentStore(database, artifactRoot),
    runs: createRunStore(database, names),
    metrics: createMetricStore(database),
    datasets: createDatasetStore(database),
    loggedModels: createLoggedModelStore(database),
    views: createViewStore(database),
    countExperiments: () => countExperiments(database),
    prepare: () => ensureDefaultExperiment(database, artifactRoot, Date.now()),
    settleRuns: (limit) => settleRuns(database, names, limit),
  }
}
