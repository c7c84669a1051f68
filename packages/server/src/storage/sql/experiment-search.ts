import sql, { empty, join, raw } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import { conditionsOf } from '../../search/filter.ts'
import type { Condition, Filter } from '../../search/filter.ts'
import type { Experiment } from '@trackway/api'
import type { ExperimentSearch, Page } from '../../tracking/store.ts'
import { compare } from './comparison.ts'
import type { Database } from './database.ts'
import { experimentColumns, experimentTimes, toExperiments, withTags } from './experiment-rows.ts'
import { compileFilter } from './expression.ts'
import { behind, orderBy } from './keyset.ts'
import type { SortColumn } from './keyset.ts'
import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'
import { createStatementForms } from './statement-forms.ts'

const attributes: Readonly<Record<string, Sql>> = {
  experiment_id: sql`e.id`,
  name: sql`e.name`,
  creation_time: sql`e.creation_time`,
  last_update_time: sql`e.last_update_time`,
  lifecycle_stage: sql`e.lifecycle_stage`,
  artifact_location: sql`e.artifact_location`,
}

const forms = createStatementForms(experimentTimes)

export async function searchExperiments(database: Database, search: ExperimentSearch): Promise<Page<Experiment>> {
  const { engine } = database
  const queryKey = queryKeyOf(['experiments', search.filter, search.orderBy, search.view])
  const position = search.pageToken === undefined ? null : decodePageToken(queryKey, search.pageToken)
  const columns = sortColumns(search)
  const conditions = [
    ...(search.view === 'ALL'
      ? []
      : [sql`e.lifecycle_stage = ${search.view === 'ACTIVE_ONLY' ? 'active' : 'deleted'}`]),
    ...(await compileFilter(search.filter, (condition) => experimentCondition(database, condition))),
    ...(position ? [behind(engine, columns, position)] : []),
  ]
  // The limit is in the text, as the plan depends on it.
  const page = sql`select ${raw(experimentColumns)}
    from experiments e ${conditions.length > 0 ? sql`where ${join(conditions, ' and ')}` : empty}
    ${orderBy(columns)} limit ${raw(String(search.maxResults + 1))}`
  const statement = sql`${withTags(engine, page)} ${orderBy(columns)}`
  const rows = await (hasPrefix(search.filter) ? database.dynamic(statement) : forms.rows(database, statement))
  const found = toExperiments(rows)
  const items = found.slice(0, search.maxResults)
  const last = items.at(-1)
  return {
    items,
    token: found.length > items.length && last ? encodePageToken(queryKey, positionOf(search, last)) : null,
  }
}

/** Names that begin with a text lie together in their index, which a plan for any pattern makes nothing of. */
function hasPrefix(filter: Filter): boolean {
  return conditionsOf(filter).some(({ comparator, value }) => comparator === 'LIKE' && !value.startsWith('%'))
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

function positionOf(search: ExperimentSearch, last: Experiment): unknown[] {
  return orderOf(search).map(({ key }) =>
    key === 'id' || key === 'experiment_id' ? Number(last.experiment_id) : last[key as keyof Experiment],
  )
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
