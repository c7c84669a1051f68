import { invalidParameter } from '@trackway/api'
import type { LoggedModel } from '@trackway/api'
import sql, { join, raw } from 'sql-template-tag'

import type { LoggedModelSearch, Page } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { experimentKeys } from './experiment-keys.ts'
import { behind, orderBy } from './keyset.ts'
import { modelConditions } from './logged-model-filter.ts'
import { modelOrder } from './logged-model-order.ts'
import { readModels } from './logged-model-rows.ts'
import { decodePageToken, encodePageToken, fingerprint, queryKeyOf } from './page-token.ts'

/** Finds ids by filter and order first, then reads the page's models in a fixed number of queries. */
export async function searchModels(database: Database, search: LoggedModelSearch): Promise<Page<LoggedModel>> {
  const identity = identityOf(search)
  const position = search.pageToken === undefined ? null : readToken(identity, search.pageToken)
  const experiments = experimentKeys(search.experimentIds)
  if (experiments.length === 0) return { items: [], token: null }

  const { engine } = database
  const { values, columns, isComputed } = modelOrder(engine, search.orderBy)
  const conditions = [
    sql`m.lifecycle_stage = 'active'`,
    // With one experiment the engine can walk `logged_models_by_time`.
    experiments.length === 1
      ? sql`m.experiment_id = ${experiments[0]}`
      : engine.among(sql`m.experiment_id`, experiments),
    ...(await modelConditions(engine, search)),
  ]
  // Materialised, each value that takes a subquery is computed once a model; else the walk may stop at the page's end.
  const statement = sql`
    with found as ${raw(isComputed ? '' : 'not ')}materialized (
      select ${join([sql`m.id`, ...values])} from logged_models m where ${join(conditions, ' and ')}
    )
    select id, ${join(columns.map((column) => column.expression))} from found
    where ${position ? behind(engine, columns, position) : sql`1 = 1`}
    ${orderBy(columns)}
    limit ${search.maxResults + 1}`
  const found = await database.dynamic(statement)
  const page = found.slice(0, search.maxResults)
  const items = await database.snapshot((inner) =>
    readModels(
      inner,
      page.map(([id]) => id as number),
    ),
  )
  const last = page.at(-1)
  return { items, token: found.length > page.length && last ? writeToken(identity, last.slice(1)) : null }
}

/** What a page token must share with the request, each with what is said where it does not; MLflow's sentences. */
type Identity = readonly (readonly [refusal: string, fingerprint: string])[]

function identityOf(search: LoggedModelSearch): Identity {
  const mark = (part: unknown): string => fingerprint(queryKeyOf(part))
  return [
    ['Experiment IDs in the page token do not match the requested experiment IDs.', mark(search.experimentIds)],
    ['Filter string in the page token does not match the requested filter string.', mark(search.filter)],
    ['Order by in the page token does not match the requested order by.', mark(search.orderBy)],
    ['Datasets in the page token do not match the requested datasets.', mark(search.datasets)],
  ]
}

const tokenKey = 'logged models'

function writeToken(identity: Identity, position: readonly unknown[]): string {
  return encodePageToken(tokenKey, [...identity.map(([, mark]) => mark), ...position])
}

function readToken(identity: Identity, token: string): unknown[] {
  const values = decodePageToken(tokenKey, token)
  for (const [index, [refusal, mark]] of identity.entries()) {
    if (values[index] !== mark) throw invalidParameter(`${refusal} Only max_results may change from page to page.`)
  }
  return values.slice(identity.length)
}
