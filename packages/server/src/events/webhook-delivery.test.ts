import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import type { WebhookDelivery } from '@trackway/api'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { createDeliveryStore } from '../storage/sql/deliveries.ts'
import { recordEvent } from '../storage/sql/events.ts'
import { testEngines } from '../storage/sql/test-engines.ts'
import type { TestDatabase } from '../storage/sql/test-engines.ts'
import { createWebhookStore } from '../storage/sql/webhooks.ts'
import type { DeliveryStore, WebhookStore } from './store.ts'
import { startReceiver } from './test-receiver.ts'
import type { TestReceiver } from './test-receiver.ts'
import { startWebhookDelivery } from './webhook-delivery.ts'
import type { DeliveryLoop } from './webhook-delivery.ts'
import { createWebhookSecrets } from './webhook-secrets.ts'
import { createWebhookSender } from './webhook-sender.ts'

const key = Buffer.alloc(32, 7).toString('base64url')
const by = { user: 'ann', time: 1 }
const none = {
  name: undefined,
  description: undefined,
  url: undefined,
  mlflowKinds: undefined,
  trackwayKinds: undefined,
  secret: undefined,
  status: undefined,
}

let opened: TestDatabase
/** A handle takes one transaction at a time, which the writer sees to where there is one. */
let last: Promise<unknown>
let store: WebhookStore
let deliveries: DeliveryStore
let receiver: TestReceiver
let loop: DeliveryLoop | undefined
let announce: () => void
let faults: unknown[]

beforeEach(async () => {
  opened = await testEngines[0]!.open()
  last = Promise.resolve()
  store = inTurn(createWebhookStore(opened.database))
  deliveries = inTurn(createDeliveryStore(opened.database))
  receiver = await startReceiver()
  announce = () => {}
  faults = []
})
afterEach(async () => {
  await receiver.close()
  await loop?.close()
  loop = undefined
  await opened.close()
  expect(faults).toEqual([])
})

function inTurn<T extends object>(methods: T): T {
  const turns = Object.entries(methods).map(([name, method]) => [
    name,
    (...given: unknown[]) => next(() => (method as (...given: unknown[]) => Promise<unknown>)(...given)),
  ])
  return Object.fromEntries(turns) as T
}

function next<R>(work: () => Promise<R>): Promise<R> {
  const done = last.then(work)
  last = done.catch(() => {})
  return done
}

function start({ maxRetries = 5, timeout = 5000, workers = 10, secretKey = key } = {}): DeliveryLoop {
  loop = startWebhookDelivery({
    operations: {
      planDeliveries: ({ limit, now }) => deliveries.plan(limit, now),
      claimDeliveries: (claim) => deliveries.claim(claim),
      finishDelivery: (outcome) => deliveries.finish(outcome),
    },
    onEvents: (listener) => void (announce = listener),
    send: createWebhookSender({ schemes: ['http'], allowPrivateAddresses: true, timeout }),
    secrets: createWebhookSecrets({ key: secretKey }),
    settings: { maxRetries, timeout, workers },
    report: (_what, error) => faults.push(error),
  })
  return loop
}

async function add(url = receiver.url, secret?: string): Promise<string> {
  const sealed = secret === undefined ? undefined : createWebhookSecrets({ key }).seal(secret)
  const webhook = { name: 'hook', description: undefined, url, kinds: ['run.failed'], secret: sealed, status: 'ACTIVE' }
  return (await store.create(webhook as Parameters<WebhookStore['create']>[0], by)).webhook_id
}

async function happen(...names: string[]): Promise<void> {
  await next(() =>
    opened.database.transaction(async (inner) => {
      for (const run_name of names) await recordEvent(inner, 'run.failed', { user: 'ann', time: 1000 }, { run_name })
    }),
  )
  announce()
}

const list = async (webhookId: string): Promise<readonly WebhookDelivery[]> =>
  (await store.deliveries(webhookId, { maxResults: 1000, pageToken: undefined, state: undefined })).items
async function settled(webhookId: string, state: WebhookDelivery['state'], count = 1) {
  await expect
    .poll(async () => (await list(webhookId)).map((one) => one.state), { timeout: 10_000 })
    .toEqual(Array.from({ length: count }, () => state))
  return list(webhookId)
}
const namesOf = (): string[] =>
  receiver.received.map(({ body }) => (JSON.parse(body) as { data: { run_name: string } }).data.run_name)
const idsOf = (): Set<unknown> => new Set(receiver.received.map(({ headers }) => headers['x-mlflow-delivery-id']))

