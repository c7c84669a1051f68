import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from './client.ts'
import { UnreachableError } from './unreachable-error.ts'

interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server that gives the replies in turn, the last one for ever, and keeps what it was sent. */
async function replying(...replies: { status?: number; body?: string; headers?: Record<string, string> }[]) {
  const seen: Seen[] = []
  const url = await listen((request, response) => {
    void text(request).then((body) => {
      seen.push({ method: request.method!, url: request.url!, headers: request.headers, body })
      const reply = replies[Math.min(seen.length, replies.length) - 1]!
      response.writeHead(reply.status ?? 200, reply.headers).end(reply.body ?? '{}')
    })
  })
  return { url, seen }
}

describe('createClient', () => {
  it('sends a GET with its fields in the query, lists repeated', async () => {
    const { url, seen } = await replying({ body: '{"metrics":[]}' })
    await createClient({ baseUrl: url }).getMetricHistoryBulkInterval({ run_ids: ['a', 'b&c'], metric_key: 'x y' })
    expect(seen[0]).toMatchObject({
      method: 'GET',
      url: '/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=a&run_ids=b%26c&metric_key=x+y',
      body: '',
    })
  })

  it('sends a POST with its fields as JSON, int64 exact, NaN as a string, empty lists as such', async () => {
    const { url, seen } = await replying({})
    await createClient({ baseUrl: `${url}/prefix/` }).logBatch({
      run_id: 'r',
      metrics: [{ key: 'k', value: NaN, timestamp: 9007199254740993n, step: 0 }],
      params: [],
    })
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/prefix/api/2.0/mlflow/runs/log-batch' })
    expect(seen[0]!.headers['content-type']).toBe('application/json')
    expect(seen[0]!.body).toBe(
      '{"run_id":"r","metrics":[{"key":"k","value":"NaN","timestamp":9007199254740993,"step":0}],"params":[]}',
    )
  })

  it('puts path parameters into the path and not into the body', async () => {
    const { url, seen } = await replying({})
    const client = createClient({ baseUrl: url })
    await client.finalizeLoggedModel({ model_id: 'm-1', status: 'LOGGED_MODEL_READY' })
    await client.deleteLoggedModelTag({ model_id: 'm-1', tag_key: 'a/b' })
    await client.deleteProxiedArtifact({ artifact_path: '1/a b/c' })
    expect(seen.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
      'PATCH /api/2.0/mlflow/logged-models/m-1',
      'DELETE /api/2.0/mlflow/logged-models/m-1/tags/a%2Fb',
      'DELETE /api/2.0/mlflow-artifacts/artifacts/1/a%20b/c',
    ])
    expect(seen[0]!.body).toBe('{"status":"LOGGED_MODEL_READY"}')
  })

  it.each(['..', '.', ''])('refuses %j in the path, which would make it another call', async (tagKey) => {
    const { url, seen } = await replying({})
    const call = createClient({ baseUrl: url }).deleteLoggedModelTag
    await expect(call({ model_id: 'm-1', tag_key: tagKey })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
    expect(seen).toEqual([])
  })

  it('reads int64 beyond 2^53, numbers in strings, NaN and the infinities', async () => {
    const body = `{"metrics":[{"key":"k","value":"NaN","timestamp":"17","step":9007199254740993},
      {"key":"k","value":"-Infinity","timestamp":18,"step":-1,"new_field":null}],"next_page_token":null}`
    const { url } = await replying({ body })
    const reply = await createClient({ baseUrl: url }).getMetricHistory({ run_id: 'r', metric_key: 'k' })
    expect(reply).toEqual({
      metrics: [
        { key: 'k', value: NaN, timestamp: 17, step: 9007199254740993n },
        { key: 'k', value: -Infinity, timestamp: 18, step: -1 },
      ],
    })
  })

  it('reads the bare NaN and Infinity that MLflow sends in bulk histories', async () => {
    const { url } = await replying({
      body: '{"metrics":[{"key":"a \\"NaN","value":NaN},{"key":"b","value":-Infinity}]}',
    })
    const { metrics } = await createClient({ baseUrl: url }).getMetricHistoryBulk({ run_id: ['r'], metric_key: 'k' })
    expect(metrics).toEqual([
      { key: 'a "NaN', value: NaN },
      { key: 'b', value: -Infinity },
    ])
  })

  it('throws the ApiError that the reply names', async () => {
    const { url } = await replying({
      status: 404,
      body: '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No run."}',
    })
    await expect(createClient({ baseUrl: url }).getRun({ run_id: 'x' })).rejects.toMatchObject({
      name: 'ApiError',
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'No run.',
    })
  })

  it.each([
    [{ status: 418, body: '{"error_code":"TEAPOT","message":"short"}' }, 'BAD_REQUEST', 'TEAPOT: short'],
    [{ status: 502, body: '<h1>Bad\n gateway</h1>' }, 'INTERNAL_ERROR', / answered 502 Bad Gateway: <h1>Bad gateway/],
    [{ status: 403, body: '' }, 'PERMISSION_DENIED', / answered 403 Forbidden\.$/],
  ])('turns the foreign reply %j into %s', async (reply, code, message) => {
    const { url } = await replying(reply)
    const error = await createClient({ baseUrl: url })
      .getRun({ run_id: 'x' })
      .catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  it('says so where a page answers instead of a tracking server', async () => {
    const { url } = await replying({ body: '<!doctype html><p>Hello' })
    await expect(createClient({ baseUrl: url }).getServerInfo()).rejects.toThrow(/no tracking server.*<!doctype html>/)
  })

  it('sends any call again after 429 and 503, as long as Retry-After says', async () => {
    const { url, seen } = await replying({ status: 429, headers: { 'retry-after': '1' } }, { status: 503 }, {})
    const start = performance.now()
    await createClient({ baseUrl: url }).setTag({ run_id: 'r', key: 'k', value: 'v' })
    expect(seen).toHaveLength(3)
    expect(performance.now() - start).toBeGreaterThan(1000)
  })

  it('gives up after the retries and sends other refusals once', async () => {
    const busy = await replying({ status: 503 })
    await expect(createClient({ baseUrl: busy.url, retries: 1 }).getRun({ run_id: 'r' })).rejects.toMatchObject({
      code: 'TEMPORARILY_UNAVAILABLE',
    })
    expect(busy.seen).toHaveLength(2)
    const broken = await replying({ status: 500 })
    await expect(createClient({ baseUrl: broken.url }).getRun({ run_id: 'r' })).rejects.toThrow('answered 500')
    expect(broken.seen).toHaveLength(1)
  })

  it('reads again after a broken connection, but never writes twice', async () => {
    let calls = 0
    const url = await listen((request, response) => {
      calls++
      if (calls % 2 === 1) request.socket.destroy()
      else response.end('{}')
    })
    const client = createClient({ baseUrl: url })
    await expect(client.searchRuns({ experiment_ids: ['0'] })).resolves.toEqual({})
    expect(calls).toBe(2)
    await expect(client.createRun({})).rejects.toThrow(UnreachableError)
    expect(calls).toBe(3)
  })

  it('names address and reason where nobody listens', async () => {
    const url = await listen(() => {})
    const server = servers.pop()!
    await new Promise((resolve) => server.close(resolve))
    await expect(createClient({ baseUrl: url, retries: 0 }).getServerInfo()).rejects.toThrow(
      `Cannot reach ${url}/api/3.0/mlflow/server-info: connect ECONNREFUSED`,
    )
  })

  it('ends a call that takes too long, and at once when its signal is aborted', async () => {
    const url = await listen(() => {})
    const client = createClient({ baseUrl: url, retries: 0, timeoutMs: 30 })
    await expect(client.getRun({ run_id: 'r' })).rejects.toThrow('no answer within 30 ms')
    const reason = new Error('changed my mind')
    const patient = createClient({ baseUrl: url })
    await expect(patient.getRun({ run_id: 'r' }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('stops waiting for the next attempt when its signal is aborted', async () => {
    const { url } = await replying({ status: 503, headers: { 'retry-after': '20' } })
    const controller = new AbortController()
    const call = createClient({ baseUrl: url }).getRun({ run_id: 'r' }, { signal: controller.signal })
    setTimeout(() => controller.abort(), 50)
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('sends its headers, and user and password of the address as Basic authentication', async () => {
    const { url, seen } = await replying({})
    await createClient({ baseUrl: url.replace('//', '//ann:p%C3%A9@'), headers: { 'X-Team': 'a' } }).getServerInfo()
    expect(seen[0]!.headers).toMatchObject({
      'x-team': 'a',
      authorization: `Basic ${Buffer.from('ann:pé').toString('base64')}`,
    })
  })

  it('refuses an address that is no http URL', () => {
    expect(() => createClient({ baseUrl: 'localhost:5000' })).toThrow("begins with http:// or https://, got 'localhost")
  })

  it('moves files as streams', async () => {
    const { url, seen } = await replying({ body: 'file content' })
    const client = createClient({ baseUrl: url })
    const stream = new Blob(['abc']).stream()
    await client.uploadProxiedArtifact({ artifact_path: '0/x.txt' }, stream)
    expect(seen[0]).toMatchObject({ method: 'PUT', url: '/api/2.0/mlflow-artifacts/artifacts/0/x.txt', body: 'abc' })
    const reply = await client.getArtifact({ run_id: 'r', path: 'x.txt' })
    expect(seen[1]!.url).toBe('/get-artifact?run_id=r&path=x.txt')
    expect(await new Response(reply.body).text()).toBe('file content')
  })
})
