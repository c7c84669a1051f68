import sql, { raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { ModelOrderTerm } from '../../search/filter.ts'
import type { Engine } from './engine.ts'
import type { SortColumn } from './keyset.ts'
import { modelColumn, onDatasets } from './logged-model-filter.ts'

interface ModelOrder {
  /** Named expressions on `logged_models m`, one for each term and for the tie-break. */
  readonly values: readonly Sql[]
  /** The order in terms of those names. */
  readonly columns: readonly SortColumn[]
  /** Whether a value is looked up in another table. */
  readonly isComputed: boolean
}

/**
 * The order of a search of logged models. Ties are broken as in MLflow: the newest first, then by id. What a model
 * lacks comes last in both directions, NaN right before it.
 */
export function modelOrder(engine: Engine, terms: readonly ModelOrderTerm[]): ModelOrder {
  const values: Sql[] = [sql`m.creation_time as created`, sql`m.uuid as uuid`]
  const columns: SortColumn[] = []
  for (const [index, term] of terms.entries()) {
    const name = raw(`v${index}`)
    const { value, mayMiss } = termValue(term)
    values.push(sql`${value} as ${name}`)
    if (term.on === 'metric') {
      const isNumber = engine.isNumber(name)
      const rank = sql`case when ${name} is null then 2 when ${isNumber} then 0 else 1 end`
      columns.push({ expression: rank, ascending: true, kind: 'int64' })
      columns.push({
        expression: sql`case when ${isNumber} then ${name} end`,
        ascending: term.ascending,
        kind: 'double',
      })
      continue
    }
    if (mayMiss) {
      const rank = sql`case when ${name} is null then 1 else 0 end`
      columns.push({ expression: rank, ascending: true, kind: 'int64' })
    }
    const kind = term.on === 'attribute' && /(_timestamp|^experiment_id)$/.test(term.key) ? 'int64' : 'text'
    columns.push({ expression: name, ascending: term.ascending, kind })
  }
  columns.push(
    { expression: sql`created`, ascending: false, kind: 'int64' },
    { expression: sql`uuid`, ascending: true, kind: 'text' },
  )
  return { values, columns, isComputed: terms.some((term) => term.on !== 'attribute') }
}

function termValue(term: ModelOrderTerm): { value: Sql; mayMiss: boolean } {
  switch (term.on) {
    case 'attribute': {
      // As a number: the filter compares experiment ids as text.
      if (term.key === 'experiment_id') return { value: sql`m.experiment_id`, mayMiss: false }
      const { expression, mayBeEmpty } = modelColumn(term.key)
      return { value: mayBeEmpty ? sql`nullif(${expression}, '')` : expression, mayMiss: mayBeEmpty }
    }
    case 'metric':
      return { value: latestOf(term), mayMiss: true }
    case 'param':
    case 'tag': {
      const table = term.on === 'param' ? sql`logged_model_params` : sql`logged_model_tags`
      return {
        value: sql`(select v.value from ${table} v where v.model_id = m.id and v.key = ${term.key})`,
        mayMiss: true,
      }
    }
  }
}

/** A metric's latest value is that of the highest time here, then step: MLflow orders logged models by that. */
function latestOf({ key, datasetName, datasetDigest }: ModelOrderTerm): Sql {
  const dataset = { name: datasetName || undefined, digest: datasetDigest || undefined }
  const measuredOn = onDatasets(dataset.name === undefined && dataset.digest === undefined ? [] : [dataset])
  return sql`(select v.value from logged_model_metrics v where v.model_id = m.id and v.key = ${key} ${measuredOn}
    order by v.timestamp desc, v.step desc, v.run_id desc, v.dataset_name desc, v.dataset_digest desc, v.value desc
    limit 1)`
}
