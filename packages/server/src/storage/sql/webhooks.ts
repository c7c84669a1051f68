import { randomUUID } from 'node:crypto'

import { ApiError, doesNotExist, invalidParameter } from '@trackway/api'
import type { Webhook } from '@trackway/api'
import sql, { empty, join } from 'sql-template-tag'

import type { WebhookChange, WebhookKind, WebhookStore } from '../../events/store.ts'
import { mlflowKinds, toEventFields } from '../../events/webhook-kinds.ts'
import type { Database } from './database.ts'
import { planDeliveries } from './delivery-plan.ts'
import { findDelivery, restartDelivery, searchDeliveries } from './delivery-rows.ts'
import { lastEventId, recordEvent } from './events.ts'
import { behind, orderBy } from './keyset.ts'
import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'
import { insertion } from './insertion.ts'
import { query } from './query.ts'

interface WebhookRow {
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly description: string | null
  readonly url: string
  readonly secret: string | null
  readonly status: Webhook['status']
  readonly creation_time: number
  readonly last_update_time: number
  /** It gets events with greater ids only. */
  readonly after_event: number
}

const columns = sql`id, uuid, name, description, url, secret, status, creation_time, last_update_time, after_event`

const find = query<{ uuid: string }, WebhookRow>((p) => sql`select ${columns} from webhooks where uuid = ${p.uuid}`)

const insert = query<Omit<WebhookRow, 'id' | 'last_update_time'>, { id: number }>(
  (p) => sql`insert into webhooks
      (uuid, name, description, url, secret, status, creation_time, last_update_time, after_event)
    values (${p.uuid}, ${p.name}, ${p.description}, ${p.url}, ${p.secret}, ${p.status}, ${p.creation_time},
      ${p.creation_time}, ${p.after_event}) returning id`,
)

const replace = query<WebhookRow, unknown>(
  (p) => sql`update webhooks set name = ${p.name}, description = ${p.description}, url = ${p.url},
      secret = ${p.secret}, status = ${p.status}, last_update_time = ${p.last_update_time},
      after_event = ${p.after_event}
    where id = ${p.id}`,
)

const insertKinds = insertion('webhook_events', { webhook_id: 'key', kind: 'text' })

const kindsOf = query<{ ids: readonly number[] }, { webhook_id: number; kind: WebhookKind }>(
  (p, engine) => sql`select webhook_id, kind from webhook_events where ${engine.among(sql`webhook_id`, p.ids)}
    order by webhook_id, kind`,
)

const removeKinds = query<{ id: number }, unknown>((p) => sql`delete from webhook_events where webhook_id = ${p.id}`)
const removeDeliveries = query<{ id: number }, unknown>(
  (p) => sql`delete from webhook_deliveries where webhook_id = ${p.id}`,
)
const remove = query<{ id: number }, unknown>((p) => sql`delete from webhooks where id = ${p.id}`)

const setDue = query<{ id: number; time: number | null }, unknown>(
  (p) => sql`update webhook_deliveries set next_attempt_time = ${p.time}
    where webhook_id = ${p.id} and state = 'PENDING'`,
)

async function findWebhook(database: Database, webhookId: string): Promise<WebhookRow> {
  const row = await database.first(find, { uuid: webhookId })
  if (!row) throw doesNotExist(`Webhook with ID ${webhookId.slice(0, 200)} not found.`)
  return row
}

/**
 * Webhooks. One that is made, enabled or given other kinds gets what happens after that. While it is DISABLED nothing
 * is sent: what was pending waits until it is enabled, what happens meanwhile is never sent.
 */
