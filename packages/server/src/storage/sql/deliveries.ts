import sql from 'sql-template-tag'

import type { DeliveryOutcome, DeliveryStore, DueDelivery } from '../../events/store.ts'
import type { Database } from './database.ts'
import { isAnyWebhookActive, planDeliveries } from './delivery-plan.ts'
import { toEvent } from './events.ts'
import type { EventRow } from './events.ts'
import { query } from './query.ts'

interface DueRow extends EventRow {
  readonly uuid: string
  readonly webhook: string
  readonly url: string
  readonly secret: string | null
  readonly attempts: number
  readonly event_id: number
}

// Each webhook is asked for its own oldest, so that a long backlog of one is not walked for the others.
const due = query<{ except: readonly string[]; now: number; limit: number; perWebhook: number }, DueRow>(
  (p, engine) => sql`select d.id, d.uuid, w.uuid as webhook, w.url, w.secret, d.attempts, e.id as event_id, e.kind,
      e.time, e.user_id, e.data
    from webhooks w
    join webhook_deliveries d on d.id in (
      select id from webhook_deliveries
      where webhook_id = w.id and state = 'PENDING' and next_attempt_time <= ${p.now}
      order by next_attempt_time, id limit ${p.perWebhook})
    join events e on e.id = d.event_id
    where w.status = 'ACTIVE' and not (${engine.among(sql`w.uuid`, p.except)})
    order by d.next_attempt_time, d.id limit ${p.limit}`,
)

const take = query<{ ids: readonly number[]; now: number; until: number }, unknown>(
  (p, engine) => sql`update webhook_deliveries
    set attempts = attempts + 1, last_attempt_time = ${p.now}, next_attempt_time = ${p.until}
    where ${engine.among(sql`id`, p.ids)}`,
)

const nextDue = query<{ except: readonly string[] }, { time: number | null }>(
  (p, engine) => sql`select min((
      select min(next_attempt_time) from webhook_deliveries d
      where d.webhook_id = w.id and d.state = 'PENDING' and d.next_attempt_time is not null)) as time
    from webhooks w where w.status = 'ACTIVE' and not (${engine.among(sql`w.uuid`, p.except)})`,
)

const finish = query<DeliveryOutcome, unknown>(
  (p, engine) => sql`update webhook_deliveries set state = ${p.state}, response_status = ${p.responseStatus},
      response_body = ${p.responseBody}, error_message = ${p.errorMessage}, next_attempt_time = case
        when (select status from webhooks w where w.id = webhook_id) = 'ACTIVE' then ${engine.typed('int64', p.nextAttemptTime)} end
    where uuid = ${p.deliveryId} and state = 'PENDING'`,
)

/**
 * The deliveries that wait: `next_attempt_time` says when one is due. While it is being sent that is the end of the
 * lease; while its webhook is DISABLED it is null.
 */
export function createDeliveryStore(database: Database): DeliveryStore {
  return {
    // Most stores have no webhooks: they need no transaction after each event.
    plan: async (limit, now) =>
      (await isAnyWebhookActive(database)) ? database.transaction((inner) => planDeliveries(inner, limit, now)) : 0,

    claim: ({ limit, perWebhook, except, now, lease }) =>
      database.transaction(async (inner) => {
        const rows = await inner.all(due, { except, now, limit, perWebhook })
        await inner.run(take, { ids: rows.map(({ id }) => id), now, until: now + lease })
        return {
          due: rows.map(toDue),
          next: (await inner.first(nextDue, { except }))?.time ?? null,
        }
      }),

    finish: async (outcome) => void (await database.run(finish, outcome)),
  }
}

function toDue(row: DueRow): DueDelivery {
  return {
    deliveryId: row.uuid,
    webhookId: row.webhook,
    url: row.url,
    secret: row.secret,
    attempts: row.attempts,
    event: toEvent({ ...row, id: row.event_id }),
  }
}
