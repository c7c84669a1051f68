import { answered, get, missing, patch, post, refused, send } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>

const event = (entity: Json, action: Json): Json => ({ entity, action })
const modelCreated = event('REGISTERED_MODEL', 'CREATED')
const url = 'https://example.com/hook'
const stored = {
  events: [modelCreated],
  status: 'ACTIVE',
  creation_timestamp: '${time}',
  last_updated_timestamp: '${time}',
}
const create = (fields: Fields = {}, more?: Partial<Step>): Step =>
  post('webhooks', { name: '${unique}', url, events: [modelCreated], ...fields }, more)
const made = { capture: { webhook: 'webhook.webhook_id' } }
const read: Step = get('webhooks/${webhook}')
const update = (fields: Fields, more?: Partial<Step>): Step => patch('webhooks/${webhook}', fields, more)
const remove = (id: string, more?: Partial<Step>): Step => send('DELETE', `webhooks/${id}`, more)
const list = (query: NonNullable<Step['query']>, more?: Partial<Step>): Step => get('webhooks', query, more)
const names = { only: 'webhooks[].name' }
const test = (fields: Fields, more?: Partial<Step>): Step => post('webhooks/${webhook}/test', fields, more)

const unknown = { says: 'Webhook with ID nope not found.' }
const gone = { says: 'not found' }
const badName = { says: 'Webhook name' }
const unknownStatus = refused('An unknown enum value is refused; MLflow takes it for unspecified.')
const unknownEvent = refused('An event with an entity or action that is none is refused; MLflow answers 500.')
const twice = 'An event given twice counts once; MLflow says BAD_REQUEST, with its SQL.'
const noAddress = refused('A webhook’s URL that cannot be called, or only after a repair, is refused; MLflow keeps it.')
const pairs: readonly (readonly [string, string])[] = [
  ['MODEL_VERSION', 'CREATED'],
  ['MODEL_VERSION_TAG', 'SET'],
  ['MODEL_VERSION_TAG', 'DELETED'],
  ['MODEL_VERSION_ALIAS', 'CREATED'],
  ['MODEL_VERSION_ALIAS', 'DELETED'],
  ['PROMPT', 'CREATED'],
  ['PROMPT_VERSION', 'CREATED'],
  ['PROMPT_TAG', 'SET'],
  ['PROMPT_TAG', 'DELETED'],
  ['PROMPT_VERSION_TAG', 'SET'],
  ['PROMPT_VERSION_TAG', 'DELETED'],
  ['PROMPT_ALIAS', 'CREATED'],
  ['PROMPT_ALIAS', 'DELETED'],
]
const notPairs: readonly (readonly [string, string, string])[] = [
  ['REGISTERED_MODEL', 'DELETED', "Invalid action 'deleted' for entity 'registered_model'."],
  ['REGISTERED_MODEL', 'UPDATED', "Invalid action 'updated' for entity 'registered_model'."],
  ['MODEL_VERSION', 'SET', "Invalid action 'set' for entity 'model_version'."],
  ['MODEL_VERSION_TAG', 'CREATED', "Invalid action 'created' for entity 'model_version_tag'."],
  ['PROMPT_ALIAS', 'SET', "Invalid action 'set' for entity 'prompt_alias'."],
  ['MODEL_VERSION', 'EXCEEDED', "Invalid action 'exceeded' for entity 'model_version'."],
]

