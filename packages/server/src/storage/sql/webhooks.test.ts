import type { EventKind } from '@trackway/api'
import sql from 'sql-template-tag'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { DeliveryStore, DueDelivery, NewWebhook, WebhookChange, WebhookStore } from '../../events/store.ts'
import { createDeliveryStore } from './deliveries.ts'
import { recordEvent } from './events.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'
import { createWebhookStore } from './webhooks.ts'

const by = (time: number) => ({ user: 'ann', time })
const nothing: WebhookChange = {
  name: undefined,
  description: undefined,
  url: undefined,
  mlflowKinds: undefined,
  trackwayKinds: undefined,
  secret: undefined,
  status: undefined,
}
const unknown = 'Webhook with ID nope not found.'

describe.each(testEngines)('createWebhookStore() on $engine', ({ open }) => {
  let opened: TestDatabase
  let webhooks: WebhookStore
  let deliveries: DeliveryStore
  let time: number

  beforeEach(async () => {
    opened = await open()
    webhooks = createWebhookStore(opened.database)
    deliveries = createDeliveryStore(opened.database)
    time = 1000
  })
  afterEach(() => opened.close())

  async function add(fields: Partial<NewWebhook> = {}): Promise<string> {
    const webhook: NewWebhook = {
      name: 'hook',
      description: undefined,
      url: 'https://example.com/a',
      kinds: ['run.failed'],
      secret: undefined,
      status: 'ACTIVE',
      ...fields,
    }
    return (await webhooks.create(webhook, by(++time))).webhook_id
  }

  const happen = async (data: string, kind: EventKind = 'run.failed'): Promise<void> =>
    recordEvent(opened.database, kind, by(++time), { run_id: data })

  /** What is due now, as the ids in the events' data. */
  async function due(): Promise<string[]> {
    while ((await deliveries.plan(100, ++time)) >= 100);
    return namesOf((await claim()).due)
  }

  const claim = async (more: object = {}) =>
    deliveries.claim({ limit: 100, perWebhook: 100, except: [], now: ++time, lease: 0, ...more })
  const namesOf = (found: readonly DueDelivery[]): string[] =>
    found.map(({ event }) => (event.data as { run_id: string }).run_id)
  const change = async (id: string, fields: Partial<WebhookChange>) =>
    webhooks.update(id, { ...nothing, ...fields }, by(++time))

  test('create and get give all but the secret; getSecret gives that', async () => {
    const kinds = ['model_version.created', 'run.failed', 'budget_policy.exceeded'] as const
    const id = await add({ description: 'words', secret: 'sealed', status: 'DISABLED', kinds })
    expect(await webhooks.get(id)).toEqual({
      webhook_id: id,
      name: 'hook',
      description: 'words',
      url: 'https://example.com/a',
      events: [
        { entity: 'BUDGET_POLICY', action: 'EXCEEDED' },
        { entity: 'MODEL_VERSION', action: 'CREATED' },
      ],
      trackway_events: ['run.failed'],
      status: 'DISABLED',
      creation_timestamp: 1001,
      last_updated_timestamp: 1001,
    })
    expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    expect(await webhooks.getSecret(id)).toBe('sealed')
    expect(await webhooks.getSecret(await add())).toBeNull()
  })

  test('what is not there is RESOURCE_DOES_NOT_EXIST', async () => {
    const id = await add()
    const page = { maxResults: 1, pageToken: undefined, state: undefined }
    await expect(webhooks.get('nope')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST', message: unknown })
    await expect(webhooks.getSecret('nope')).rejects.toThrow(unknown)
    await expect(change('nope', {})).rejects.toThrow(unknown)
    await expect(webhooks.delete('nope', by(1))).rejects.toThrow(unknown)
    await expect(webhooks.deliveries('nope', page)).rejects.toThrow(unknown)
    await expect(webhooks.redeliver('nope', 'x', by(1))).rejects.toThrow(unknown)
    await expect(webhooks.redeliver(id, 'x', by(1))).rejects.toThrow(`Webhook ${id} has no delivery with ID x.`)
  })

  test('list gives the newest first, page by page, without those that MLflow cannot read unless asked', async () => {
    const ids: string[] = []
    for (let i = 0; i < 5; i++)
      ids.unshift(await add({ kinds: i % 2 === 0 ? ['prompt.created', 'run.failed'] : ['run.failed'] }))
    const list = async (maxResults: number, allEvents: boolean, pageToken?: string) =>
      webhooks.list({ maxResults, allEvents, pageToken })
    const first = await list(2, true)
    const second = await list(2, true, first.token ?? undefined)
    const third = await list(2, true, second.token ?? undefined)
    expect([first, second, third].map(({ items }) => items.map((one) => one.webhook_id))).toEqual([
      ids.slice(0, 2),
      ids.slice(2, 4),
      ids.slice(4),
    ])
    expect(third.token).toBeNull()
    const { items } = await list(10, false)
    expect(items.map((one) => one.webhook_id)).toEqual([ids[0], ids[2], ids[4]])
    expect(items[0]).toMatchObject({
      events: [{ entity: 'PROMPT', action: 'CREATED' }],
      trackway_events: ['run.failed'],
    })
    await expect(list(10, false, first.token ?? '')).rejects.toThrow('Invalid page token')
  })

  test('update changes what is given and leaves the rest', async () => {
    const id = await add({ description: 'words', secret: 'sealed', kinds: ['prompt.created', 'run.failed'] })
    const before = await webhooks.get(id)
    expect(await change(id, {})).toEqual({ ...before, last_updated_timestamp: time })
    const changes = {
      name: 'other',
      url: 'https://b.example',
      description: 'else',
      secret: 'new',
      status: 'DISABLED',
    } as const
    const changed = await change(id, changes)
    expect(changed).toMatchObject({ name: 'other', url: 'https://b.example', description: 'else', status: 'DISABLED' })
    expect(await webhooks.get(id)).toEqual(changed)
    expect(await webhooks.getSecret(id)).toBe('new')
    expect(await change(id, { description: null, secret: null })).not.toHaveProperty('description', expect.anything())
    expect(await webhooks.getSecret(id)).toBeNull()
  })

  test("update replaces MLflow's events and Trackway's each by itself, and refuses to leave none", async () => {
    const id = await add({ kinds: ['prompt.created', 'run.failed'] })
    expect(await change(id, { mlflowKinds: ['model_version.created'] })).toMatchObject({
      events: [{ entity: 'MODEL_VERSION', action: 'CREATED' }],
      trackway_events: ['run.failed'],
    })
    expect(await change(id, { trackwayKinds: [] })).toMatchObject({ trackway_events: [] })
    await expect(change(id, { mlflowKinds: [] })).rejects.toThrow('needs at least one event')
    expect((await webhooks.get(id)).events).toEqual([{ entity: 'MODEL_VERSION', action: 'CREATED' }])
  })

  test('a new webhook gets what happens after it was made', async () => {
    await add({ url: 'https://example.com/other', kinds: ['run.created'] })
    await happen('before')
    await add()
    await happen('after')
    await happen('of another kind', 'run.finished')
    expect(await due()).toEqual(['after'])
  })

  test('a webhook that gets other events gets those that happen from then on, and of the former those until then', async () => {
    const id = await add()
    await happen('failed before')
    await happen('finished before', 'run.finished')
    await change(id, { trackwayKinds: ['run.finished'] })
    await happen('failed after')
    await happen('finished after', 'run.finished')
    expect(await due()).toEqual(['failed before', 'finished after'])
  })

  test('a DISABLED webhook is sent nothing: what was pending waits, what happens meanwhile is never sent', async () => {
    const id = await add()
    await happen('before, planned')
    await deliveries.plan(100, ++time)
    await happen('before, not planned')
    await change(id, { status: 'DISABLED' })
    await happen('meanwhile')
    expect(await due()).toEqual([])
    expect((await claim()).next).toBeNull()
    const [latest] = (await webhooks.deliveries(id, { maxResults: 9, pageToken: undefined, state: 'PENDING' })).items
    expect(latest).toMatchObject({ state: 'PENDING', next_attempt_timestamp: undefined })
    await happen('meanwhile, too')
    await change(id, { status: 'ACTIVE' })
    await happen('after')
    expect(await due()).toEqual(['before, planned', 'before, not planned', 'after'])
  })

  test('a webhook that is made DISABLED gets nothing of the time before it is ACTIVE', async () => {
    const id = await add({ status: 'DISABLED' })
    await happen('before')
    await change(id, { status: 'ACTIVE' })
    await happen('after')
    expect(await due()).toEqual(['after'])
  })

  test('an update of other fields loses nothing that waits', async () => {
    const id = await add()
    await happen('before')
    await change(id, { url: 'https://example.com/new', status: 'ACTIVE' })
    await happen('after')
    expect(await due()).toEqual(['before', 'after'])
  })

  test('delete takes the deliveries along, and no other webhook’s', async () => {
    const id = await add()
    const other = await add()
    await happen('something')
    await due()
    await webhooks.delete(id, by(++time))
    await expect(webhooks.get(id)).rejects.toThrow('not found')
    const rows = await opened.database.dynamic(sql`select w.uuid from webhook_deliveries d
      left join webhooks w on w.id = d.webhook_id`)
    expect(rows).toEqual([[other]])
    expect(await opened.database.dynamic(sql`select count(*) from webhook_events`)).toEqual([[1]])
  })

  test('deliveries are listed by state, the newest first, page by page', async () => {
    const id = await add()
    for (const name of ['a', 'b', 'c', 'd']) await happen(name)
    await deliveries.plan(100, ++time)
    const [first, second] = (await claim({ limit: 2 })).due
    const outcome = { nextAttemptTime: null, responseStatus: 404, responseBody: 'no', errorMessage: 'not found' }
    await deliveries.finish({ ...outcome, deliveryId: first?.deliveryId ?? '', state: 'FAILED' })
    await deliveries.finish({ ...outcome, deliveryId: second?.deliveryId ?? '', state: 'DELIVERED' })
    const list = async (state?: 'PENDING' | 'FAILED', pageToken?: string) =>
      webhooks.deliveries(id, { maxResults: 3, pageToken, state })
    const page = await list()
    const rest = await list(undefined, page.token ?? undefined)
    expect(page.items.map(({ state }) => state)).toEqual(['PENDING', 'PENDING', 'DELIVERED'])
    expect([rest.items.length, rest.token]).toEqual([1, null])
    expect((await list('FAILED')).items).toEqual([
      {
        delivery_id: first?.deliveryId,
        webhook_id: id,
        event_id: 2,
        kind: 'run.failed',
        state: 'FAILED',
        attempts: 1,
        creation_timestamp: expect.any(Number),
        next_attempt_timestamp: undefined,
        last_attempt_timestamp: expect.any(Number),
        response_status: 404,
        response_body: 'no',
        error_message: 'not found',
      },
    ])
    await expect(list('FAILED', page.token ?? '')).rejects.toThrow('Invalid page token')
  })

  test('redeliver sends anew what was delivered, under the same id, and is refused while DISABLED', async () => {
    const id = await add()
    await happen('something')
    await deliveries.plan(100, ++time)
    const [{ deliveryId } = { deliveryId: '' }] = (await claim()).due
    const outcome = { nextAttemptTime: null, responseStatus: 200, responseBody: '', errorMessage: null }
    await deliveries.finish({ ...outcome, deliveryId, state: 'DELIVERED' })
    expect((await claim()).due).toEqual([])
    expect(await webhooks.redeliver(id, deliveryId, by(++time))).toMatchObject({
      delivery_id: deliveryId,
      state: 'PENDING',
      attempts: 0,
      next_attempt_timestamp: time,
    })
    expect((await claim()).due).toMatchObject([{ deliveryId, attempts: 0 }])
    await change(id, { status: 'DISABLED' })
    await expect(webhooks.redeliver(id, deliveryId, by(++time))).rejects.toMatchObject({ code: 'INVALID_STATE' })
    const other = await add()
    await expect(webhooks.redeliver(other, deliveryId, by(++time))).rejects.toThrow('has no delivery')
  })
  test('each change is an event of its own', async () => {
    const id = await add({ kinds: ['webhook.created', 'webhook.updated', 'webhook.redelivered'] })
    await change(id, { name: 'other' })
    await deliveries.plan(100, ++time)
    const [delivery] = (await claim()).due
    expect(delivery?.event).toMatchObject({ kind: 'webhook.updated', user_id: 'ann', data: { webhook_id: id } })
    await webhooks.redeliver(id, delivery?.deliveryId ?? '', by(++time))
    await webhooks.delete(id, by(++time))
    expect((await opened.database.dynamic(sql`select kind from events order by id`)).flat()).toEqual([
      'webhook.created',
      'webhook.updated',
      'webhook.redelivered',
      'webhook.deleted',
    ])
  })
})
