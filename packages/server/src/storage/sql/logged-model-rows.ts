import type { Int64, LoggedModel, Metric, Tag } from '@trackway/api'

import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import { query } from './query.ts'
import type { Lifecycle } from './schema.ts'

type Ids = { ids: string }

interface ModelRow {
  readonly id: number
  readonly uuid: string
  readonly experiment_id: number
  readonly name: string
  readonly model_type: string
  readonly source_run_uuid: string
  readonly status: string
  readonly status_message: string
  readonly artifact_uri: string
  readonly creation_time: Int64
  readonly last_update_time: Int64
  readonly lifecycle_stage: Lifecycle
}

const modelsOf = query<Ids, ModelRow>(
  (db, p, engine) =>
    db
      .selectFrom('logged_models')
      .selectAll()
      .where((eb) => engine.among(eb.ref('id'), p.ids)),
  ['creation_time', 'last_update_time'],
)

type ValueRow = [model: number, key: string, value: string]

const paramsOf = query<Ids, unknown>((db, p, engine) =>
  db
    .selectFrom('logged_model_params')
    .select(['model_id', 'key', 'value'])
    .where((eb) => engine.among(eb.ref('model_id'), p.ids))
    .orderBy('model_id')
    .orderBy('key'),
)

const tagsOf = query<Ids, unknown>((db, p, engine) =>
  db
    .selectFrom('logged_model_tags')
    .select(['model_id', 'key', 'value'])
    .where((eb) => engine.among(eb.ref('model_id'), p.ids))
    .orderBy('model_id')
    .orderBy('key'),
)

type MetricRow = [
  model: number,
  key: string,
  value: unknown,
  timestamp: Int64,
  step: Int64,
  datasetName: string,
  datasetDigest: string,
  run: string,
]

const metricsOf = query<Ids, unknown>(
  (db, p, engine) =>
    db
      .selectFrom('logged_model_metrics as m')
      .innerJoin('runs', 'runs.id', 'm.run_id')
      .select(['m.model_id', 'm.key', 'm.value', 'm.timestamp', 'm.step', 'm.dataset_name', 'm.dataset_digest', 'uuid'])
      .where((eb) => engine.among(eb.ref('m.model_id'), p.ids))
      .orderBy('m.model_id')
      .orderBy('m.key')
      .orderBy('m.timestamp')
      .orderBy('m.step')
      .orderBy('m.run_id')
      .orderBy('m.dataset_name')
      .orderBy('m.dataset_digest')
      .orderBy('m.value'),
  ['timestamp', 'step'],
)

/** Whole models as the wire has them, in the order of `keys`: each with all points of its metrics. Four queries. */
export async function readModels(database: Database, keys: readonly number[]): Promise<LoggedModel[]> {
  if (keys.length === 0) return []
  const list = { ids: JSON.stringify(keys) }
  const models = new Map<number, { row: ModelRow; tags: Tag[]; params: Tag[]; metrics: Metric[] }>()
  for (const row of await database.all(modelsOf, list)) {
    models.set(row.id, { row, tags: [], params: [], metrics: [] })
  }
  for (const [id, key, value] of (await database.rows(paramsOf, list)) as ValueRow[]) {
    models.get(id)?.params.push({ key, value })
  }
  for (const [id, key, value] of (await database.rows(tagsOf, list)) as ValueRow[]) {
    models.get(id)?.tags.push({ key, value })
  }
  for (const row of (await database.rows(metricsOf, list)) as MetricRow[]) {
    const model = models.get(row[0])
    model?.metrics.push(toMetric(row, model.row.uuid))
  }
  return keys.flatMap((id) => {
    const model = models.get(id)
    if (!model) return []
    const { row, tags, params, metrics } = model
    return [{ info: { ...toInfo(row), tags }, data: { params, metrics } }]
  })
}

function toMetric(row: MetricRow, modelId: string): Metric {
  const [, key, value, timestamp, step, datasetName, datasetDigest, runId] = row
  return {
    key,
    value: readDouble(value),
    timestamp,
    step,
    dataset_name: datasetName || undefined,
    dataset_digest: datasetDigest || undefined,
    model_id: modelId,
    run_id: runId,
  }
}

function toInfo(row: ModelRow): LoggedModel['info'] {
  return {
    model_id: row.uuid,
    experiment_id: String(row.experiment_id),
    name: row.name,
    creation_timestamp_ms: row.creation_time,
    last_updated_timestamp_ms: row.last_update_time,
    artifact_uri: row.artifact_uri,
    status: row.status as LoggedModel['info']['status'],
    model_type: row.model_type,
    source_run_id: row.source_run_uuid,
    status_message: row.status_message || undefined,
  }
}