export function createWebhookStore(database: Database): WebhookStore {
  async function withKinds(on: Database, row: WebhookRow): Promise<Webhook> {
    const rows = await on.all(kindsOf, { ids: [row.id] })
    return toWebhook(
      row,
      rows.map(({ kind }) => kind),
    )
  }

  async function changeKinds(inner: Database, id: number, change: WebhookChange): Promise<void> {
    const stored = (await inner.all(kindsOf, { ids: [id] })).map(({ kind }) => kind)
    const isMlflow = (kind: WebhookKind): boolean => mlflowKinds.includes(kind)
    const kinds = [
      ...(change.mlflowKinds ?? stored.filter(isMlflow)),
      ...(change.trackwayKinds ?? stored.filter((kind) => !isMlflow(kind))),
    ]
    if (kinds.length === 0) {
      throw invalidParameter('A webhook needs at least one event: delete or disable it to have nothing sent.')
    }
    await inner.run(removeKinds, { id })
    await inner.insert(
      insertKinds,
      kinds.map((kind) => ({ webhook_id: id, kind })),
    )
  }

  return {
    create: (webhook, author) =>
      database.transaction(async (inner) => {
        const { name, description, url, secret, status } = webhook
        const uuid = randomUUID()
        await recordEvent(inner, 'webhook.created', author, { webhook_id: uuid })
        await inner.flush()
        const row = {
          uuid,
          name,
          description: description ?? null,
          url,
          secret: secret ?? null,
          status,
          creation_time: author.time,
          after_event: await lastEventId(inner),
        }
        const added = await inner.first(insert, row)
        if (!added) throw new Error('The webhook was not stored')
        await inner.insert(
          insertKinds,
          webhook.kinds.map((kind) => ({ webhook_id: added.id, kind })),
        )
        return withKinds(inner, { ...row, id: added.id, last_update_time: author.time })
      }),

    get: async (webhookId) => withKinds(database, await findWebhook(database, webhookId)),
    getSecret: async (webhookId) => (await findWebhook(database, webhookId)).secret,

    async list({ maxResults, pageToken, allEvents }) {
      const queryKey = queryKeyOf(['webhooks', allEvents])
      const order = [{ expression: sql`w.id`, ascending: false, kind: 'int64' }] as const
      const { engine } = database
      const conditions = [
        ...(allEvents
          ? []
          : [
              sql`exists (select 1 from webhook_events e
                where e.webhook_id = w.id and ${engine.among(sql`e.kind`, mlflowKinds)})`,
            ]),
        ...(pageToken === undefined ? [] : [behind(engine, order, decodePageToken(queryKey, pageToken))]),
      ]
      const found = (
        await database.dynamic(sql`select ${columns} from webhooks w
          ${conditions.length > 0 ? sql`where ${join(conditions, ' and ')}` : empty}
          ${orderBy(order)} limit ${maxResults + 1}`)
      ).map(toRow)
      const page = found.slice(0, maxResults)
      const kinds = Map.groupBy(
        await database.all(kindsOf, { ids: page.map(({ id }) => id) }),
        ({ webhook_id }) => webhook_id,
      )
      const last = page.at(-1)
      return {
        items: page.map((row) =>
          toWebhook(
            row,
            (kinds.get(row.id) ?? []).map(({ kind }) => kind),
          ),
        ),
        token: found.length > page.length && last ? encodePageToken(queryKey, [last.id]) : null,
      }
    },

    update: (webhookId, change, author) =>
      database.transaction(async (inner) => {
        const row = await findWebhook(inner, webhookId)
        const status = change.status ?? row.status
        const hasOtherKinds = change.mlflowKinds !== undefined || change.trackwayKinds !== undefined
        const isSwitched = status !== row.status
        await recordEvent(inner, 'webhook.updated', author, { webhook_id: webhookId })
        await inner.flush()
        // Whatever happened up to now is judged by what the webhook was until now.
        if (hasOtherKinds || isSwitched) await planDeliveries(inner, Infinity, author.time)
        if (hasOtherKinds) await changeKinds(inner, row.id, change)
        if (isSwitched) await inner.run(setDue, { id: row.id, time: status === 'ACTIVE' ? author.time : null })
        const changed: WebhookRow = {
          ...row,
          name: change.name ?? row.name,
          description: change.description === undefined ? row.description : change.description,
          url: change.url ?? row.url,
          secret: change.secret === undefined ? row.secret : change.secret,
          status,
          last_update_time: author.time,
          after_event: hasOtherKinds || isSwitched ? await lastEventId(inner) : row.after_event,
        }
        await inner.run(replace, changed)
        return withKinds(inner, changed)
      }),

    delete: (webhookId, author) =>
      database.transaction(async (inner) => {
        const { id } = await findWebhook(inner, webhookId)
        await recordEvent(inner, 'webhook.deleted', author, { webhook_id: webhookId })
        for (const statement of [removeDeliveries, removeKinds, remove]) await inner.run(statement, { id })
      }),

    deliveries: async (webhookId, page) =>
      searchDeliveries(database, (await findWebhook(database, webhookId)).id, webhookId, page),

    redeliver: (webhookId, deliveryId, author) =>
      database.transaction(async (inner) => {
        const { id, status } = await findWebhook(inner, webhookId)
        await findDelivery(inner, id, webhookId, deliveryId)
        if (status !== 'ACTIVE') {
          throw new ApiError('INVALID_STATE', `The webhook ${webhookId} is DISABLED: make it ACTIVE to send something.`)
        }
        await restartDelivery(inner, deliveryId, author.time)
        // Wakes who sends them, too.
        await recordEvent(inner, 'webhook.redelivered', author, { webhook_id: webhookId, delivery_id: deliveryId })
        return findDelivery(inner, id, webhookId, deliveryId)
      }),
  }
}

function toRow(values: unknown[]): WebhookRow {
  const [id, uuid, name, description, url, secret, status, creation_time, last_update_time, after_event] =
    values as never[]
  return {
    id,
    uuid,
    name,
    description,
    url,
    secret,
    status,
    creation_time,
    last_update_time,
    after_event,
  } as unknown as WebhookRow
}

function toWebhook(row: WebhookRow, kinds: readonly string[]): Webhook {
  return {
    webhook_id: row.uuid,
    name: row.name,
    description: row.description ?? undefined,
    url: row.url,
    ...toEventFields(kinds),
    status: row.status,
    creation_timestamp: row.creation_time,
    last_updated_timestamp: row.last_update_time,
  }
}
