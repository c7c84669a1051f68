import sql from 'sql-template-tag'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { DeliveryStore, DueDelivery, WebhookStore } from '../../events/store.ts'
import { createDeliveryStore } from './deliveries.ts'
import { recordEvent } from './events.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'
import { createWebhookStore } from './webhooks.ts'

const day = 24 * 3600 * 1000

describe.each(testEngines)('createDeliveryStore() on $engine', ({ open }) => {
  let opened: TestDatabase
  let webhooks: WebhookStore
  let deliveries: DeliveryStore

  beforeEach(async () => {
    opened = await open()
    webhooks = createWebhookStore(opened.database)
    deliveries = createDeliveryStore(opened.database)
  })
  afterEach(() => opened.close())

  async function add(name = 'hook', secret?: string): Promise<string> {
    const fields = {
      name,
      description: undefined,
      url: `https://example.com/${name}`,
      secret,
      status: 'ACTIVE',
    } as const
    return (await webhooks.create({ ...fields, kinds: ['run.failed'] }, { user: '', time: 1 })).webhook_id
  }

  async function happen(count = 1, kind: 'run.failed' | 'run.created' = 'run.failed'): Promise<void> {
    await opened.database.transaction(async (inner) => {
      for (let i = 0; i < count; i++) await recordEvent(inner, kind, { user: 'ann', time: 5 }, { run_id: String(i) })
    })
  }

  const claim = async (now: number, more: object = {}) =>
    deliveries.claim({ limit: 100, perWebhook: 100, except: [], now, lease: 50, ...more })
  const position = async (): Promise<unknown> =>
    (await opened.database.dynamic(sql`select event_id from outbox_positions where reader = 'webhooks'`))[0]?.[0]
  const countOf = async (webhookId: string): Promise<unknown> =>
    (
      await opened.database.dynamic(sql`select count(*) from webhook_deliveries d join webhooks w on w.id = d.webhook_id
        where w.uuid = ${webhookId}`)
    )[0]?.[0]
  const finished = (
    { deliveryId }: DueDelivery,
    state: 'DELIVERED' | 'PENDING' = 'DELIVERED',
    next: number | null = null,
  ) => ({
    deliveryId,
    state,
    nextAttemptTime: next,
    responseStatus: 200,
    responseBody: 'ok',
    errorMessage: null,
  })

  test('plan looks at nothing and writes nothing while there are no webhooks', async () => {
    await happen(500)
    expect(await deliveries.plan(100, 10)).toBe(0)
    expect(await position()).toBeUndefined()
    await add()
    expect(await deliveries.plan(100, 10)).toBe(0)
  })

  test('plan makes one delivery of each event for each webhook that wants it, once, some events at a time', async () => {
    const [one, other] = [await add('one'), await add('other')]
    await happen(250)
    await happen(30, 'run.created')
    const looked: number[] = []
    for (;;) {
      looked.push(await deliveries.plan(150, 10))
      if (looked.at(-1) !== 150) break
    }
    // All behind the making of the first webhook: that of the other is an event, too.
    expect(looked).toEqual([150, 131])
    expect([await countOf(one), await countOf(other)]).toEqual([250, 250])
    expect(await deliveries.plan(150, 10)).toBeLessThan(150)
    expect(await countOf(one)).toBe(250)
  })

  test('plan goes on where it was in a store that is opened anew', async () => {
    const id = await add()
    await happen(3)
    await deliveries.plan(100, 10)
    deliveries = createDeliveryStore(opened.database)
    await happen(2)
    await deliveries.plan(100, 10)
    expect(await countOf(id)).toBe(5)
  })

  test('plan passes by what nobody wants without a write each time', async () => {
    await add()
    await happen(150, 'run.created')
    await deliveries.plan(500, 10)
    expect(await position()).toBeUndefined()
    await happen(100, 'run.created')
    await deliveries.plan(500, 10)
    expect(await position()).toBe(201)
  })

  test('plan takes away what is done, old and not among the newest 1,000', async () => {
    const id = await add()
    await happen(1100)
    await deliveries.plan(2000, 10)
    const { due } = await claim(20, { limit: 2000, perWebhook: 2000 })
    for (const delivery of due.slice(1)) await deliveries.finish(finished(delivery))
    await happen()
    await deliveries.plan(100, 10 + 29 * day)
    expect(await countOf(id)).toBe(1101)
    await happen()
    await deliveries.plan(100, 10 + 31 * day)
    // The newest 1,000 with the one just made, and the oldest, which is still pending.
    expect(await countOf(id)).toBe(1002)
  })

  test('claim gives all that is needed to send, in the order of events', async () => {
    const webhookId = await add('hook', 'sealed')
    await happen(2)
    await deliveries.plan(100, 10)
    const { due } = await claim(10)
    expect(due).toEqual([
      {
        deliveryId: expect.stringMatching(/^[\da-f-]{36}$/),
        webhookId,
        url: 'https://example.com/hook',
        secret: 'sealed',
        attempts: 0,
        event: { id: 2, kind: 'run.failed', timestamp: 5, user_id: 'ann', data: { run_id: '0' } },
      },
      expect.objectContaining({ event: expect.objectContaining({ id: 3 }) }),
    ])
    expect(due[0]?.deliveryId).not.toBe(due[1]?.deliveryId)
  })

  test('what is claimed comes again, one attempt older, when its lease is over', async () => {
    await add()
    await happen()
    await deliveries.plan(100, 10)
    const [first] = (await claim(10)).due
    expect(await claim(59)).toEqual({ due: [], next: 60 })
    expect((await claim(60)).due).toEqual([{ ...first, attempts: 1 }])
  })

  test('claim gives each webhook its share, passes by those that are excepted, and says when the next is due', async () => {
    const [one, other] = [await add('one'), await add('other')]
    await happen(10)
    await deliveries.plan(100, 10)
    const first = await claim(10, { perWebhook: 3 })
    expect(first.due.map(({ webhookId }) => webhookId).toSorted()).toEqual(
      [one, one, one, other, other, other].toSorted(),
    )
    expect(first.next).toBe(10)
    const second = await claim(10, { perWebhook: 3, except: [one] })
    expect(second.due.map(({ webhookId, event }) => [webhookId, event.id])).toEqual([
      [other, 6],
      [other, 7],
      [other, 8],
    ])
    expect((await claim(10, { except: [one, other] })).next).toBeNull()
    expect((await claim(10, { limit: 4 })).due).toHaveLength(4)
  })

  test('finish stores the outcome, once', async () => {
    const id = await add()
    await happen()
    await deliveries.plan(100, 10)
    const [delivery] = (await claim(10)).due
    if (!delivery) throw new Error('nothing was due')
    await deliveries.finish(finished(delivery, 'PENDING', 500))
    expect(await claim(499)).toEqual({ due: [], next: 500 })
    expect((await claim(500)).due).toHaveLength(1)
    await deliveries.finish(finished(delivery))
    await deliveries.finish(finished(delivery, 'PENDING', 600))
    const { items } = await webhooks.deliveries(id, { maxResults: 9, pageToken: undefined, state: undefined })
    expect(items).toMatchObject([{ state: 'DELIVERED', attempts: 2, response_status: 200, response_body: 'ok' }])
    expect(await claim(9999)).toEqual({ due: [], next: null })
  })

  test('finish of what was deleted meanwhile is nothing', async () => {
    const id = await add()
    await happen()
    await deliveries.plan(100, 10)
    const [delivery] = (await claim(10)).due
    await webhooks.delete(id, { user: '', time: 1 })
    if (delivery) await deliveries.finish(finished(delivery, 'PENDING', 20))
    expect(await claim(9999)).toEqual({ due: [], next: null })
  })
})
