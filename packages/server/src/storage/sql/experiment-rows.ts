import type { Experiment, Int64 } from '@trackway/api'
import sql from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { KeyValue, Lifecycle } from '../../tracking/store.ts'
import type { Engine } from './engine.ts'

export interface ExperimentRow {
  readonly id: number
  readonly name: string
  readonly artifact_location: string
  readonly lifecycle_stage: Lifecycle
  readonly creation_time: Int64
  readonly last_update_time: Int64
}

export const experimentColumns = 'id, name, artifact_location, lifecycle_stage, creation_time, last_update_time'

/** What may exceed what a number holds. */
export const experimentTimes = ['creation_time', 'last_update_time']

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

/** @param experiments a query of `experimentColumns`; `e` behind this, with the tags as `t`. */
export function withTags(engine: Engine, experiments: Sql): Sql {
  const tags = engine.leftJoin('experiment_tags', 't', sql`t.experiment_id = e.id`)
  return sql`select e.*, t.key, t.value from (${experiments}) e ${tags}`
}

type TaggedRow = [
  id: number,
  name: string,
  artifactLocation: string,
  stage: Lifecycle,
  created: Int64,
  updated: Int64,
  key: string | null,
  value: string,
]

/**
 * Experiments as the wire has them.
 * @param rows of `withTags`, those of an experiment together.
 */
export function toExperiments(rows: readonly unknown[][]): Experiment[] {
  const experiments: Experiment[] = []
  let tags: KeyValue[] = []
  let current: number | undefined
  for (const row of rows as TaggedRow[]) {
    const [id, name, artifact_location, lifecycle_stage, creation_time, last_update_time, key, value] = row
    if (id !== current) {
      current = id
      tags = []
      experiments.push({
        experiment_id: String(id),
        name,
        artifact_location,
        lifecycle_stage,
        last_update_time,
        creation_time,
        tags,
      })
    }
    // Their order is made here: for the engines it is more work than all else, even where there are few.
    if (key !== null) putInOrder(tags, { key, value })
  }
  return experiments
}

function putInOrder(tags: KeyValue[], tag: KeyValue): void {
  let place = tags.length
  while (place > 0 && (tags[place - 1] as KeyValue).key > tag.key) place--
  tags.splice(place, 0, tag)
}
