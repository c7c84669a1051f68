import SqliteConnection from 'better-sqlite3'
import { basesOf, endpoints } from '@trackway/api'
import type { Endpoint, Method } from '@trackway/api'
import { connect } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from './app.ts'
import type { TrackwayApp } from './app.ts'
import { parseServerConfig } from './config.ts'

const table = Object.entries<Endpoint>(endpoints)
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies Method[]
const json = { 'content-type': 'application/json' }

let folder: string
let app: TrackwayApp
let prefixed: TrackwayApp
let url: string

function start(name: string, ...flags: string[]): Promise<TrackwayApp> {
  const data = ['--backend-store-uri', join(folder, `${name}.db`), '--artifacts-destination', join(folder, name)]
  return createApp(parseServerConfig(['--port', '0', '--log-level', 'silent', ...data, ...flags], {}, folder))
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trackway-app-'))
  app = await start('root')
  prefixed = await start('prefixed', '--static-prefix', '/team/ml', '--expose-prometheus')
  url = (await app.listen()).url
})

afterAll(async () => {
  await Promise.all([app.close(), prefixed.close()])
  rmSync(folder, { recursive: true })
})

interface Reply {
  readonly status: number
  readonly type: string | undefined
  readonly text: string
  readonly body: Record<string, never> & { error_code?: string; message?: string }
}

async function ask(
  method: Method | 'HEAD' | 'OPTIONS',
  path: string,
  body?: unknown,
  { headers = {}, of = app }: { headers?: Record<string, string>; of?: TrackwayApp } = {},
): Promise<Reply> {
  const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }
  const reply = await of.http.inject({
    method,
    url: path,
    headers: body === undefined ? headers : { ...json, ...headers },
    ...payload,
  })
  const type = reply.headers['content-type'] as string | undefined
  const isJson = type?.startsWith('application/json') === true && reply.body !== ''
  return { status: reply.statusCode, type, text: reply.body, body: isJson ? (reply.json() as Reply['body']) : {} }
}

const post = (path: string, body: unknown, of = app): Promise<Reply> =>
  ask('POST', `/api/2.0/mlflow/${path}`, body, { of })
const get = (path: string, of = app): Promise<Reply> => ask('GET', `/api/2.0/mlflow/${path}`, undefined, { of })

async function newRun(of = app): Promise<string> {
  const { body } = await post('runs/create', { experiment_id: '0', start_time: 1 }, of)
  return (body as unknown as { run: { info: { run_id: string } } }).run.info.run_id
}

/** A path as clients send it. */
const concrete = (path: string): string => path.replaceAll(/\{\w+\*\}/g, 'a/b').replaceAll(/\{\w+\}/g, 'm-none')
const methodsOf = ({ method, alsoMethod }: Endpoint): Method[] => (alsoMethod ? [method, alsoMethod] : [method])
/** All methods that a path answers, of whichever endpoint. */
const allowed = (path: string): Method[] =>
  table.flatMap(([, other]) => (pattern(other.path).test(concrete(path)) ? methodsOf(other) : []))
