import { invalidParameter } from '@trackway/api'
import sql from 'sql-template-tag'

import type { MetricPoint } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { insertOrKeep } from './insertion.ts'
import type { RowOf } from './insertion.ts'
import { query } from './query.ts'

const findModel = query<{ uuid: string }, { id: number }>(
  (p) => sql`select id from logged_models where uuid = ${p.uuid}`,
)

// The same point again changes nothing.
const insertPoints = insertOrKeep('logged_model_metrics', {
  model_id: 'key',
  key: 'text',
  timestamp: 'int64',
  step: 'int64',
  run_id: 'key',
  dataset_name: 'text',
  dataset_digest: 'text',
  value: 'double',
})

/**
 * Adds the points that measure a logged model to that model, deleted or not; others are passed over. MLflow stores
 * one value for a model, metric, time, step and run; a second one, on another dataset say, is kept here too.
 * @param run the key of the run that logged them.
 * @throws ApiError INVALID_PARAMETER_VALUE for an unknown model: MLflow answers 400 here, not 404.
 */
export async function recordModelMetrics(
  database: Database,
  run: number,
  points: readonly MetricPoint[],
): Promise<void> {
  const models = new Map<string, number>()
  const rows: RowOf<typeof insertPoints.columns>[] = []
  for (const { modelId, key, timestamp, step, value, datasetName = '', datasetDigest = '' } of points) {
    if (modelId === undefined) continue
    let model = models.get(modelId)
    if (model === undefined) {
      model = (await database.first(findModel, { uuid: modelId }))?.id
      if (model === undefined) {
        throw invalidParameter(
          `Metric '${key}' names a model that is not here: no logged model has the ID '${modelId}'.`,
        )
      }
      models.set(modelId, model)
    }
    rows.push({
      model_id: model,
      key,
      timestamp,
      step,
      run_id: run,
      dataset_name: datasetName,
      dataset_digest: datasetDigest,
      value,
    })
  }
  await database.insertLast(insertPoints, rows)
}
