import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { call, createRun, runData } from './api-call.ts'
import { head, rawConnection, statuses } from './raw-connection.ts'
import { serverFolder } from './server-folder.ts'
import type { ServerFolder } from './server-folder.ts'
import type { ServerProcess } from '../conformance/start-server.ts'

const api = '/api/2.0/mlflow'
const artifacts = '/api/2.0/mlflow-artifacts/artifacts'
const json = { 'Content-Type': 'application/json' }

let folder: ServerFolder
let server: ServerProcess
let url: string
let runId: string

beforeAll(async () => {
  folder = serverFolder()
  server = folder.launch()
  url = await server.url
  runId = await createRun(url)
})
afterEach(async () => {
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(server.output(), 'a fault in the log').not.toContain('fault of the server')
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
})

async function post(path: string, body: BodyInit, headers: Record<string, string> = json) {
  const reply = await fetch(url + api + path, { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
  return { status: reply.status, body: (await reply.json()) as { error_code?: string; message?: string } }
}

describe('a client that goes away', () => {
  it('in the middle of an upload leaves nothing', async () => {
    using connection = await rawConnection(url)
    connection.write(head('PUT', `${artifacts}/broken/off.bin`, { 'Content-Length': 50_000_000 }))
    connection.write(new Uint8Array(20_000_000))
    const staging = join(folder.path, 'trackway-data/artifacts/.trackway-uploads')
    await expect.poll(() => readdirSync(staging).length).toBe(1)
    connection.socket.destroy()
    await expect.poll(() => readdirSync(staging)).toEqual([])
    expect(existsSync(join(folder.path, 'trackway-data/artifacts/broken/off.bin'))).toBe(false)
    expect((await fetch(`${url}${artifacts}/broken/off.bin`)).status).toBe(404)
  })

  it('in the middle of a JSON body changes nothing', async () => {
    const body = JSON.stringify({ run_id: runId, key: 'never', value: 'set' })
    for (const sent of [body.slice(0, 20), body.slice(0, -1)]) {
      using connection = await rawConnection(url)
      connection.write(head('POST', `${api}/runs/set-tag`, { ...json, 'Content-Length': body.length }) + sent)
      await sleep(50)
    }
    using chunked = await rawConnection(url)
    chunked.write(head('POST', `${api}/runs/set-tag`, { ...json, 'Transfer-Encoding': 'chunked' }))
    chunked.write(`${body.length.toString(16)}\r\n${body}\r\n`)
    await sleep(50)
    chunked.socket.destroy()
    await sleep(100)
    expect((await runData(url, runId)).tags?.some(({ key }) => key === 'never')).toBe(false)
  })

  it('before the answer to a whole write still has it stored', async () => {
    const body = JSON.stringify({ run_id: runId, key: 'unread', value: 'set' })
    const connection = await rawConnection(url)
    connection.socket.end(head('POST', `${api}/runs/set-tag`, { ...json, 'Content-Length': body.length }) + body)
    await expect.poll(async () => (await runData(url, runId)).tags?.some(({ key }) => key === 'unread')).toBe(true)
    connection.socket.destroy()
  })
})

describe('a body', () => {
  it.each([
    ['empty', ''],
    ['cut off', '{"experiment_ids": ['],
    ['two values', '{}{}'],
    ['a comment', '{/* */}'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31])],
    ['a NUL', '\0'],
  ])('that is no JSON is refused: %s', async (_kind, sent) => {
    const { status, body } = await post('/runs/search', sent)
    expect(status).toBe(400)
    expect(body.error_code).toMatch(/^(INVALID_PARAMETER_VALUE|BAD_REQUEST)$/)
    expect(body.message).toMatch(/JSON|empty/)
  })

  it.each(['null', '1', '"text"', '[]', '[{"experiment_ids":["0"]}]', 'true'])(
    'that is no object is refused: %s',
    async (sent) => {
      const { status, body } = await post('/runs/create', sent)
      expect(status).toBe(400)
      expect(body.error_code).toBe('INVALID_PARAMETER_VALUE')
    },
  )

  it.each([
    ['runs/log-metric', { key: 5, value: 1, timestamp: 1 }],
    ['runs/log-metric', { key: 'k', value: {}, timestamp: 1 }],
    ['runs/log-metric', { key: 'k', value: 1, timestamp: 'soon' }],
    ['runs/log-metric', { key: 'k', value: 1, timestamp: 1e300 }],
    ['runs/log-batch', { metrics: 'all' }],
    ['runs/log-batch', { metrics: [null] }],
    ['runs/log-batch', { metrics: [[]] }],
    ['runs/set-tag', { key: ['k'], value: 'v' }],
    ['runs/set-tag', { key: 'k', value: { deep: true } }],
    ['runs/search', { experiment_ids: { 0: '0' } }],
    ['runs/search', { experiment_ids: ['0'], max_results: 'many' }],
    ['runs/search', { experiment_ids: ['0'], max_results: 1.5 }],
    ['experiments/create', { name: 7 }],
  ])('of wrong types is refused: %s %j', async (endpoint, fields) => {
    const { status, body } = await call(url, endpoint, { run_id: runId, ...fields })
    expect(status).toBe(400)
    expect(body['error_code']).toBe('INVALID_PARAMETER_VALUE')
    expect(body['message']).toMatch(/\S/)
  })

  it('over 16 MiB is refused with 413, whether announced or not, and the server goes on', async () => {
    const large = new Uint8Array(17 * 1024 * 1024).fill(0x20)
    expect(await post('/runs/search', large)).toMatchObject({ status: 413, body: { error_code: 'PAYLOAD_TOO_LARGE' } })
    expect(await post('/runs/search', new Blob([large]).stream())).toMatchObject({ status: 413 })
  })

  it('in chunks is taken', async () => {
    using connection = await rawConnection(url)
    connection.write(head('POST', `${api}/runs/set-tag`, { ...json, 'Transfer-Encoding': 'chunked' }))
    const body = JSON.stringify({ run_id: runId, key: 'chunked', value: 'é' })
    for (const byte of Buffer.from(body))
      connection.write(Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte]), Buffer.from('\r\n')]))
    connection.write('0\r\n\r\n')
    expect(statuses(await connection.until((text) => text.includes('HTTP/1.1')))).toEqual([200])
    expect((await runData(url, runId)).tags).toContainEqual({ key: 'chunked', value: 'é' })
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'not a type'])(
    'of another content type is refused: %s',
    async (type) => {
      const { status, body } = await post('/runs/search', '{"experiment_ids":["0"]}', { 'content-type': type })
      expect(status).toBe(400)
      expect(body).toMatchObject({ error_code: 'BAD_REQUEST' })
      expect(body.message).toContain(type)
    },
  )

  it.each([
    ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)],
  ])('of 100,000 nested %s harms nobody, wherever it stands', async (_kind, deep) => {
    for (const sent of [
      deep,
      `{"unknown":${deep},"run_id":"${runId}","key":"k","value":"v"}`,
      `{"run_id":"${runId}","key":${deep},"value":"v"}`,
      `{"run_id":"${runId}","key":"k","value":12345678901234567890,"x":${deep}}`,
    ]) {
      const { status, body } = await post('/runs/set-tag', sent)
      expect([200, 400], JSON.stringify(body).slice(0, 500)).toContain(status)
    }
    const { status } = await post('/runs/log-batch', `{"run_id":"${runId}","metrics":${deep}}`)
    expect(status).toBe(400)
  })
})

