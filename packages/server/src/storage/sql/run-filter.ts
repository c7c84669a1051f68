import sql, { empty, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { Comparison, Condition, Filter } from '../../search/filter.ts'
import { compare, compareDouble } from './comparison.ts'
import type { Database } from './database.ts'
import { compileFilter } from './expression.ts'
import type { Names } from './names.ts'

/** Where each attribute of a run lies. */
export const runAttributes: Readonly<Record<string, Sql>> = {
  run_id: sql`r.uuid`,
  run_name: sql`r.name`,
  user_id: sql`r.user_id`,
  status: sql`r.status`,
  artifact_uri: sql`r.artifact_uri`,
  start_time: sql`r.start_time`,
  end_time: sql`r.end_time`,
  experiment_id: sql`cast(r.experiment_id as text)`,
  lifecycle_stage: sql`r.lifecycle_stage`,
}

const datasetFields: Readonly<Record<string, Sql>> = {
  name: sql`d.name`,
  digest: sql`d.digest`,
}

/** A filter as conditions on `runs r`, all of which must hold. */
export function runConditions(database: Database, names: Names, filter: Filter): Promise<Sql[]> {
  return compileFilter(filter, (condition) => runCondition(database, names, condition))
}

async function runCondition(database: Database, names: Names, condition: Condition): Promise<Sql> {
  const { engine } = database
  switch (condition.on) {
    case 'attribute': {
      const column = runAttributes[condition.key]
      if (!column) throw new Error(`Runs have no column for the attribute ${condition.key}`)
      return compare(engine, column, condition)
    }
    case 'metric':
    case 'param':
    case 'tag': {
      const name = await names.find(database, condition.key)
      const table = condition.on === 'metric' ? 'latest_metrics' : condition.on === 'param' ? 'params' : 'tags'
      const test = condition.on === 'metric' ? compareDouble : compare
      return exists(condition, (value) =>
        name === undefined
          ? null
          : sql`select 1 from ${raw(table)} v where v.run_id = r.id and v.name_id = ${name}
              ${value ? sql`and ${test(engine, sql`v.value`, value)}` : empty}`,
      )
    }
    case 'dataset': {
      const column = datasetFields[condition.key]
      if (column) {
        return exists(
          condition,
          (value) => sql`select 1 from run_datasets i join datasets d on d.id = i.dataset_id where i.run_id = r.id
            ${value ? sql`and ${compare(engine, column, value)}` : empty}`,
        )
      }
      return exists(
        condition,
        (value) => sql`select 1 from run_dataset_tags t where t.run_id = r.id and t.key = 'mlflow.data.context'
          ${value ? sql`and ${compare(engine, sql`t.value`, value)}` : empty}`,
      )
    }
  }
}

/**
 * Whether a run has a value that compares as asked; IS NULL and IS NOT NULL ask whether it has any.
 * @param select the values that compare, or all of them for null; null where there can be none.
 */
function exists(comparison: Comparison, select: (value: Comparison | null) => Sql | null): Sql {
  const isNull = comparison.comparator === 'IS NULL'
  const values = select(isNull || comparison.comparator === 'IS NOT NULL' ? null : comparison)
  if (values === null) return isNull ? sql`1 = 1` : sql`1 = 0`
  return isNull ? sql`not exists (${values})` : sql`exists (${values})`
}
