import sql, { empty, join, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import type { Condition } from '../../search/filter.ts'
import type { Experiment, Int64 } from '@trackway/api'
import type { ExperimentSearch, KeyValue, Lifecycle, Page } from '../../tracking/store.ts'
import { compare } from './comparison.ts'
import type { Database } from './database.ts'
import { experimentColumns, toExperiment } from './experiment-rows.ts'
import type { ExperimentRow } from './experiment-rows.ts'
import { compileFilter } from './expression.ts'
import { behind, orderBy } from './keyset.ts'
import type { SortColumn } from './keyset.ts'
import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'
import { query } from './query.ts'

const attributes: Readonly<Record<string, Sql>> = {
  experiment_id: sql`e.id`,
  name: sql`e.name`,
  creation_time: sql`e.creation_time`,
  last_update_time: sql`e.last_update_time`,
  lifecycle_stage: sql`e.lifecycle_stage`,
  artifact_location: sql`e.artifact_location`,
}

const tagsOf = query<{ ids: readonly number[] }, KeyValue & { experiment_id: number }>(
  (p, engine) => sql`select experiment_id, key, value from experiment_tags
    where ${engine.among(sql`experiment_id`, p.ids)} order by experiment_id, key`,
)

export async function searchExperiments(database: Database, search: ExperimentSearch): Promise<Page<Experiment>> {
  const queryKey = queryKeyOf(['experiments', search.filter, search.orderBy, search.view])
  const position = search.pageToken === undefined ? null : decodePageToken(queryKey, search.pageToken)
  const columns = sortColumns(search)
  const conditions = [
    ...(search.view === 'ALL'
      ? []
      : [sql`e.lifecycle_stage = ${search.view === 'ACTIVE_ONLY' ? 'active' : 'deleted'}`]),
    ...(await compileFilter(search.filter, (condition) => experimentCondition(database, condition))),
    ...(position ? [behind(database.engine, columns, position)] : []),
  ]
  const statement = sql`select ${raw(experimentColumns)}
    from experiments e ${conditions.length > 0 ? sql`where ${join(conditions, ' and ')}` : empty}
    ${orderBy(columns)} limit ${search.maxResults + 1}`
  const found = (await database.dynamic(statement)).map(toRow)
  const page = found.slice(0, search.maxResults)

  const tags = new Map<number, KeyValue[]>()
  for (const { experiment_id, key, value } of await database.all(tagsOf, {
    ids: page.map((row) => row.id),
  })) {
    const of = tags.get(experiment_id)
    if (of) of.push({ key, value })
    else tags.set(experiment_id, [{ key, value }])
  }
  const last = page.at(-1)
  return {
    items: page.map((row) => toExperiment(row, tags.get(row.id) ?? [])),
    token: found.length > page.length && last ? encodePageToken(queryKey, positionOf(search, last)) : null,
  }
}

/** The newest first, unless ordered otherwise; ties by id, the newest first. Behind what is unique nothing matters. */
function orderOf(search: ExperimentSearch): readonly { key: string; ascending: boolean }[] {
  const terms = search.orderBy.length > 0 ? search.orderBy : [{ key: 'creation_time', ascending: false }]
  const unique = terms.findIndex(({ key }) => key === 'name' || key === 'experiment_id')
  return unique < 0 ? [...terms, { key: 'id', ascending: false }] : terms.slice(0, unique + 1)
}

function sortColumns(search: ExperimentSearch): readonly SortColumn[] {
  return orderOf(search).map(({ key, ascending }) => ({
    expression: key === 'id' || key === 'experiment_id' ? sql`e.id` : raw(`e.${key}`),
    ascending,
    kind: key === 'name' ? 'text' : 'int64',
  }))
}

function positionOf(search: ExperimentSearch, row: ExperimentRow): unknown[] {
  return orderOf(search).map(({ key }) => (key === 'experiment_id' ? row.id : row[key as keyof ExperimentRow]))
}

function experimentCondition(database: Database, condition: Condition): Sql {
  const { engine } = database
  if (condition.on === 'attribute') {
    const column = attributes[condition.key]
    if (!column) throw new Error(`Experiments have no column for the attribute ${condition.key}`)
    return compare(engine, column, condition)
  }
  const tag = sql`select 1 from experiment_tags t where t.experiment_id = e.id and t.key = ${condition.key}`
  if (condition.comparator === 'IS NULL') return sql`not exists (${tag})`
  if (condition.comparator === 'IS NOT NULL') return sql`exists (${tag})`
  return sql`exists (${tag} and ${compare(engine, sql`t.value`, condition)})`
}

function toRow(values: unknown[]): ExperimentRow {
  const [id, name, artifact_location, lifecycle_stage, creation_time, last_update_time] = values as [
    number,
    string,
    string,
    Lifecycle,
    Int64,
    Int64,
  ]
  return { id, name, artifact_location, lifecycle_stage, creation_time, last_update_time }
}