test('startWebhookDelivery sends what happens, signed, and notes the answer down', async () => {
  start()
  const id = await add(undefined, 'secret')
  await happen('first')
  const [one] = await receiver.wait(1)
  expect(JSON.parse(one?.body ?? '')).toEqual({
    entity: 'run',
    action: 'failed',
    timestamp: '1970-01-01T00:00:01.000+00:00',
    data: { run_name: 'first' },
  })
  const { 'x-mlflow-delivery-id': deliveryId, 'x-mlflow-timestamp': time } = one?.headers ?? {}
  const signed = createHmac('sha256', 'secret')
    .update(`${String(deliveryId)}.${String(time)}.${one?.body}`)
    .digest('base64')
  expect(one?.headers['x-mlflow-signature']).toBe(`v1,${signed}`)
  expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(5)
  expect(await settled(id, 'DELIVERED')).toMatchObject([
    { delivery_id: deliveryId, attempts: 1, response_status: 200, response_body: 'heard', error_message: undefined },
  ])
})

test('startWebhookDelivery sends what happened before it was started, all of it, in order of its beginnings', async () => {
  const id = await add()
  const names = Array.from({ length: 60 }, (_, i) => String(i))
  await happen(...names)
  start({ workers: 5 })
  await receiver.wait(60)
  expect(namesOf()).toEqual(names)
  expect(idsOf().size).toBe(60)
  await settled(id, 'DELIVERED', 60)
})

test('a receiver that fails first gets the same bytes under the same id again', async () => {
  receiver.respond = (response) => {
    response.statusCode = receiver.received.length === 1 ? 500 : 200
    response.end()
  }
  start()
  const id = await add()
  await happen('first')
  const [one, two] = await receiver.wait(2)
  expect(two?.body).toBe(one?.body)
  expect(idsOf().size).toBe(1)
  expect((two?.time ?? 0) - (one?.time ?? 0)).toBeGreaterThanOrEqual(490)
  expect(await settled(id, 'DELIVERED')).toMatchObject([{ attempts: 2, response_status: 200 }])
})

test('a receiver that goes on failing is given up after the retries, and what is sent anew may succeed', async () => {
  receiver.respond = (response) => response.writeHead(503).end('down')
  start({ maxRetries: 1 })
  const id = await add()
  await happen('first')
  const [delivery] = await settled(id, 'FAILED')
  expect(delivery).toMatchObject({
    attempts: 2,
    response_status: 503,
    response_body: 'down',
    error_message: 'The receiver answered 503.',
    next_attempt_timestamp: undefined,
  })
  receiver.respond = (response) => response.end('up')
  await store.redeliver(id, delivery?.delivery_id ?? '', { user: '', time: Date.now() })
  announce()
  expect(await settled(id, 'DELIVERED')).toMatchObject([{ attempts: 1, response_body: 'up', error_message: undefined }])
  expect(idsOf()).toEqual(new Set([delivery?.delivery_id]))
})

test('a redirect and a 404 are final at once', async () => {
  receiver.respond = (response, { path }) =>
    response.writeHead(path === '/moved' ? 302 : 404, { Location: `${receiver.url}/other` }).end()
  start()
  const [moved, gone] = [await add(`${receiver.url}/moved`), await add(`${receiver.url}/gone`)]
  await happen('first')
  expect(await settled(moved, 'FAILED')).toMatchObject([
    { attempts: 1, response_status: 302, error_message: expect.stringContaining('a redirect, which is not followed') },
  ])
  expect(await settled(gone, 'FAILED')).toMatchObject([{ attempts: 1, response_status: 404 }])
  expect(receiver.received).toHaveLength(2)
})

test('Retry-After keeps the whole webhook waiting', async () => {
  receiver.respond = (response) => {
    response.writeHead(receiver.received.length === 1 ? 429 : 200, { 'Retry-After': '2' }).end()
  }
  start()
  const id = await add()
  await happen('first')
  await receiver.wait(1)
  await sleep(100)
  await happen('second')
  const [one, two] = await receiver.wait(3)
  expect((two?.time ?? 0) - (one?.time ?? 0)).toBeGreaterThanOrEqual(1900)
  await settled(id, 'DELIVERED', 2)
})

test('a receiver that hangs, in its answer’s body too, times out and is tried again', async () => {
  receiver.respond = (response) => {
    if (receiver.received.length === 2) response.write('begun')
    if (receiver.received.length > 2) response.end()
  }
  start({ timeout: 200 })
  const id = await add()
  await happen('first')
  await receiver.wait(3)
  expect(await settled(id, 'DELIVERED')).toMatchObject([{ attempts: 3 }])
})

