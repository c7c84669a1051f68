import { endpoints } from '@trackway/api'
import type { EndpointName, StreamEndpointName } from '@trackway/api'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ApiError, doesNotExist } from '@trackway/api'
import { operationsBy } from '../operations.ts'
import type { Executor, RawReply, RawRequest } from '../execution/executor.ts'
import { canonicalUrl } from './canonical-url.ts'
import { answerError } from './errors.ts'
import { answerUnknown, registerEndpoints } from './router.ts'
import { bodyOf } from './stream-request.ts'
import type { StreamHandler } from './stream-request.ts'

let app: FastifyInstance
let taken: RawRequest[]
let answered: (string | undefined)[]
let answer: (request: RawRequest) => RawReply | Promise<RawReply>

// What the router talks to here only notes what arrives and answers as each test says.
const executor: Executor = {
  async execute(request) {
    taken.push(request)
    return answer(request)
  },
  operations: operationsBy(async () => ''),
  onEvents: () => {},
  close: async () => {},
}
const echo: StreamHandler = async (request, reply) => {
  if (request.headers['x-fault'] === 'known') throw doesNotExist('Nothing there')
  if (request.headers['x-fault'] === 'unknown') throw new TypeError('secret detail')
  return reply.type('text/plain').send(request.method === 'PUT' ? await text(bodyOf(request)) : 'streamed')
}

beforeEach(async () => {
  taken = []
  answered = []
  answer = () => ({ status: 200, body: '{}' })
  const streams = Object.fromEntries(
    (Object.keys(endpoints) as EndpointName[])
      .filter((name) => endpoints[name].mode === 'stream')
      .map((name) => [name, echo]),
  ) as Record<StreamEndpointName, StreamHandler>
  app = Fastify({
    bodyLimit: 1000,
    exposeHeadRoutes: false,
    rewriteUrl: ({ url = '' }) => canonicalUrl(url, '/base'),
  })
  app.addHook('onResponse', async (request) => {
    answered.push(request.routeOptions.config.endpoint)
  })
  app.setErrorHandler(answerError)
  registerEndpoints(app, { executor, streams, staticPrefix: '/base' })
  app.setNotFoundHandler(answerUnknown(app))
  await app.ready()
})

afterEach(() => app.close())

const json = { 'content-type': 'application/json' }
const create = '/base/api/2.0/mlflow/experiments/create'

describe('registerEndpoints()', () => {
  test('hands a request on as it came: name, path, query and body unread', async () => {
    const payload = ' {"name": "ü", "name": '
    await app.inject({ method: 'POST', url: `${create}?a=1&b=%20`, headers: json, payload })
    expect(taken).toEqual([
      { endpoint: 'createExperiment', path: {}, query: 'a=1&b=%20', body: payload, caller: { user: '' } },
    ])
  })

  test('hands on who asks', async () => {
    const authorization = `Basic ${Buffer.from('ana:x').toString('base64')}`
    await app.inject({ method: 'POST', url: create, headers: { ...json, authorization }, payload: '{}' })
    expect(taken).toMatchObject([{ caller: { user: 'ana' } }])
  })

  test('hands path parameters on decoded', async () => {
    await app.inject({ method: 'DELETE', url: '/base/api/2.0/mlflow/logged-models/m%2D1/tags/a%2Fb%20c' })
    expect(taken).toMatchObject([
      { endpoint: 'deleteLoggedModelTag', path: { model_id: 'm-1', tag_key: 'a/b c' }, query: '', body: null },
    ])
  })

  test('has no body for GET and for DELETE without one, and an empty one for POST', async () => {
    const url = '/base/api/3.0/mlflow/experiments/search'
    await app.inject({ method: 'GET', url: `${url}?max_results=1` })
    await app.inject({ method: 'POST', url, headers: json, payload: '' })
    const tag = '/base/ajax-api/2.0/mlflow/logged-models/m-1/tags/a'
    await app.inject({ method: 'DELETE', url: tag, headers: json, payload: '{"x":1}' })
    expect(taken.map(({ body }) => body)).toEqual([null, '', '{"x":1}'])
  })

  test('answers with the status and text of the executor, as JSON', async () => {
    answer = () => ({ status: 404, body: '{"error_code":"X"}' })
    const reply = await app.inject({ method: 'POST', url: create, headers: json, payload: '{}' })
    expect([reply.statusCode, reply.headers['content-type'], reply.body]).toEqual([
      404,
      expect.stringMatching(/^application\/json/),
      '{"error_code":"X"}',
    ])
  })

  test('sends bytes and pieces on as they are', async () => {
    answer = () => ({ status: 200, body: Buffer.from('{"bytes":"ü"}') })
    expect((await app.inject({ method: 'GET', url: '/base/api/2.0/mlflow/runs/get' })).json()).toEqual({ bytes: 'ü' })
    answer = () => ({ status: 200, body: pieces('{"pieces":', '[1,2]', '}') })
    const reply = await app.inject({ method: 'GET', url: '/base/api/2.0/mlflow/metrics/get-history' })
    expect(reply.json()).toEqual({ pieces: [1, 2] })
    expect(reply.headers['content-type']).toMatch(/^application\/json/)
  })

  test('cuts the connection where a reply breaks off midway, so that nobody takes it for whole', async () => {
    answer = () => ({ status: 200, body: broken() })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    await expect(
      fetch(`http://127.0.0.1:${port}/base/api/2.0/mlflow/metrics/get-history`).then((reply) => reply.text()),
    ).rejects.toThrowError(/terminated|socket/)
  })

  test('stops asking for pieces when the client is gone', async () => {
    let asked = 0
    const { promise: left, resolve } = Promise.withResolvers<void>()
    answer = () => ({ status: 200, body: endless(() => (asked += 1), resolve) })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write('GET /base/api/2.0/mlflow/metrics/get-history HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await new Promise((done) => socket.once('data', done))
    socket.destroy()
    await left
    const before = asked
    await new Promise((done) => setTimeout(done, 20))
    expect(asked).toBe(before)
  })

  test('refuses what is no JSON before it reaches the executor', async () => {
    const wrong = await app.inject({
      method: 'POST',
      url: create,
      headers: { 'content-type': 'text/plain' },
      payload: '{}',
    })
    expect(wrong.json()).toEqual({
      error_code: 'BAD_REQUEST',
      message: "Bad Request. The body must be JSON, sent with Content-Type: application/json; got 'text/plain'.",
    })
    const none = await app.inject({ method: 'POST', url: create })
    expect(none.json()).toMatchObject({
      error_code: 'BAD_REQUEST',
      message: expect.stringMatching(/got no Content-Type/),
    })
    const large = await app.inject({ method: 'POST', url: create, headers: json, payload: 'x'.repeat(2000) })
    expect([large.statusCode, large.json()]).toMatchObject([413, { error_code: 'PAYLOAD_TOO_LARGE' }])
    expect(taken).toEqual([])
  })

  test('leaves the body of a stream unread and unlimited, whatever its type', async () => {
    const payload = 'x'.repeat(100_000)
    for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
      const reply = await app.inject({
        method: 'PUT',
        url: '/base/api/2.0/mlflow-artifacts/artifacts/a/b',
        headers: { 'content-type': type },
        payload,
      })
      expect(reply.body).toBe(payload)
    }
    expect(taken).toEqual([])
  })

  test('answers HEAD for streams that GET answers', async () => {
    const reply = await app.inject({ method: 'HEAD', url: '/base/api/2.0/mlflow-artifacts/artifacts/a/b' })
    expect([reply.statusCode, reply.body]).toEqual([200, ''])
  })

  test('notes the endpoint of each route for the log', async () => {
    await app.inject({ method: 'POST', url: create, headers: json, payload: '{}' })
    await app.inject({ method: 'GET', url: '/base/nope' })
    expect(answered).toEqual(['createExperiment', undefined])
  })
})

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const one of texts) yield Buffer.from(one)
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"metrics":[')
  throw new Error('The disk went away')
}