// An official server must run with MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS=true and MLFLOW_WEBHOOK_ALLOWED_SCHEMES=http,https,
// as ours does in these tests.
export const webhooks: Group = {
  noun: 'webhooks',
  scenarios: [
    {
      name: 'create and read',
      steps: [
        create({ description: 'first', secret: 'sesame', status: 'ACTIVE' }, made),
        read,
        create({}, made),
        read,
        create({ status: 'DISABLED' }),
        create({ status: 2 }),
        create({ description: '', secret: '' }),
        create({ description: null, secret: null, status: null, other: 'x' }),
        create({ description: 'ü'.repeat(900), secret: 's'.repeat(600) }),
        create({ events: [modelCreated, ...pairs.map(([entity, action]) => event(entity, action))] }, made),
        read,
        create({ events: [event(1, 1)] }),
        get('/ajax-api/2.0/mlflow/webhooks/${webhook}'),
        remove('${webhook}'),
        { ...read, ...gone },
        remove('${webhook}', gone),
        update({ name: 'x' }, gone),
        test({}, gone),
      ],
    },
    {
      name: 'create with bad names',
      steps: [
        ...['', null].map((name) => create({ name }, missing('name'))),
        create({ name: 5 }, { says: "Invalid value 5 for parameter 'name' supplied" }),
        ...['a', 'a_b.c-d', 'A1', 'x'.repeat(63), '1'].map((name) => create({ name })),
        ...[' ', 'a b', '-a', 'a-', '.a', 'a.', 'é', 'a/b', 'a\n', '😀', 'x'.repeat(64)].map((name) =>
          create({ name }, badName),
        ),
        post('webhooks', {}, missing('name')),
        create({ name: 'a b', url: 'ftp://h/x', events: [] }, badName),
      ],
    },
    {
      name: 'create with bad addresses',
      steps: [
        ...['', null].map((bad) => create({ url: bad }, missing('url'))),
        create({ url: 5 }, { says: "Invalid value 5 for parameter 'url' supplied" }),
        create({ url: '  ' }, { says: 'URL' }),
        ...['ftp', 'javascript', 'file', 'ws'].map((scheme) =>
          create(
            { url: `${scheme}://host/x` },
            { says: `Invalid webhook URL scheme: '${scheme}'. Allowed schemes are: http, https.` },
          ),
        ),
        ...['example.com/x', '//example.com/x', '/x'].map((bad) => create({ url: bad }, { says: 'URL' })),
        ...['https://', 'https:///x', 'http://', 'https://?x', 'http://:80/x'].map((bad) =>
          create({ url: bad }, { says: 'URL' }),
        ),
        create({ url: 'https://[bad/x' }, { says: 'URL' }),
        ...['https://example.com:99999/x', 'https://ex ample.com/x', 'https://example.com/a b'].map((bad) =>
          create({ url: bad }, noAddress),
        ),
        ...['http://example.com/x', 'http://127.0.0.1:1/x', 'https://[::1]/x', 'https://10.0.0.1/x?a=b#c'].map((good) =>
          create({ url: good }),
        ),
        create({ url: 'https://example.com/😀ü?a=%20' }),
        create({ url: `https://example.com/${'x'.repeat(400)}` }),
        create({ url: 'ftp://h/x', events: [] }, { says: 'Invalid webhook URL scheme' }),
      ],
    },
    {
      name: 'create with bad events',
      steps: [
        create({ events: null }, missing('events')),
        create({ events: [] }, { says: 'events' }),
        create({ events: 'x' }, { says: "for parameter 'events' supplied" }),
        ...notPairs.map(([entity, action, says]) => create({ events: [event(entity, action)] }, { says })),
        create({ events: [modelCreated, event('MODEL_VERSION', 'DELETED')] }, { says: "Invalid action 'deleted'" }),
        ...[event('BOGUS', 'CREATED'), event('REGISTERED_MODEL', 'BOGUS'), event('registered_model', 'created')].map(
          (bad) => create({ events: [bad] }, unknownEvent),
        ),
        ...[{}, { entity: 'REGISTERED_MODEL' }, { action: 'CREATED' }, 'x', event(99, 1)].map((bad) =>
          create({ events: [bad] }, unknownEvent),
        ),
        create(
          { events: [modelCreated, modelCreated] },
          answered(twice, { webhook: { ...stored, webhook_id: '${id}', name: '${unique}', url } }),
        ),
        create({ events: [event('BUDGET_POLICY', 'EXCEEDED')] }),
        create({ status: 'BOGUS' }, unknownStatus),
        create({ status: 5 }, { says: 'status' }),
        create({ description: 5 }, { says: "Invalid value 5 for parameter 'description' supplied" }),
        create({ secret: 5 }, { says: "Invalid value 5 for parameter 'secret' supplied" }),
        create({ name: 'a b', events: [event('REGISTERED_MODEL', 'DELETED')] }, { says: "Invalid action 'deleted'" }),
      ],
    },
    {
      name: 'update',
      steps: [
        create({ description: 'first', secret: 'sesame' }, made),
        update({}),
        update({ name: 'other', url: 'http://127.0.0.1:1/x', description: 'second', status: 'DISABLED' }),
        update({ events: [event('MODEL_VERSION', 'CREATED'), event('PROMPT', 'CREATED')] }),
        update({ secret: 'open' }),
        update({ secret: '' }),
        update({ name: '', url: '' }),
        update({ events: [] }),
        update({ name: null, url: null, events: null, description: null, status: null, secret: null }),
        update({ description: '' }),
        update({ webhook_id: 'other', creation_timestamp: 1, name: 'third' }),
        read,
        update({ name: 'a b' }, badName),
        update({ url: 'ftp://host/x' }, { says: 'Invalid webhook URL scheme' }),
        update({ url: 'https://' }, { says: 'URL' }),
        update({ events: [event('MODEL_VERSION', 'DELETED')] }, { says: "Invalid action 'deleted'" }),
        update({ events: [event('BOGUS', 'DELETED')] }, unknownEvent),
        update({ status: 'BOGUS' }, unknownStatus),
        update({ name: 5 }, { says: "Invalid value 5 for parameter 'name' supplied" }),
        update({ name: 'fourth', url: 'ftp://host/x' }, { says: 'Invalid webhook URL scheme' }),
        read,
        send('PUT', 'webhooks/${webhook}', { body: { name: 'x' } }),
        update(
          { events: [modelCreated, modelCreated], status: 'ACTIVE' },
          answered(twice, {
            webhook: { ...stored, webhook_id: '${webhook}', name: 'third', url: 'http://127.0.0.1:1/x' },
          }),
        ),
      ],
    },
    {
      name: 'what is not there',
      steps: [
        get('webhooks/nope', {}, unknown),
        patch('webhooks/nope', { name: 'x' }, unknown),
        remove('nope', unknown),
        post('webhooks/nope/test', {}, unknown),
      ],
    },
    {
      name: 'list',
      steps: [
        create({ name: 'first', secret: 'sesame', description: 'd' }),
        create({ name: 'second' }, { pauseMs: 5 }),
        create({ name: 'third', status: 'DISABLED' }, { pauseMs: 5 }),
        create({ name: 'gone' }, { ...made, pauseMs: 5 }),
        remove('${webhook}'),
        list({ max_results: '3' }, { ignore: ['next_page_token'] }),
        list({ max_results: '2' }, { ...names, capture: { token: 'next_page_token' } }),
        list({ max_results: '1', page_token: '${token}' }, { ...names, ignore: ['next_page_token'] }),
        list({}, { ignore: ['webhooks', 'next_page_token'] }),
        ...['0', '1000'].map((max_results) => list({ max_results }, { ignore: ['webhooks', 'next_page_token'] })),
        list({ max_results: '3', page_token: '' }, { ...names, ignore: ['next_page_token'] }),
        ...['-1', '1001'].map((max_results) => list({ max_results }, { says: 'max_results' })),
        ...['x', '1.5', ''].map((max_results) =>
          list({ max_results }, { says: "for parameter 'max_results' supplied" }),
        ),
        ...['zz', 'e30='].map((page_token) => list({ page_token }, { says: 'Invalid page token' })),
      ],
    },
    {
      name: 'test',
      steps: [
        create({ url: 'http://127.0.0.1:1/x' }, made),
        test({}, { ignore: ['result.error_message'] }),
        test({ event: event('MODEL_VERSION', 'CREATED') }, { ignore: ['result.error_message'] }),
        test({ event: event('MODEL_VERSION', 'DELETED') }, { says: "Invalid action 'deleted'" }),
        test({ event: event('BOGUS', 'CREATED') }, unknownEvent),
        update({ status: 'DISABLED' }),
        test({}, { ignore: ['result.error_message'] }),
      ],
    },
  ],
}
