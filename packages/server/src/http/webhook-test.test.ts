import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createApp } from '../app.ts'
import type { TrackwayApp } from '../app.ts'
import { parseServerConfig } from '../config.ts'
import { signatureOf } from '../events/webhook-message.ts'
import { startReceiver } from '../events/test-receiver.ts'
import type { TestReceiver } from '../events/test-receiver.ts'

let folder: string
let app: TrackwayApp
let receiver: TestReceiver

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trackway-webhooks-'))
  receiver = await startReceiver()
  app = await start()
})
afterEach(async () => {
  await receiver.close()
  await app.close()
  rmSync(folder, { recursive: true })
})

async function start(): Promise<TrackwayApp> {
  const data = ['--backend-store-uri', join(folder, 'a.db'), '--artifacts-destination', join(folder, 'artifacts')]
  const flags = [
    '--port',
    '0',
    '--log-level',
    'silent',
    '--webhook-allow-private-ips',
    '--webhook-allowed-schemes',
    'http',
  ]
  return await createApp(parseServerConfig([...flags, ...data], {}, folder))
}

async function ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) {
  const headers = { 'content-type': 'application/json' }
  const payload = body === undefined ? {} : { headers, payload: JSON.stringify(body) }
  const reply = await app.http.inject({ method, url: `/api/${path}`, ...payload })
  return { status: reply.statusCode, text: reply.body, body: reply.json<Record<string, unknown>>() }
}

async function add(fields: object): Promise<string> {
  const { body } = await ask('POST', '2.0/mlflow/webhooks', { name: 'hook', url: receiver.url, ...fields })
  return (body as { webhook: { webhook_id: string } }).webhook.webhook_id
}

const sent = (): unknown[] => receiver.received.map(({ body }) => JSON.parse(body) as unknown)
const testOf = (id: string): string => `2.0/mlflow/webhooks/${id}/test`
const modelCreated = { entity: 'REGISTERED_MODEL', action: 'CREATED' }

describe('testWebhook', () => {
  test("sends an example of the first event, or of the one that is named, and tells the receiver's answer", async () => {
    const id = await add({ events: [modelCreated], secret: 'sesame', status: 'DISABLED' })
    expect(await ask('POST', testOf(id), {})).toMatchObject({
      status: 200,
      body: { result: { success: true, response_status: 200, response_body: 'heard' } },
    })
    await ask('POST', testOf(id), { event: { entity: 'PROMPT_TAG', action: 'DELETED' } })
    await ask('POST', testOf(id), { trackway_event: 'run.failed' })
    expect(sent()).toMatchObject([
      { entity: 'registered_model', action: 'created', data: { name: 'example_model' } },
      { entity: 'prompt_tag', action: 'deleted', data: { name: 'example_prompt', key: 'example_key' } },
      { entity: 'run', action: 'failed', data: { status: 'FAILED' } },
    ])
    for (const { headers, body } of receiver.received) {
      const [deliveryId, time] = [String(headers['x-mlflow-delivery-id']), String(headers['x-mlflow-timestamp'])]
      expect(headers['x-mlflow-signature']).toBe(signatureOf('sesame', deliveryId, time, Buffer.from(body)))
    }
    const { body } = await ask('GET', `trackway/v1/webhooks/${id}/deliveries`)
    expect(body['deliveries'] ?? []).toEqual([])
  })

  test('sends once, whatever is answered, and tells of failures', async () => {
    const id = await add({ trackway_events: ['run.finished'] })
    receiver.respond = (response) => response.writeHead(500).end('oh')
    expect((await ask('POST', testOf(id), {})).body).toEqual({
      result: { success: false, response_status: 500, response_body: 'oh' },
    })
    expect(sent()).toMatchObject([{ entity: 'run', action: 'finished' }])
    await receiver.close()
    expect((await ask('POST', testOf(id), {})).body).toEqual({
      result: {
        success: false,
        error_message: 'Failed to test webhook: The connection was refused: nothing listens there.',
      },
    })
  })

  test('refuses unknown webhooks and events', async () => {
    const id = await add({ events: [modelCreated] })
    expect(await ask('POST', testOf('nope'), {})).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
    })
    const unknown = { event: { entity: 'PROMPT', action: 'DELETED' } }
    expect(await ask('POST', testOf(id), unknown)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE' },
    })
    expect(receiver.received).toEqual([])
  })
})

describe('a server with webhooks', () => {
  test('sends what happens, lists what became of it, sends it again, and goes on after a restart', async () => {
    const id = await add({ trackway_events: ['experiment.created'], events: [modelCreated], secret: 'sesame' })
    receiver.respond = (response) => response.writeHead(400).end()
    await ask('POST', '2.0/mlflow/experiments/create', { name: 'told' })
    const [one] = await receiver.wait(1)
    expect(JSON.parse(one?.body ?? '')).toMatchObject({
      entity: 'experiment',
      action: 'created',
      data: { name: 'told' },
    })
    const path = `trackway/v1/webhooks/${id}/deliveries`
    const listed = async (): Promise<{ delivery_id: string }[]> =>
      ((await ask('GET', path)).body['deliveries'] ?? []) as { delivery_id: string }[]
    await expect.poll(listed).toMatchObject([{ state: 'FAILED', response_status: 400 }])
    await app.close()
    app = await start()
    receiver.respond = (response) => response.end('heard')
    const [delivery] = await listed()
    const again = await ask('POST', `${path}/${delivery?.delivery_id}/redeliver`, {})
    expect(again.body).toMatchObject({ delivery: { state: 'PENDING' } })
    const [, two] = await receiver.wait(2)
    expect(two?.body).toBe(one?.body)
    expect(two?.headers['x-mlflow-delivery-id']).toBe(delivery?.delivery_id)
    expect(two?.headers['x-mlflow-signature']).toMatch(/^v1,/)
    await expect.poll(listed).toMatchObject([{ state: 'DELIVERED' }])
    for (const file of ['a.db', 'a.db-wal']) {
      expect(readFileSync(join(folder, file)).includes('sesame'), file).toBe(false)
    }
    expect((await ask('GET', `2.0/mlflow/webhooks/${id}`)).text).not.toContain('sesame')
  })
})
