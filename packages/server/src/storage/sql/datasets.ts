import type { Int64 } from '@trackway/api'

import type { DatasetInput, DatasetStore, DatasetSummary, KeyValue } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { experimentKeys } from './experiment-keys.ts'
import { query } from './query.ts'
import { openRunForWriting } from './run-rows.ts'

/** The tag that says what a run used a dataset for, such as "train". */
const contextTag = 'mlflow.data.context'

const find = query<{ experiment: number; name: string; digest: string }, { id: number }>((db, p) =>
  db
    .selectFrom('datasets')
    .select('id')
    .where('experiment_id', '=', p.experiment)
    .where('name', '=', p.name)
    .where('digest', '=', p.digest),
)

interface NewDataset {
  readonly experiment: number
  readonly name: string
  readonly digest: string
  readonly sourceType: string
  readonly source: string
  readonly schema: string | null
  readonly profile: string | null
}

const insert = query<NewDataset, unknown>((db, p) =>
  db
    .insertInto('datasets')
    .values({
      experiment_id: p.experiment,
      name: p.name,
      digest: p.digest,
      source_type: p.sourceType,
      source: p.source,
      schema: p.schema,
      profile: p.profile,
    })
    // Another replica may add it at the same time.
    .onConflict((conflict) => conflict.doNothing()),
)

const link = query<{ run: number; dataset: number }, unknown>((db, p) =>
  db
    .insertInto('run_datasets')
    .values({ run_id: p.run, dataset_id: p.dataset })
    .onConflict((conflict) => conflict.doNothing()),
)

const insertTag = query<KeyValue & { run: number; dataset: number }, unknown>((db, p) =>
  db.insertInto('run_dataset_tags').values({ run_id: p.run, dataset_id: p.dataset, key: p.key, value: p.value }),
)

const insertModelInput = query<{ run: number; model: string }, unknown>((db, p) =>
  db
    .insertInto('run_model_inputs')
    .values({ run_id: p.run, model_uuid: p.model })
    .onConflict((conflict) => conflict.doNothing()),
)

const insertModelOutput = query<{ run: number; model: string; step: Int64 }, unknown>((db, p) =>
  db
    .insertInto('run_model_outputs')
    .values({ run_id: p.run, model_uuid: p.model, step: p.step })
    .onConflict((conflict) => conflict.doNothing()),
)

type SummaryRow = { experiment_id: number; name: string; digest: string; context: string | null }

const summaries = query<{ experiments: string; limit: number }, SummaryRow>((db, p, engine) =>
  db
    .selectFrom('datasets')
    .innerJoin('run_datasets', 'run_datasets.dataset_id', 'datasets.id')
    .leftJoin('run_dataset_tags', (join) =>
      join
        .onRef('run_dataset_tags.run_id', '=', 'run_datasets.run_id')
        .onRef('run_dataset_tags.dataset_id', '=', 'datasets.id')
        .on('run_dataset_tags.key', '=', contextTag),
    )
    .select(['datasets.experiment_id', 'datasets.name', 'datasets.digest', 'run_dataset_tags.value as context'])
    .distinct()
    .where((eb) => engine.among(eb.ref('datasets.experiment_id'), p.experiments))
    .orderBy('datasets.experiment_id')
    .orderBy('datasets.name')
    .orderBy('datasets.digest')
    .orderBy('context')
    .limit(p.limit),
)

export function createDatasetStore(database: Database): DatasetStore {
  return {
    logInputs: (runId, datasets, modelIds) =>
      database.transaction(async (inner) => {
        const run = await openRunForWriting(inner, runId)
        for (const input of datasets) await logDataset(inner, run, input)
        await inner.runMany(
          insertModelInput,
          modelIds.map((model) => ({ run: run.id, model })),
        )
      }),

    logOutputs: (runId, models) =>
      database.transaction(async (inner) => {
        const run = await openRunForWriting(inner, runId)
        await inner.runMany(
          insertModelOutput,
          models.map(({ modelId, step }) => ({ run: run.id, model: modelId, step })),
        )
      }),

    async summaries(experimentIds, limit) {
      const experiments = JSON.stringify(experimentKeys(experimentIds))
      const rows = await database.all(summaries, { experiments, limit })
      return rows.map(({ experiment_id, name, digest, context }): DatasetSummary => ({
        experiment_id: String(experiment_id),
        name,
        digest,
        context: context ?? undefined,
      }))
    },
  }
}

/** Notes that a run used a dataset. Noted already, it keeps the tags of the first time, as in MLflow. */
async function logDataset(
  database: Database,
  run: { readonly id: number; readonly experiment_id: number },
  { dataset, tags }: DatasetInput,
): Promise<void> {
  const key = { experiment: run.experiment_id, name: dataset.name, digest: dataset.digest }
  let known = await database.first(find, key)
  if (!known) {
    const { source_type: sourceType, source, schema = null, profile = null } = dataset
    await database.run(insert, { ...key, sourceType, source, schema, profile })
    known = await database.first(find, key)
    if (!known) throw new Error('The dataset was not stored')
  }
  const at = { run: run.id, dataset: known.id }
  if ((await database.run(link, at)) === 0) return
  await database.runMany(
    insertTag,
    tags.map((tag) => ({ ...tag, ...at })),
  )
}
