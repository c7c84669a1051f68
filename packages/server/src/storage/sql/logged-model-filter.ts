import sql, { empty, join } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import { conditionsOf } from '../../search/filter.ts'
import type { Comparison, Condition } from '../../search/filter.ts'
import type { LoggedModelSearch } from '../../tracking/store.ts'
import { compare, compareDouble } from './comparison.ts'
import type { Engine } from './engine.ts'
import { compileFilter } from './expression.ts'

interface Column {
  readonly expression: Sql
  /** Whether '' stands for a value that was not given. */
  readonly mayBeEmpty: boolean
}

const given = (expression: Sql): Column => ({ expression, mayBeEmpty: false })
const optional = (expression: Sql): Column => ({ expression, mayBeEmpty: true })

const columns: Readonly<Record<string, Column>> = {
  name: given(sql`m.name`),
  model_id: given(sql`m.uuid`),
  model_type: optional(sql`m.model_type`),
  status: given(sql`m.status`),
  status_message: optional(sql`m.status_message`),
  source_run_id: optional(sql`m.source_run_uuid`),
  experiment_id: given(sql`cast(m.experiment_id as text)`),
  artifact_uri: given(sql`m.artifact_uri`),
  creation_timestamp: given(sql`m.creation_time`),
  last_updated_timestamp: given(sql`m.last_update_time`),
}

/** Where an attribute of `logged_models m` lies. */
export function modelColumn(attribute: string): Column {
  const column = columns[attribute]
  if (!column) throw new Error(`Logged models have no column for the attribute ${attribute}`)
  return column
}

/**
 * A filter as conditions on `logged_models m`, all of which must hold. As in MLflow a metric counts with any of its
 * points, not only the latest, and datasets without a condition on a metric ask for any point measured on one of them.
 */
export async function modelConditions(
  engine: Engine,
  { filter, datasets }: Pick<LoggedModelSearch, 'filter' | 'datasets'>,
): Promise<Sql[]> {
  const conditions = await compileFilter(filter, (condition) => toCondition(engine, condition, datasets))
  if (datasets.length > 0 && !conditionsOf(filter).some((condition) => condition.on === 'metric')) {
    conditions.push(sql`exists (select 1 from logged_model_metrics v where v.model_id = m.id ${onDatasets(datasets)})`)
  }
  return conditions
}

function toCondition(engine: Engine, condition: Condition, datasets: LoggedModelSearch['datasets']): Sql {
  switch (condition.on) {
    case 'attribute': {
      const { expression, mayBeEmpty } = modelColumn(condition.key)
      const isAboutNull = condition.value === null
      return compare(engine, mayBeEmpty && isAboutNull ? sql`nullif(${expression}, '')` : expression, condition)
    }
    case 'metric':
      return hasValue(sql`logged_model_metrics`, condition, onDatasets(datasets), (value) =>
        compareDouble(engine, value, condition),
      )
    case 'param':
      return hasValue(sql`logged_model_params`, condition, empty, (value) => compare(engine, value, condition))
    case 'tag':
      return hasValue(sql`logged_model_tags`, condition, empty, (value) => compare(engine, value, condition))
    case 'dataset':
      throw new Error('The filter of logged models has no conditions on datasets')
  }
}

function hasValue(
  table: Sql,
  { key, comparator }: { key: string; comparator: Comparison['comparator'] },
  also: Sql,
  test: (value: Sql) => Sql,
): Sql {
  const ofKey = sql`select 1 from ${table} v where v.model_id = m.id and v.key = ${key} ${also}`
  if (comparator === 'IS NULL') return sql`not exists (${ofKey})`
  if (comparator === 'IS NOT NULL') return sql`exists (${ofKey})`
  return sql`exists (${ofKey} and ${test(sql`v.value`)})`
}

/** `and` a point of `logged_model_metrics v` was measured on one of these; nothing where there are none. */
export function onDatasets(datasets: readonly DatasetChoice[]): Sql {
  if (datasets.length === 0) return empty
  const choices = datasets.map(({ name, digest }) => {
    const parts = [
      ...(name === undefined ? [] : [sql`v.dataset_name = ${name}`]),
      ...(digest === undefined ? [] : [sql`v.dataset_digest = ${digest}`]),
    ]
    return sql`(${join(parts, ' and ')})`
  })
  return sql`and (${join(choices, ' or ')})`
}

/** A dataset by its name, its digest or both; one of them is there. */
interface DatasetChoice {
  readonly name: string | undefined
  readonly digest: string | undefined
}
