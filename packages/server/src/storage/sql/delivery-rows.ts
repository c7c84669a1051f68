import { doesNotExist } from '@trackway/api'
import type { WebhookDelivery } from '@trackway/api'
import sql, { empty, join } from 'sql-template-tag'

import type { Page, PageRequest } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { behind, orderBy } from './keyset.ts'
import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'
import { query } from './query.ts'

type State = WebhookDelivery['state']

const columns = sql`d.id, d.uuid, d.event_id, e.kind, d.state, d.attempts, d.creation_time, d.next_attempt_time,
  d.last_attempt_time, d.response_status, d.response_body, d.error_message`
/** The kind of an event that is no longer there is unknown. */
const tables = sql`webhook_deliveries d left join events e on e.id = d.event_id`

type DeliveryRow = readonly [
  id: number,
  uuid: string,
  event: number,
  kind: string | null,
  state: State,
  attempts: number,
  created: number,
  next: number | null,
  last: number | null,
  status: number | null,
  body: string | null,
  error: string | null,
]

const find = query<{ webhook: number; uuid: string }, unknown>(
  (p) => sql`select ${columns} from ${tables} where d.uuid = ${p.uuid} and d.webhook_id = ${p.webhook}`,
)

const restart = query<{ uuid: string; now: number }, unknown>(
  (p) => sql`update webhook_deliveries set state = 'PENDING', attempts = 0, next_attempt_time = ${p.now}
    where uuid = ${p.uuid}`,
)

/** @throws ApiError RESOURCE_DOES_NOT_EXIST */
export async function findDelivery(
  database: Database,
  webhook: number,
  webhookId: string,
  deliveryId: string,
): Promise<WebhookDelivery> {
  const [row] = await database.rows(find, { webhook, uuid: deliveryId })
  if (!row) throw doesNotExist(`Webhook ${webhookId} has no delivery with ID ${deliveryId.slice(0, 200)}.`)
  return toDelivery(webhookId, row as unknown as DeliveryRow)
}

/** Has it sent now, and tried again as often as a new one. What was answered before stays until the next answer. */
export async function restartDelivery(database: Database, deliveryId: string, now: number): Promise<void> {
  await database.run(restart, { uuid: deliveryId, now })
}

/** The newest first. */
export async function searchDeliveries(
  database: Database,
  webhook: number,
  webhookId: string,
  { state, maxResults, pageToken }: PageRequest & { readonly state: State | undefined },
): Promise<Page<WebhookDelivery>> {
  const queryKey = queryKeyOf(['deliveries', webhook, state])
  const order = [{ expression: sql`d.id`, ascending: false, kind: 'int64' }] as const
  const conditions = [
    ...(state === undefined ? [] : [sql`d.state = ${state}`]),
    ...(pageToken === undefined ? [] : [behind(database.engine, order, decodePageToken(queryKey, pageToken))]),
  ]
  const found = (await database.dynamic(
    sql`select ${columns} from ${tables} where d.webhook_id = ${webhook}
      ${conditions.length > 0 ? sql`and ${join(conditions, ' and ')}` : empty}
      ${orderBy(order)} limit ${maxResults + 1}`,
  )) as unknown as readonly DeliveryRow[]
  const page = found.slice(0, maxResults)
  const last = page.at(-1)
  return {
    items: page.map((row) => toDelivery(webhookId, row)),
    token: found.length > page.length && last ? encodePageToken(queryKey, [last[0]]) : null,
  }
}

function toDelivery(
  webhookId: string,
  [, uuid, event, kind, state, attempts, created, next, last, status, body, error]: DeliveryRow,
): WebhookDelivery {
  return {
    delivery_id: uuid,
    webhook_id: webhookId,
    event_id: event,
    kind: kind ?? '',
    state,
    attempts,
    creation_timestamp: created,
    next_attempt_timestamp: next ?? undefined,
    last_attempt_timestamp: last ?? undefined,
    response_status: status ?? undefined,
    response_body: body ?? undefined,
    error_message: error ?? undefined,
  }
}