const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/\{\w+\*\}/g, '.+').replaceAll(/\{\w+\}/g, '[^/]+')}$`)

describe('createApp()', () => {
  test.each(table)('answers %s under every prefix, also below a static prefix', async (name, endpoint) => {
    // A sound request for live events is answered for ever.
    const path = concrete(endpoint.path) + (name === 'streamEvents' ? '?after=x' : '')
    for (const [of, before] of [
      [app, ''],
      [prefixed, '/team/ml'],
    ] as const) {
      for (const base of basesOf(endpoint)) {
        for (const method of methodsOf(endpoint)) {
          const body = method === 'GET' || method === 'DELETE' ? undefined : {}
          const { status, body: reply } = await ask(method, before + base + path, body, { of })
          const outcome = { method, base, status, code: reply.error_code ?? '' }
          expect(outcome).not.toMatchObject({ code: expect.stringMatching(/ENDPOINT_NOT_FOUND|METHOD_NOT_ALLOWED/) })
          // A folder cannot sign URLs, and says so with 501.
          if (name !== 'getPresignedDownloadUrl') expect(status, JSON.stringify(outcome)).toBeLessThan(500)
        }
      }
    }
  })

  test.each(table)('names the methods of %s to who uses another', async (_name, endpoint) => {
    const { path } = endpoint
    const allows = allowed(path)
    const wrong = methods.find((method) => !allows.includes(method)) as Method
    const { status, body } = await ask(wrong, basesOf(endpoint)[0] + concrete(path), {})
    expect({ status, code: body.error_code }).toEqual({ status: 405, code: 'METHOD_NOT_ALLOWED' })
    const uses = methods.filter((method) => allows.includes(method)).join(' or ')
    expect(body.message).toBe(`${wrong} is not allowed here, use ${uses}.`)
  })

  test.each([
    '/nope',
    '/api/2.0/nope',
    '/api/2.0/mlflow/nope',
    '/api/2.0/mlflow/runs',
    '/api/9.0/mlflow/runs/get',
    '/api/2.0/mlflow/runs/get/',
    '/api/2.0/mlflow/RUNS/get',
    '/mlflow/runs/get',
    '/team/ml/api/2.0/mlflow/runs/get',
    '/metrics',
    '/..%2f..%2fetc/passwd',
  ])('knows no endpoint %s', async (path) => {
    for (const method of methods) {
      const { status, type, body } = await ask(method, path, method === 'GET' ? undefined : {})
      expect({ method, status, type, code: body.error_code }).toEqual({
        method,
        status: 404,
        type: expect.stringMatching(/^application\/json/),
        code: 'ENDPOINT_NOT_FOUND',
      })
      expect(body.message).toBe(`No API found for ${method} ${path}.`)
    }
  })

  test('answers below its static prefix only, and Prometheus where that is on', async () => {
    expect((await ask('GET', '/health', undefined, { of: prefixed })).status).toBe(404)
    expect((await ask('GET', '/team/ml/health', undefined, { of: prefixed })).text).toBe('OK')
    const { status, text } = await ask('GET', '/team/ml/metrics', undefined, { of: prefixed })
    expect(status).toBe(200)
    expect(text).toMatch(/endpoint="health"/)
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
  ])('refuses a JSON call with Content-Type %s', async (type) => {
    const { status, body } = await ask('POST', '/api/2.0/mlflow/experiments/create', '{"name":"typed"}', {
      headers: { 'content-type': type },
    })
    expect({ status, code: body.error_code }).toEqual({ status: 400, code: 'BAD_REQUEST' })
    expect(body.message).toContain(`Content-Type: application/json; got '${type}'`)
  })

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    'takes a JSON call with Content-Type %s',
    async (type) => {
      const { status } = await ask('POST', '/api/2.0/mlflow/experiments/search', '{"max_results":1}', {
        headers: { 'content-type': type },
      })
      expect(status).toBe(200)
    },
  )

  test('says that a body is missing, empty, cut off or no object', async () => {
    const create = (body: string, headers = {}) => ask('POST', '/api/2.0/mlflow/experiments/create', body, { headers })
    expect((await ask('POST', '/api/2.0/mlflow/experiments/create')).body.message).toContain('got no Content-Type')
    expect(await create('')).toMatchObject({ status: 400, body: { message: expect.stringContaining('it is empty') } })
    for (const text of ['{', '{"name": "x"', 'x', '{"name": NaN}']) {
      expect(await create(text)).toMatchObject({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('is not valid JSON') },
      })
    }
    for (const text of ['[]', '5', 'null', '"x"']) {
      expect(await create(text)).toMatchObject({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('must be a JSON object') },
      })
    }
  })

  test('refuses values of more levels than the stack holds, and goes on', async () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000)
    for (const text of [`{"name":${deep}}`, `{"name":${deep},"x":9007199254740993}`]) {
      const { status, body } = await ask('POST', '/api/2.0/mlflow/experiments/create', text)
      expect({ status, code: body.error_code }).toEqual({ status: 400, code: 'INVALID_PARAMETER_VALUE' })
    }
    const runId = await newRun()
    const model = `{"run_id":"x","artifact_path":"x","utc_time_created":"x","flavors":${deep}}`
    const logged = await post('runs/log-model', { run_id: runId, model_json: model })
    expect(logged).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
    expect((await get(`runs/get?run_id=${runId}`)).text).not.toContain('log-model')
  })

  test('refuses a body over 16 MiB with PAYLOAD_TOO_LARGE, announced or not', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(16 * 1024 * 1024) })
    const announced = await ask('POST', '/api/2.0/mlflow/experiments/create', large)
    expect(announced).toMatchObject({ status: 413, body: { error_code: 'PAYLOAD_TOO_LARGE' } })
    const streamed = await fetch(`${url}/api/2.0/mlflow/experiments/create`, {
      method: 'POST',
      headers: json,
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect({ status: streamed.status, body: await streamed.json() }).toMatchObject({
      status: 413,
      body: { error_code: 'PAYLOAD_TOO_LARGE' },
    })
  })

  test('takes fields of GET from the query, and of DELETE from body or query', async () => {
    const { experiment_id } = (await post('experiments/create', { name: 'queried' })).body as Record<string, string>
    expect((await get(`experiments/get?experiment_id=${experiment_id}&experiment_id=0`)).text).toContain('"queried"')
    const { model } = (await post('logged-models', { experiment_id })).body as unknown as {
      model: { info: { model_id: string } }
    }
    await ask('PATCH', `/api/2.0/mlflow/logged-models/${model.info.model_id}/tags`, { tags: [{ key: 'a', value: '' }] })
    const removed = await ask('DELETE', `/api/2.0/mlflow/logged-models/${model.info.model_id}/tags/a`)
    expect(removed.status).toBe(200)
    expect((await get(`logged-models/${model.info.model_id}`)).text).not.toContain('"tags"')
  })

  test('lets the path win over a body that names something else', async () => {
    const { body } = await ask('PATCH', '/api/2.0/mlflow/logged-models/m-path', {
      model_id: 'm-body',
      status: 'LOGGED_MODEL_READY',
    })
    expect(body.message).toContain('m-path')
  })

  test('refuses a Host that is not its own, and a page of another origin that writes', async () => {
    expect(
      (
        await ask('GET', '/api/2.0/mlflow/experiments/get?experiment_id=0', undefined, {
          headers: { host: 'evil.example' },
        })
      ).status,
    ).toBe(403)
    const create = '/api/2.0/mlflow/experiments/create'
    const foreign = await ask('POST', create, { name: 'foreign' }, { headers: { origin: 'https://evil.example' } })
    expect(foreign.status).toBe(403)
    expect((await get('experiments/get-by-name?experiment_name=foreign')).status).toBe(404)
    const own = await ask('POST', create, { name: 'own' }, { headers: { origin: 'http://localhost:3000' } })
    expect(own.status).toBe(200)
  })

  test('answers HEAD where load balancers and clients ask with it, and nowhere else', async () => {
    expect(await ask('HEAD', '/health')).toMatchObject({ status: 200, text: '' })
    expect(await ask('HEAD', '/api/3.0/mlflow/server-info')).toMatchObject({ status: 200, text: '' })
    expect((await ask('HEAD', '/api/2.0/mlflow/runs/get?run_id=x')).status).toBe(405)
  })

  test('tells of a fault of its own only that there was one, and goes on', async () => {
    const broken = await start('broken')
    try {
      const runId = await newRun(broken)
      const database = new SqliteConnection(join(folder, 'broken.db'))
      database.exec('ALTER TABLE tags RENAME TO elsewhere')
      for (const reply of [
        await post('runs/set-tag', { run_id: runId, key: 'k', value: 'v' }, broken),
        await get(`runs/get?run_id=${runId}`, broken),
      ]) {
        expect(reply).toMatchObject({
          status: 500,
          type: expect.stringMatching(/^application\/json/),
          body: { error_code: 'INTERNAL_ERROR' },
        })
        expect(reply.body.message).toMatch(/^\w+ failed by a fault of the server; its log says more\.$/)
        expect(reply.text).not.toMatch(/sqlite|table|node_modules|\.ts/i)
      }
      database.exec('ALTER TABLE elsewhere RENAME TO tags')
      database.close()
      expect((await post('runs/set-tag', { run_id: runId, key: 'k', value: 'v' }, broken)).status).toBe(200)
      expect((await get(`runs/get?run_id=${runId}`, broken)).text).toContain('"k"')
    } finally {
      await broken.close()
    }
  })

  test('finishes what it has taken when it is closed, and keeps it', async () => {
    const first = await start('closing')
    const runId = await newRun(first)
    const writes = Array.from({ length: 50 }, (_, step) =>
      post('runs/log-metric', { run_id: runId, key: 'm', value: step, timestamp: step, step }, first),
    )
    const [replies] = await Promise.all([Promise.all(writes), first.close()])
    const kept = replies.filter(({ status }) => status === 200).length
    expect(kept).toBeGreaterThan(0)
    const second = await start('closing')
    try {
      const { body } = await get(`metrics/get-history?run_id=${runId}&metric_key=m`, second)
      expect(body['metrics']).toHaveLength(kept)
    } finally {
      await second.close()
    }
  })
})

describe('model versions', () => {
  test('that are made at once get numbers of their own', async () => {
    await post('registered-models/create', { name: 'busy' })
    const replies = await Promise.all(
      Array.from({ length: 300 }, () => post('model-versions/create', { name: 'busy', source: 's3://b/x' })),
    )
    const numbers = replies.map(({ body }) => Number((body as unknown as MadeVersion).model_version.version))
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
  })

  test('give their files, also where the source is runs:/', async () => {
    const runId = await newRun()
    await ask('POST', `/ajax-api/2.0/mlflow/upload-artifact?run_id=${runId}&path=net/weights.txt`, 'w')
    await post('registered-models/create', { name: 'filed' })
    const made = await post('model-versions/create', { name: 'filed', source: `runs:/${runId}/net`, run_id: runId })
    expect(made.body).toMatchObject({ model_version: { version: '1' } })
    const files = '/model-versions/get-artifact?name=filed&version=1'
    expect(await ask('GET', `${files}&path=weights.txt`)).toMatchObject({ status: 200, text: 'w' })
    expect(await ask('GET', `${files}&path=none.txt`)).toMatchObject({ status: 404 })
  })
})

interface MadeVersion {
  readonly model_version: { readonly version: string }
}

describe('a history of 60,000 points', () => {
  const total = 60_000
  let path: string

  beforeAll(async () => {
    const runId = await newRun()
    const batches = Array.from({ length: total / 1000 }, (_, batch) =>
      Array.from({ length: 1000 }, (__, index) => {
        const step = batch * 1000 + index
        return { key: 'loss', value: step / 7, timestamp: 1_700_000_000_000 + step, step }
      }),
    )
    const replies = await Promise.all(batches.map((metrics) => post('runs/log-batch', { run_id: runId, metrics })))
    expect(replies.every(({ status }) => status === 200)).toBe(true)
    path = `/api/2.0/mlflow/metrics/get-history?run_id=${runId}&metric_key=loss`
  })

  test('comes whole and in order, in many pieces', async () => {
    const reply = await fetch(url + path)
    expect(reply.headers.get('content-length')).toBeNull()
    let text = ''
    let pieces = 0
    const decoder = new TextDecoder()
    for await (const piece of reply.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(piece, { stream: true })
      pieces += 1
    }
    const { metrics } = JSON.parse(text) as { metrics: { step: number; value: number }[] }
    expect(pieces).toBeGreaterThan(10)
    expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: total }, (_, step) => step))
    expect(metrics.at(-1)).toEqual({ key: 'loss', value: 59_999 / 7, timestamp: 1_700_000_059_999, step: 59_999 })
  })

  test('may be left by its readers midway: the server goes on', async () => {
    const { port } = new URL(url)
    const readers = Array.from({ length: 10 }, async () => {
      const socket = connect(Number(port), '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
      await new Promise((resolve) => socket.once('data', resolve))
      socket.destroy()
    })
    await Promise.all(readers)
    await sleep(50)
    const reply = await fetch(url + path)
    expect(((await reply.json()) as { metrics: unknown[] }).metrics).toHaveLength(total)
  })

  test('answers /health while it is read', async () => {
    const reading = Promise.all(Array.from({ length: 4 }, async () => (await fetch(url + path)).text()))
    let slowest = 0
    let isReading = true
    void reading.then(() => (isReading = false))
    while (isReading) {
      const asked = performance.now()
      expect((await fetch(`${url}/health`)).status).toBe(200)
      slowest = Math.max(slowest, performance.now() - asked)
    }
    await reading
    // Generous: what this must see is a main thread that encodes 60,000 points, not a busy machine.
    expect(slowest).toBeLessThan(1000)
  })
})