test('one receiver that hangs and one that refuses do not hold up another', async () => {
  receiver.respond = (response, { path }) => void (path === '/hangs' || response.end())
  start({ timeout: 3000, workers: 4 })
  const names = Array.from({ length: 20 }, (_, i) => String(i))
  const closed = await startReceiver()
  await closed.close()
  const dead = await add(closed.url)
  await add(`${receiver.url}/hangs`)
  const well = await add(`${receiver.url}/well`)
  const begun = Date.now()
  await happen(...names)
  await settled(well, 'DELIVERED', 20)
  expect(Date.now() - begun).toBeLessThan(2900)
  expect(receiver.received.filter(({ path }) => path === '/hangs')).toHaveLength(1)
  expect((await list(dead)).some((one) => one.error_message?.includes('refused') && one.state === 'PENDING')).toBe(true)
  await expect.poll(() => receiver.received.filter(({ path }) => path === '/hangs').length, { timeout: 9000 }).toBe(2)
})

test('a webhook that is disabled meanwhile is sent nothing until it is enabled', async () => {
  receiver.respond = (response) => response.writeHead(500).end()
  start()
  const id = await add()
  await happen('before')
  await receiver.wait(1)
  await store.update(id, { ...none, status: 'DISABLED' }, { user: '', time: Date.now() })
  await happen('meanwhile')
  receiver.respond = (response) => response.end()
  await sleep(1500)
  expect(namesOf()).toEqual(['before'])
  await store.update(id, { ...none, status: 'ACTIVE' }, { user: '', time: Date.now() })
  await happen('after')
  await settled(id, 'DELIVERED', 2)
  expect(namesOf().toSorted()).toEqual(['after', 'before', 'before'])
})

test('a webhook that is deleted while its answer is awaited ends there', async () => {
  receiver.respond = (response) => void setTimeout(() => response.writeHead(500).end(), 300)
  start()
  const id = await add()
  await happen('first')
  await receiver.wait(1)
  await store.delete(id, by)
  await sleep(1800)
  expect(receiver.received).toHaveLength(1)
})

test('a secret that cannot be read is told, and the delivery goes out when it is set again', async () => {
  const id = await add(undefined, 'secret')
  const other = Buffer.alloc(32, 8).toString('base64url')
  start({ secretKey: other })
  await happen('first')
  await expect
    .poll(async () => (await list(id))[0])
    .toMatchObject({ state: 'PENDING', error_message: expect.stringContaining('set the secret again') })
  expect(receiver.received).toEqual([])
  const secret = createWebhookSecrets({ key: other }).seal('new')
  await store.update(id, { ...none, secret }, by)
  await settled(id, 'DELIVERED')
  expect(receiver.received).toHaveLength(1)
})

test('close waits for what is answered soon and gives back what is not, to be sent by the next at once', async () => {
  receiver.respond = (response, { path }) => void (path === '/soon' ? setTimeout(() => response.end(), 500) : undefined)
  const first = start({ timeout: 30_000 })
  const [soon, late] = [await add(`${receiver.url}/soon`), await add(`${receiver.url}/late`)]
  await happen('first')
  await receiver.wait(2)
  const begun = Date.now()
  await first.close()
  expect(Date.now() - begun).toBeLessThan(5000)
  expect(await list(soon)).toMatchObject([{ state: 'DELIVERED' }])
  expect(await list(late)).toMatchObject([{ state: 'PENDING', error_message: 'The server was stopped meanwhile.' }])
  receiver.respond = (response) => response.end()
  start()
  expect(await settled(late, 'DELIVERED')).toMatchObject([{ attempts: 2 }])
  expect(idsOf().size).toBe(2)
})

test('a store that fails for a while stops nothing for good', async () => {
  const whole = deliveries
  let failures = 2
  // The store is real; only this fails, as a disk that is full does.
  deliveries = {
    ...deliveries,
    claim: async (asked) => {
      if (failures-- > 0) throw new Error('disk full')
      return whole.claim(asked)
    },
  }
  start()
  const id = await add()
  await happen('first')
  await receiver.wait(1)
  await settled(id, 'DELIVERED')
  expect(faults.splice(0)).toHaveLength(2)
})

test('a busy server without webhooks asks for deliveries no more than now and then', async () => {
  let claims = 0
  const whole = deliveries
  deliveries = {
    ...deliveries,
    claim: async (asked) => {
      claims++
      return whole.claim(asked)
    },
  }
  start()
  for (let i = 0; i < 10; i++) {
    await happen(String(i))
    await sleep(30)
  }
  expect(claims).toBe(1)
})
