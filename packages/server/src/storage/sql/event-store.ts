import type { Event, EventKind } from '@trackway/api'
import sql, { join } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'

import { restriction, selectedKinds } from '../../events/selection.ts'
import type { EventSearch, EventSelection, EventStore } from '../../events/store.ts'
import type { Page } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import type { Engine } from './engine.ts'
import { eventsAfter, lastEventId, toEvent } from './events.ts'
import type { EventRow } from './events.ts'
import { behind, orderBy } from './keyset.ts'
import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'

/** What is read of the outbox. */
export function createEventStore(database: Database): EventStore {
  return {
    lastId: () => lastEventId(database),
    after: (id, limit) => eventsAfter(database, id, limit),
    search: (search) => searchEvents(database, search),
  }
}

async function searchEvents(database: Database, search: EventSearch): Promise<Page<Event>> {
  const queryKey = queryKeyOf(['events', search.selection, search.after, search.newestFirst])
  const position = search.pageToken === undefined ? null : decodePageToken(queryKey, search.pageToken)
  const found = (await database.dynamic(statementOf(database.engine, search, position))).map(toRow)
  const page = found.slice(0, search.maxResults)
  const last = page.at(-1)
  return {
    items: page.map(toEvent),
    token: found.length > page.length && last ? encodePageToken(queryKey, [last.id]) : null,
  }
}

/**
 * A walk along the ids; for a selection, one along each of its kinds, which are then merged: a kind that is rare among
 * a million events is found at once. Names and experiments are looked for among all events of their kinds, at about
 * 0.3 s for a million.
 */
function statementOf(engine: Engine, search: EventSearch, position: readonly unknown[] | null): Sql {
  const { selection, after, newestFirst, maxResults } = search
  const columns = [{ expression: sql`id`, ascending: !newestFirst, kind: 'int64' }] as const
  const isAfter = sql`id > ${engine.typed('int64', after)}`
  const here = position ? sql`${isAfter} and ${behind(engine, columns, position)}` : isAfter
  const walk = (where: Sql): Sql =>
    sql`select id, kind, time, user_id, data from events where ${where} ${orderBy(columns)} limit ${maxResults + 1}`
  if (isEmpty(selection)) return walk(here)
  const kinds = selectedKinds(selection)
  if (kinds.length === 0) return walk(sql`1 = 0`)
  const walks = kinds.map(
    (kind) =>
      sql`select * from (${walk(join([sql`kind = ${kind}`, here, ...restrictions(engine, selection, kind)], ' and '))}) as k`,
  )
  return sql`select id, kind, time, user_id, data from (${join(walks, ' union all ')}) as found
    ${orderBy(columns)} limit ${maxResults + 1}`
}

function restrictions(engine: Engine, selection: EventSelection, kind: EventKind): Sql[] {
  const restricted = restriction(selection, kind)
  if (restricted === null) return []
  const list = restricted.values
  const parts = restricted.fields.map((field) => engine.among(engine.jsonText(sql`data`, field), list))
  return [sql`(${join(parts, ' or ')})`]
}

function isEmpty({ kinds, experimentIds, names }: EventSelection): boolean {
  return kinds.length === 0 && experimentIds.length === 0 && names.length === 0
}

function toRow([id, kind, time, user_id, data]: unknown[]): EventRow {
  return { id, kind, time, user_id, data } as EventRow
}
