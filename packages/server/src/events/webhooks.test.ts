import type { Request } from '@trackway/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from '../storage/sql/test-engines.ts'
import type { TestDatabase } from '../storage/sql/test-engines.ts'
import { createWebhookStore } from '../storage/sql/webhooks.ts'
import type { WebhookStore } from './store.ts'
import { createWebhookSecrets } from './webhook-secrets.ts'
import { createWebhookHandlers } from './webhooks.ts'

const secretKey = { key: Buffer.alloc(32, 1).toString('base64') }
const caller = { user: 'ann' }
const modelCreated = { entity: 'REGISTERED_MODEL', action: 'CREATED' } as const
type New = Request<'createWebhook'>
type Change = Omit<Request<'updateWebhook'>, 'webhook_id'>

describe.each(testEngines)('createWebhookHandlers() on $engine', ({ open }) => {
  let opened: TestDatabase
  let store: WebhookStore
  let handlers: ReturnType<typeof createWebhookHandlers>

  beforeEach(async () => {
    opened = await open()
    store = createWebhookStore(opened.database)
    handlers = createWebhookHandlers(store, { schemes: ['https'], allowPrivateAddresses: false, secretKey })
  })
  afterEach(() => opened.close())

  async function create(fields: Partial<New> = {}) {
    const request: New = { name: 'hook', url: 'https://example.com/a', events: [modelCreated], ...fields }
    return ((await handlers.createWebhook(request, caller)) as { webhook: { webhook_id: string } }).webhook
  }

  async function update(webhook_id: string, fields: Change) {
    return ((await handlers.updateWebhook({ webhook_id, ...fields }, caller)) as { webhook: object }).webhook
  }

  const refused = (sentence: string) => ({
    code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringContaining(sentence) as string,
  })

  test('createWebhook seals the secret and gives everything else back', async () => {
    const webhook = await create({ secret: 'sesame', description: 'words', trackway_events: ['run.failed'] })
    expect(JSON.stringify(webhook)).not.toContain('sesame')
    expect(webhook).toMatchObject({
      name: 'hook',
      description: 'words',
      status: 'ACTIVE',
      events: [modelCreated],
      trackway_events: ['run.failed'],
    })
    const stored = await store.getSecret(webhook.webhook_id)
    expect(stored).not.toContain('sesame')
    expect(createWebhookSecrets(secretKey).open(stored ?? '')).toBe('sesame')
    expect(await store.getSecret((await create({ secret: '' })).webhook_id)).toBeNull()
  })

  test.each(['a', 'A_b.c-9', '1', 'x'.repeat(63)])('createWebhook takes the name %s', async (name) => {
    expect(await create({ name })).toMatchObject({ name })
  })

  test.each([' ', 'a b', '-a', 'a.', 'é', 'a/b', 'a\n', 'x'.repeat(64)])(
    'createWebhook refuses the name %j',
    async (name) => {
      await expect(create({ name })).rejects.toMatchObject(refused('Webhook name'))
    },
  )

  test('createWebhook needs an event of either list, each of a known kind', async () => {
    await expect(create({ events: undefined })).rejects.toMatchObject(
      refused("Missing value for required parameter 'events'"),
    )
    await expect(create({ events: [] })).rejects.toMatchObject(refused("'events'"))
    await expect(create({ events: [], trackway_events: [] })).rejects.toMatchObject(refused("'events'"))
    expect(await create({ events: [], trackway_events: ['run.failed'] })).toMatchObject({ events: [] })
    expect(await create({ events: [modelCreated, modelCreated] })).toMatchObject({ events: [modelCreated] })
    await expect(create({ trackway_events: ['run.exploded'] })).rejects.toMatchObject(
      refused('Unknown event "run.exploded" in trackway_events. There are: registered_model.updated,'),
    )
    await expect(create({ trackway_events: ['prompt_tag.set'] })).rejects.toMatchObject(
      refused(
        '\'prompt_tag.set\' is an event of MLflow: name it in events, as {"entity":"PROMPT_TAG","action":"SET"}.',
      ),
    )
    await expect(create({ trackway_events: ['__proto__'] })).rejects.toMatchObject(refused('Unknown event'))
  })

  test.each([
    [
      'REGISTERED_MODEL',
      'EXCEEDED',
      "Invalid action 'exceeded' for entity 'registered_model'. Valid actions are: created.",
    ],
    ['MODEL_VERSION_TAG', 'CREATED', 'Valid actions are: set, deleted.'],
    ['MODEL_VERSION', 'DELETED', 'Name model_version.deleted in trackway_events'],
    ['ENTITY_UNSPECIFIED', 'CREATED', 'Valid entities are: registered_model, model_version,'],
    ['PROMPT', 'ACTION_UNSPECIFIED', "Invalid action 'action_unspecified'"],
  ] as const)('createWebhook refuses the event %s %s', async (entity, action, sentence) => {
    await expect(create({ events: [{ entity, action }] })).rejects.toMatchObject(refused(sentence))
  })

  test('createWebhook takes every event of MLflow, its budgets too, which never happen here', async () => {
    const events = [modelCreated, { entity: 'BUDGET_POLICY', action: 'EXCEEDED' } as const]
    expect(await create({ events })).toMatchObject({ events: [events[1], events[0]], trackway_events: [] })
  })

  test('createWebhook refuses addresses that it may not send to, and what is too long, without telling the secret', async () => {
    await expect(create({ url: 'http://example.com' })).rejects.toMatchObject(refused("scheme: 'http'"))
    await expect(create({ url: 'https://10.0.0.1' })).rejects.toMatchObject(refused('not a public address'))
    await expect(create({ description: 'x'.repeat(1001) })).rejects.toMatchObject(refused("'description' exceeds"))
    const failure = await create({ secret: 'sesame'.repeat(200) }).catch((error: unknown) => String(error))
    expect(failure).toContain('it has 1200')
    expect(failure).not.toContain('sesame')
  })

  test('updateWebhook takes empty name, URL and events for absent, an empty description and secret for none', async () => {
    const { webhook_id } = await create({ secret: 'sesame', description: 'words' })
    expect(await update(webhook_id, { name: '', url: '', events: [] })).toMatchObject({
      name: 'hook',
      url: 'https://example.com/a',
      description: 'words',
      events: [modelCreated],
    })
    expect(await store.getSecret(webhook_id)).not.toBeNull()
    expect(await update(webhook_id, { description: '', secret: '' })).toMatchObject({ description: undefined })
    expect(await store.getSecret(webhook_id)).toBeNull()
    expect(await update(webhook_id, { events: [], trackway_events: ['run.failed'] })).toMatchObject({
      events: [],
      trackway_events: ['run.failed'],
    })
    await expect(update(webhook_id, { trackway_events: [] })).rejects.toMatchObject(refused('at least one event'))
  })

  test('updateWebhook judges as createWebhook does, after it has found the webhook', async () => {
    const { webhook_id } = await create()
    await expect(update(webhook_id, { name: 'a b' })).rejects.toMatchObject(refused('Webhook name'))
    await expect(update(webhook_id, { url: 'https://[::1]/' })).rejects.toMatchObject(refused('not a public address'))
    await expect(update('nope', { name: 'a b' })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test.each([-1, 1001])('listWebhooks refuses max_results %i', async (max_results) => {
    await expect(handlers.listWebhooks({ max_results }, caller)).rejects.toMatchObject(
      refused('max_results must be between 1 and 1000.'),
    )
  })

  test('listWebhooks leaves out what has only events that MLflow lacks, unless all are asked for', async () => {
    const [one, other] = [await create(), await create({ events: [], trackway_events: ['run.failed'] })]
    expect(await handlers.listWebhooks({ max_results: 0, page_token: '' }, caller)).toMatchObject({ webhooks: [one] })
    expect(await handlers.listWebhooks({ all_events: true }, caller)).toMatchObject({ webhooks: [other, one] })
  })

  test('listWebhookDeliveries refuses an unknown state', async () => {
    const { webhook_id } = await create()
    expect(await handlers.listWebhookDeliveries({ webhook_id, state: 'failed' }, caller)).toEqual({
      deliveries: [],
      next_page_token: undefined,
    })
    await expect(handlers.listWebhookDeliveries({ webhook_id, state: 'LOST' }, caller)).rejects.toMatchObject(
      refused('it must be one of PENDING, DELIVERED, FAILED'),
    )
  })
})