async function* endless(ask: () => void, left: () => void): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      ask()
      yield Buffer.alloc(65_536, ' ')
    }
  } finally {
    left()
  }
}

describe('answerUnknown()', () => {
  test.each([
    ['GET', create, 405, 'GET is not allowed here, use POST.'],
    ['DELETE', '/base/api/2.0/mlflow/experiments/search', 405, 'DELETE is not allowed here, use GET or POST.'],
    ['POST', '/base/api/2.0/mlflow/logged-models/m-1/tags/a', 405, 'POST is not allowed here, use DELETE.'],
    ['GET', '/base/api/2.0/mlflow/none?x=1', 404, 'No API found for GET /base/api/2.0/mlflow/none.'],
    ['GET', '/api/2.0/mlflow/experiments/get', 404, 'No API found for GET /api/2.0/mlflow/experiments/get.'],
    ['POST', '/base', 404, 'No API found for POST /base.'],
  ] as const)('says of %s %s: %i', async (method, url, status, message) => {
    const reply = await app.inject({ method, url })
    expect([reply.statusCode, reply.json()]).toEqual([
      status,
      { error_code: status === 405 ? 'METHOD_NOT_ALLOWED' : 'ENDPOINT_NOT_FOUND', message },
    ])
  })
})

describe('answerError()', () => {
  const upload = { method: 'PUT', url: '/base/api/2.0/mlflow-artifacts/artifacts/a' } as const

  test('tells an ApiError as it is', async () => {
    const reply = await app.inject({ ...upload, headers: { 'x-fault': 'known' } })
    expect([reply.statusCode, reply.json()]).toEqual([
      404,
      { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'Nothing there' },
    ])
  })

  test('tells of any other fault only that there was one', async () => {
    const reply = await app.inject({ ...upload, headers: { 'x-fault': 'unknown' } })
    expect([reply.statusCode, reply.json()]).toEqual([
      500,
      { error_code: 'INTERNAL_ERROR', message: 'The server failed; its log says more.' },
    ])
  })

  test('answers for an executor that rejects', async () => {
    answer = () => Promise.reject(new ApiError('TEMPORARILY_UNAVAILABLE', 'Later.'))
    const reply = await app.inject({ method: 'GET', url: '/base/api/2.0/mlflow/runs/get' })
    expect([reply.statusCode, reply.json()]).toMatchObject([503, { error_code: 'TEMPORARILY_UNAVAILABLE' }])
  })
})
