import type { Int64, LoggedModel, Metric, Tag } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Lifecycle } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readDouble } from './database.ts'
import { query } from './query.ts'

type Ids = { ids: readonly number[] }

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
  (p, engine) => sql`select id, uuid, experiment_id, name, model_type, source_run_uuid, status, status_message,
    artifact_uri, creation_time, last_update_time, lifecycle_stage
    from logged_models where ${engine.among(sql`id`, p.ids)}`,
  ['creation_time', 'last_update_time'],
)

interface ModelParts {
  readonly row: ModelRow
  readonly tags: Tag[]
  readonly params: Tag[]
  readonly metrics: Metric[]
  readonly registrations: NonNullable<LoggedModel['info']['registrations']>
}

type ValueRow = [model: number, key: string, value: string]

const paramsOf = query<Ids, unknown>(
  (p, engine) => sql`select model_id, key, value from logged_model_params
    where ${engine.among(sql`model_id`, p.ids)} order by model_id, key`,
)

const tagsOf = query<Ids, unknown>(
  (p, engine) => sql`select model_id, key, value from logged_model_tags
    where ${engine.among(sql`model_id`, p.ids)} order by model_id, key`,
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
  (p, engine) => sql`
    select m.model_id, m.key, m.value, m.timestamp, m.step, m.dataset_name, m.dataset_digest, r.uuid
    from logged_model_metrics m join runs r on r.id = m.run_id
    where ${engine.among(sql`m.model_id`, p.ids)}
    order by m.model_id, m.key, m.timestamp, m.step, m.run_id, m.dataset_name, m.dataset_digest, m.value`,
  ['timestamp', 'step'],
)

const registrationsOf = query<Ids, unknown>(
  (p, engine) => sql`select l.id, m.name, v.version
    from logged_models l
    join model_versions v on v.model_uuid = l.uuid and v.model_uuid <> ''
    join registered_models m on m.id = v.model_id
    where ${engine.among(sql`l.id`, p.ids)} order by l.id, v.id`,
)

/** Whole models as the wire has them, in the order of `keys`: each with all points of its metrics. Five queries. */
export async function readModels(database: Database, keys: readonly number[]): Promise<LoggedModel[]> {
  if (keys.length === 0) return []
  const list = { ids: keys }
  const models = new Map<number, ModelParts>()
  for (const row of await database.all(modelsOf, list)) {
    models.set(row.id, { row, tags: [], params: [], metrics: [], registrations: [] })
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
  for (const [id, name, version] of (await database.rows(registrationsOf, list)) as [number, string, number][]) {
    models.get(id)?.registrations.push({ name, version: String(version) })
  }
  return keys.flatMap((id) => {
    const model = models.get(id)
    if (!model) return []
    const { row, tags, params, metrics, registrations } = model
    return [{ info: { ...toInfo(row), tags, registrations }, data: { params, metrics } }]
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