describe('a request', () => {
  it('with a head over the limits is refused and the connection closed', async () => {
    const headers = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`X-${i}`, 'x']))
    for (const sent of [
      head('GET', '/health', { 'X-Long': 'x'.repeat(100_000) }),
      head('GET', '/health', headers),
      head('GET', `/${'x'.repeat(100_000)}`),
    ]) {
      using connection = await rawConnection(url)
      connection.write(sent)
      // The reply may be lost, as the connection is closed with bytes unread.
      expect([[], [431]]).toContainEqual(statuses(await connection.closed))
    }
  })

  it.each(['\0\0\0\0', 'GET\r\n\r\n', 'POST / HTTP/9.9\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00', 'x'.repeat(20_000)])(
    'that is no HTTP is refused and the connection closed: %#',
    async (sent) => {
      using connection = await rawConnection(url)
      connection.write(sent)
      expect(await connection.closed).toMatch(/^HTTP\/1\.1 4\d\d |^$/)
    },
  )

  it('with two lengths is refused: another server on the way might have read it differently', async () => {
    using connection = await rawConnection(url)
    const smuggled = { ...json, 'Content-Length': 5, 'Transfer-Encoding': 'chunked' }
    connection.write(`${head('POST', `${api}/runs/search`, smuggled)}0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n`)
    expect(statuses(await connection.closed)).toEqual([400])
  })

  it('that asks with Expect: 100-continue is told to go on', async () => {
    using connection = await rawConnection(url)
    const body = JSON.stringify({ run_id: runId, key: 'expected', value: 'set' })
    connection.write(
      head('POST', `${api}/runs/set-tag`, { ...json, 'Content-Length': body.length, Expect: '100-continue' }),
    )
    expect(statuses(await connection.until((text) => text.includes('\r\n\r\n')))).toEqual([100])
    connection.write(body)
    expect(statuses(await connection.until((text) => statuses(text).length === 2))).toEqual([100, 200])
  })

  it('may follow others before their answers: answers come in order', async () => {
    using connection = await rawConnection(url)
    const steps = Array.from({ length: 50 }, (_, step) => step)
    const requests = steps.map((step) => {
      const body = JSON.stringify({ run_id: runId, key: `piped-${step}`, value: String(step) })
      return head('POST', `${api}/runs/set-tag`, { ...json, 'Content-Length': body.length }) + body
    })
    connection.write(requests.join('') + head('GET', '/nowhere') + head('GET', '/health'))
    const received = await connection.until((text) => statuses(text).length === 52)
    expect(statuses(received)).toEqual([...steps.map(() => 200), 404, 200])
    const keys = new Set((await runData(url, runId)).tags?.map(({ key }) => key))
    expect(steps.every((step) => keys.has(`piped-${step}`))).toBe(true)
  })

  it('of HTTP/1.0 is answered and the connection closed', async () => {
    using connection = await rawConnection(url)
    connection.write(`GET ${api}/experiments/get?experiment_id=0 HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n`)
    const received = await connection.closed
    expect(statuses(received)).toEqual([200])
    expect(received).toContain('"name":"Default"')
    expect(received).not.toContain('Transfer-Encoding')
  })

  it('whose path climbs, encoded or not, reaches no file outside', async () => {
    for (const path of [
      '../trackway.db',
      '..%2ftrackway.db',
      '%2e%2e/trackway.db',
      '%2e%2e%2ftrackway.db',
      '%252e%252e%252ftrackway.db',
      '..%5ctrackway.db',
      'a/../../trackway.db',
      '%2fetc%2fpasswd',
      '/etc/passwd',
      'x%00.txt',
      '%ff%fe',
      '%',
    ]) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        using connection = await rawConnection(url)
        connection.write(head(method, `${artifacts}/${path}`, { 'Content-Length': 0, Connection: 'close' }))
        const received = await connection.closed
        expect([400, 404, 405], `${method} ${path}`).toContain(statuses(received)[0])
        expect(received).not.toContain('SQLite format')
      }
    }
    expect(existsSync(folder.databaseFile)).toBe(true)
  })

  it('is served while 500 connections lie idle', async () => {
    const idle = await Promise.all(Array.from({ length: 500 }, async () => await rawConnection(url)))
    for (const connection of idle.slice(0, 250)) connection.write(head('GET', '/health'))
    await Promise.all(idle.slice(0, 250).map(async (one) => await one.until((text) => text.includes('200 OK'))))
    expect((await call(url, 'runs/set-tag', { run_id: runId, key: 'idle', value: 'no matter' })).status).toBe(200)
    for (const connection of idle) connection.socket.destroy()
  })
})
