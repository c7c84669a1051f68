import sql from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { Database } from './database.ts'
import { recordEvent } from './events.ts'
import { findActiveExperiment } from './experiments.ts'
import { query } from './query.ts'
import { checkActive, findRunState, forgetDocument } from './run-rows.ts'

const setExperiment = query<{ ids: readonly number[]; target: number }, unknown>(
  (p, engine) => sql`update runs set experiment_id = ${p.target} where ${engine.among(sql`id`, p.ids)}`,
)

const runsWithDatasets = query<{ ids: readonly number[] }, { run_id: number }>(
  (p, engine) => sql`select distinct run_id from run_datasets where ${engine.among(sql`run_id`, p.ids)}`,
)

const copyDatasets = query<{ ids: readonly number[]; target: number }, unknown>(
  (p, engine) => sql`insert into datasets (experiment_id, name, digest, source_type, source, schema, profile)
    select e.id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
    from datasets d join experiments e on e.id = ${p.target}
    where d.id in (select i.dataset_id from run_datasets i where ${engine.among(sql`i.run_id`, p.ids)})
    order by d.id on conflict do nothing`,
)

/** The dataset of the new experiment that stands for the one in `column`. */
const counterpart = (column: Sql, target: number): Sql =>
  sql`(select d.id from datasets former
    join datasets d on d.experiment_id = ${target} and d.name = former.name and d.digest = former.digest
    where former.id = ${column})`

const linkDatasets = query<{ ids: readonly number[]; target: number }, unknown>(
  (p, engine) => sql`update run_datasets set dataset_id = ${counterpart(sql`run_datasets.dataset_id`, p.target)}
    where ${engine.among(sql`run_id`, p.ids)}`,
)

const linkTags = query<{ ids: readonly number[]; target: number }, unknown>(
  (p, engine) => sql`update run_dataset_tags
    set dataset_id = ${counterpart(sql`run_dataset_tags.dataset_id`, p.target)}
    where ${engine.among(sql`run_id`, p.ids)}`,
)

/**
 * Moves runs to another experiment, all or none. What is there already stays, and is not counted.
 *
 * A dataset is known by name and digest in its experiment: the runs' datasets become those of the new experiment, which
 * gets what it lacks. The former experiment shows a dataset as long as a run of it uses it.
 */
export async function moveRuns(
  database: Database,
  runIds: readonly string[],
  experimentId: string,
  author: Author,
): Promise<number> {
  return database.transaction(async (inner) => {
    const { id: target } = await findActiveExperiment(inner, experimentId)
    const moving = []
    for (const runId of runIds) {
      const run = await findRunState(inner, runId)
      checkActive(runId, run.lifecycle_stage)
      if (run.experiment_id !== target) moving.push({ ...run, runId })
    }
    const ids = moving.map((run) => run.id)
    const withDatasets = new Set((await inner.all(runsWithDatasets, { ids })).map((row) => row.run_id))
    if (withDatasets.size > 0) {
      for (const step of [copyDatasets, linkDatasets, linkTags]) await inner.run(step, { ids, target })
    }
    await inner.run(setExperiment, { ids, target })
    for (const run of moving) {
      // The new experiment may have known a dataset with another source.
      if (withDatasets.has(run.id)) await forgetDocument(inner, run)
      await recordEvent(inner, 'run.moved', author, {
        run_id: run.runId,
        experiment_id: experimentId,
        from_experiment_id: String(run.experiment_id),
      })
    }
    return moving.length
  })
}
