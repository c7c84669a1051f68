import type { Experiment, Int64 } from '@trackway/api'

import type { KeyValue, Lifecycle } from '../../tracking/store.ts'

export interface ExperimentRow {
  readonly id: number
  readonly name: string
  readonly artifact_location: string
  readonly lifecycle_stage: Lifecycle
  readonly creation_time: Int64
  readonly last_update_time: Int64
}

export const experimentColumns = 'id, name, artifact_location, lifecycle_stage, creation_time, last_update_time'

/** An experiment as the wire has it. */
export function toExperiment(row: ExperimentRow, tags: readonly KeyValue[]): Experiment {
  return {
    experiment_id: String(row.id),
    name: row.name,
    artifact_location: row.artifact_location,
    lifecycle_stage: row.lifecycle_stage,
    last_update_time: row.last_update_time,
    creation_time: row.creation_time,
    tags: [...tags],
  }
}
