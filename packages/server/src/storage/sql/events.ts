import type { Event, EventKind } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { Database } from './database.ts'
import { insertInOrder } from './insertion.ts'
import { query } from './query.ts'

const insert = insertInOrder('events', { kind: 'text', time: 'int64', user_id: 'text', data: 'text' })

/**
 * Adds an event to the outbox, in the transaction of the change that it tells of: whoever wants to hear of changes
 * reads the outbox, and nobody is called. Ids are given at the end of the transaction, so that they grow in the order of
 * the commits: who has read up to an id has missed nothing before it. `data` holds the fields that `eventKinds` names; undefined ones are left out.
 */
export async function recordEvent(
  database: Database,
  kind: EventKind,
  author: Author,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const row = { kind, time: author.time, user_id: author.user, data: JSON.stringify(data) }
  await database.insertLast(insert, [row])
}

const newest = query<Record<never, never>, { id: number | null }>(() => sql`select max(id) as id from events`)

/** The id of the newest event; 0 where there is none. */
export async function lastEventId(database: Database): Promise<number> {
  return (await database.first(newest, {}))?.id ?? 0
}

export type EventRow = { id: number; kind: string; time: number; user_id: string; data: string }

const behind = query<{ id: number; limit: number }, EventRow>(
  (p) => sql`select id, kind, time, user_id, data from events where id > ${p.id} order by id limit ${p.limit}`,
)

/** Events with greater ids, in their order. */
export async function eventsAfter(database: Database, id: number, limit: number): Promise<Event[]> {
  return (await database.all(behind, { id, limit })).map(toEvent)
}

export function toEvent({ id, kind, time, user_id, data }: EventRow): Event {
  return { id, kind, timestamp: time, user_id, data: JSON.parse(data) as unknown }
}
