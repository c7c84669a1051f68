import { randomUUID } from 'node:crypto'

import sql from 'sql-template-tag'

import type { Database } from './database.ts'
import { lastEventId } from './events.ts'
import { insertion } from './insertion.ts'
import { query } from './query.ts'

const reader = 'webhooks'
/** The position is stored when this many events went by that no webhook wanted: until then they are passed again. */
const rareStep = 200
/** What one transaction reads at once. */
const batchSize = 100
/** Deliveries that are done stay for this long, in ms, and as long as they are among this many newest of a webhook. */
const keptTime = 30 * 24 * 3600 * 1000
const keptCount = 1000
/** How many are looked at, and taken away, at once. */
const pruneStep = 200

/** From where on an active webhook wants events; null where there is none. */
const firstWanted = query<Record<never, never>, { after: number | null }>(
  () => sql`select min(after_event) as after from webhooks where status = 'ACTIVE'`,
)

const storedPosition = query<{ reader: string }, { event_id: number }>(
  (p) => sql`select event_id from outbox_positions where reader = ${p.reader}`,
)

const storePosition = query<{ reader: string; id: number }, unknown>(
  (p) => sql`insert into outbox_positions (reader, event_id) values (${p.reader}, ${p.id})
    on conflict (reader) do update set event_id = excluded.event_id`,
)

const wanted = query<{ after: number; upTo: number }, { event_id: number; webhook_id: number }>(
  (p) => sql`select e.id as event_id, w.id as webhook_id
    from events e
    join webhook_events k on k.kind = e.kind
    join webhooks w on w.id = k.webhook_id
    where e.id > ${p.after} and e.id <= ${p.upTo} and w.status = 'ACTIVE' and w.after_event < e.id
    order by e.id, w.id`,
)

const insert = insertion('webhook_deliveries', {
  uuid: 'text',
  webhook_id: 'key',
  event_id: 'key',
  state: 'text',
  creation_time: 'int64',
  next_attempt_time: 'int64',
})

const prune = query<{ webhook: number; before: number; kept: number; step: number }, unknown>(
  (p) => sql`delete from webhook_deliveries where id in (
      select id from (
        select id, state, creation_time from webhook_deliveries where webhook_id = ${p.webhook} order by id limit ${p.step}
      ) oldest where state <> 'PENDING' and creation_time < ${p.before})
    and id < (select id from webhook_deliveries where webhook_id = ${p.webhook} order by id desc limit 1 offset ${p.kept})`,
)

export async function isAnyWebhookActive(database: Database): Promise<boolean> {
  return ((await database.first(firstWanted, {}))?.after ?? null) !== null
}

/**
 * Turns up to `limit` events into deliveries for the webhooks that want them, and gives how many it looked at. Without
 * webhooks it reads one row and writes nothing. A webhook that gets new deliveries loses of its 200 oldest those that are
 * done, older than 30 days, and not among its newest 1,000.
 */
export async function planDeliveries(inner: Database, limit: number, now: number): Promise<number> {
  const after = (await inner.first(firstWanted, {}))?.after ?? null
  if (after === null) return 0
  const stored = (await inner.first(storedPosition, { reader }))?.event_id ?? 0
  const newest = await lastEventId(inner)
  const begin = Math.max(stored, after)
  let done = begin
  let written = stored
  while (done < newest && done - begin < limit) {
    const upTo = Math.min(newest, done + batchSize, begin + limit)
    const found = await inner.all(wanted, { after: done, upTo })
    await inner.insert(
      insert,
      found.map(({ event_id, webhook_id }) => ({
        uuid: randomUUID(),
        webhook_id,
        event_id,
        state: 'PENDING',
        creation_time: now,
        next_attempt_time: now,
      })),
    )
    for (const webhook of new Set(found.map(({ webhook_id }) => webhook_id))) {
      await inner.run(prune, { webhook, before: now - keptTime, kept: keptCount, step: pruneStep })
    }
    done = upTo
    if (found.length > 0 || done - written >= rareStep) {
      await inner.run(storePosition, { reader, id: done })
      written = done
    }
  }
  return done - begin
}
