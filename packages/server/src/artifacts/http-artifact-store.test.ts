import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createApp } from '../app.ts'
import type { TrackwayApp } from '../app.ts'
import { parseServerConfig } from '../config.ts'
import type { ArtifactStore, ByteRange } from './artifact-store.ts'
import { openHttpArtifactStore } from './http-artifact-store.ts'
import { openArtifactStore } from './open-artifact-store.ts'
import { startFaultyProxy } from './test-faulty-proxy.ts'

const large = randomBytes(3_000_000)
const code = (name: string, message = /./) =>
  expect.objectContaining({ code: name, message: expect.stringMatching(message) })

let folder: string
let app: TrackwayApp
let proxyUrl: string
const servers: Server[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'http-store-'))
  const data = ['--backend-store-uri', join(folder, 't.db'), '--artifacts-destination', join(folder, 'art')]
  app = await createApp(parseServerConfig(['--port', '0', '--log-level', 'silent', ...data], {}, folder))
  proxyUrl = `${(await app.listen()).url}/api/2.0/mlflow-artifacts/artifacts`
  for (const [path, content] of [
    ['root/a%20b ü/file.txt', '0123456789'],
    ['root/a%20b ü/in/deep', 'x'],
    ['root/same/same', 'x'],
    ['root/large', large],
    ['root/empty', ''],
    ['outside', 'secret'],
  ] as const) {
    const address = `${proxyUrl}/${path.split('/').map(encodeURIComponent).join('/')}`
    expect((await fetch(address, { method: 'PUT', body: content })).status).toBe(200)
  }
})

afterAll(async () => {
  await app.close()
  for (const server of servers) server.close().closeAllConnections()
  rmSync(folder, { recursive: true })
})

async function serve(answer: (request: IncomingMessage, reply: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** As servers of plain files do it, with as much of HTTP as is switched on. */
async function serveFolder(
  root: string,
  { knowsHead = true, knowsRanges = true, tellsLength = true } = {},
): Promise<string> {
  return await serve((request, reply) => {
    const path = decodeURIComponent(request.url ?? '').replace(/\/$/, '')
    const found = statSync(join(root, path), { throwIfNoEntry: false })
    if (!found) return void reply.writeHead(404).end('none')
    if (found.isDirectory() && request.url?.endsWith('/')) return void reply.writeHead(200).end()
    if (found.isDirectory()) return void reply.writeHead(301, { location: `${request.url}/` }).end()
    if (request.method === 'HEAD' && !knowsHead) return void reply.writeHead(405).end()
    const content = readFileSync(join(root, path))
    const headers = { 'last-modified': found.mtime.toUTCString() }
    const [, start, end] = (knowsRanges && /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')) || []
    if (start !== undefined && Number(start) >= content.length) return void reply.writeHead(416, headers).end()
    const part = start === undefined ? content : content.subarray(Number(start), Number(end) + 1)
    const range = start === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${content.length}` }
    reply.writeHead(start === undefined ? 200 : 206, {
      ...headers,
      ...range,
      ...(tellsLength ? { 'content-length': part.length } : {}),
    })
    reply.end(request.method === 'HEAD' ? undefined : part)
  })
}

async function content(store: ArtifactStore, path: string, range?: ByteRange): Promise<Buffer> {
  const body = await (await store.open(path)).body(range)
  return body instanceof Readable ? await buffer(body) : Buffer.from(body)
}

describe('an artifact proxy', () => {
  test('is opened by its URL, and checked', async () => {
    const root = await openArtifactStore(`${proxyUrl}/root`, { env: {}, onFault: () => {} })
    await expect(root?.store.check?.(AbortSignal.timeout(5000))).resolves.toBeUndefined()
    expect((await content(root?.store as ArtifactStore, 'large')).equals(large)).toBe(true)
    await root?.store.close()
  })

  test('list() and open() reach what lies below the root', async () => {
    const store = await openHttpArtifactStore(`${proxyUrl}/root/`, {})
    expect(await store.list('')).toEqual([
      { name: 'a%20b ü', isFolder: true },
      { name: 'empty', isFolder: false, size: 0 },
      { name: 'large', isFolder: false, size: 3_000_000 },
      { name: 'same', isFolder: true },
    ])
    expect(await store.list('a%20b ü')).toEqual([
      { name: 'file.txt', isFolder: false, size: 10 },
      { name: 'in', isFolder: true },
    ])
    expect(await store.list('same')).toEqual([{ name: 'same', isFolder: false, size: 1 }])
    expect(await store.list('same/same')).toEqual([])
    expect(await store.list('none')).toEqual([])
    const inside = await openHttpArtifactStore(`${proxyUrl}/root/a%2520b%20%C3%BC`, {})
    expect((await inside.list('')).map(({ name }) => name)).toEqual(['file.txt', 'in'])
    expect((await content(inside, 'in/deep')).toString()).toBe('x')
  })

  test('open() gives size, time, etag and ranges', async () => {
    const store = await openHttpArtifactStore(`${proxyUrl}/root`, {})
    const opened = await store.open('a%20b ü/file.txt')
    expect([opened.size, opened.etag === '']).toEqual([10, false])
    expect(Math.abs(opened.modifiedTimeMs - Date.now())).toBeLessThan(120_000)
    expect((await content(store, 'a%20b ü/file.txt', { start: 3, end: 6 })).toString()).toBe('3456')
    expect(
      (await content(store, 'large', { start: 1000, end: 2_900_000 })).equals(large.subarray(1000, 2_900_001)),
    ).toBe(true)
    expect((await content(store, 'empty')).length).toBe(0)
    await expect(store.open('nothing')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST', /'nothing'/))
    await expect(store.open('same')).rejects.toEqual(code('INVALID_PARAMETER_VALUE', /directory/))
    await expect(store.open('../outside')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'))
  })

  test('body() gives nothing of a file that was replaced', async () => {
    const store = await openHttpArtifactStore(`${proxyUrl}/root`, {})
    await fetch(`${proxyUrl}/root/replaced`, { method: 'PUT', body: 'old' })
    const opened = await store.open('replaced')
    await fetch(`${proxyUrl}/root/replaced`, { method: 'PUT', body: 'new' })
    await expect(opened.body()).rejects.toEqual(code('RESOURCE_CONFLICT', /replaced/))
    await expect(opened.body({ start: 0, end: 1 })).rejects.toEqual(code('RESOURCE_CONFLICT', /replaced/))
  })

  test('is never written to', async () => {
    const store = await openHttpArtifactStore(`${proxyUrl}/root`, {})
    const refused = code('NOT_IMPLEMENTED', /can only be read/)
    const bytes = () => Readable.from([Buffer.from('x')])
    await expect(store.put('large', bytes())).rejects.toEqual(refused)
    await expect(store.delete('large')).rejects.toEqual(refused)
    await expect(store.createMultipart('large', 1)).rejects.toEqual(refused)
    await expect(store.uploadPart('large', 'id', 1, bytes())).rejects.toEqual(refused)
    await expect(store.completeMultipart('large', 'id', [])).rejects.toEqual(refused)
    await expect(store.abortMultipart('large', 'id')).rejects.toEqual(refused)
    expect((await store.open('large')).size).toBe(3_000_000)
  })

  test('behind another Trackway serves its clients', async () => {
    const data = ['--backend-store-uri', join(folder, 'second.db'), '--artifacts-destination', `${proxyUrl}/root`]
    const second = await createApp(parseServerConfig(['--port', '0', '--log-level', 'silent', ...data], {}, folder))
    const url = `${(await second.listen()).url}/api/2.0/mlflow-artifacts/artifacts`
    const got = await fetch(`${url}/large`, { headers: { range: 'bytes=5-8' } })
    expect([got.status, Buffer.from(await got.arrayBuffer())]).toEqual([206, large.subarray(5, 9)])
    const refused = await fetch(`${url}/new`, { method: 'PUT', body: 'x' })
    expect([refused.status, await refused.json()]).toEqual([
      501,
      { error_code: 'NOT_IMPLEMENTED', message: expect.stringMatching(/can only be read/) },
    ])
    await second.close()
  })
})

describe('a server of plain files', () => {
  test.each([
    { name: 'that knows all', options: {} },
    { name: 'that knows no HEAD', options: { knowsHead: false } },
    { name: 'that knows no ranges', options: { knowsRanges: false } },
    { name: 'that knows neither', options: { knowsHead: false, knowsRanges: false } },
  ])('$name: gives files and ranges', async ({ options }) => {
    mkdirSync(join(folder, 'files/in #?'), { recursive: true })
    writeFileSync(join(folder, 'files/in #?/100%.bin'), large)
    writeFileSync(join(folder, 'files/none'), '')
    const store = await openHttpArtifactStore(`${await serveFolder(folder, options)}/files`, {})
    const path = 'in #?/100%.bin'
    expect((await content(store, path)).equals(large)).toBe(true)
    expect((await content(store, path, { start: 7, end: 8 })).equals(large.subarray(7, 9))).toBe(true)
    expect((await content(store, path, { start: 2_999_999, end: 2_999_999 })).equals(large.subarray(-1))).toBe(true)
    expect((await content(store, 'none')).length).toBe(0)
    await expect(store.open('in #?')).rejects.toEqual(code('INVALID_PARAMETER_VALUE', /directory/))
    await expect(store.open('missing')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'))
    await expect(store.list('')).rejects.toEqual(code('NOT_IMPLEMENTED', /cannot be listed/))
    await expect(store.check?.(AbortSignal.timeout(5000))).resolves.toBeUndefined()
  })

  test('that tells no size is told as such', async () => {
    writeFileSync(join(folder, 'unsized'), 'x')
    const store = await openHttpArtifactStore(await serveFolder(folder, { tellsLength: false }), {})
    await expect(store.open('unsized')).rejects.toEqual(code('NOT_IMPLEMENTED', /size/))
  })

  test('is followed to its own addresses only', async () => {
    const asked: string[] = []
    const elsewhere = await serve((request, reply) => {
      asked.push(request.url ?? '')
      reply.end('inner')
    })
    const store = await openHttpArtifactStore(
      await serve((request, reply) => {
        if (request.url === '/moved') reply.writeHead(302, { location: '/there' }).end()
        else if (request.url === '/away') reply.writeHead(307, { location: `${elsewhere}/admin` }).end()
        else if (request.url === '/loop') reply.writeHead(302, { location: '/loop' }).end()
        else reply.writeHead(200, { 'content-length': 3 }).end(request.method === 'HEAD' ? undefined : 'abc')
      }),
      {},
    )
    expect((await content(store, 'moved')).toString()).toBe('abc')
    await expect(store.open('away')).rejects.toEqual(code('PERMISSION_DENIED', /leads elsewhere/))
    await expect(store.open('loop')).rejects.toEqual(code('PERMISSION_DENIED', /in a circle/))
    expect(asked).toEqual([])
  })

  test.each([
    [{ MLFLOW_TRACKING_TOKEN: 'abc' }, 'Bearer abc'],
    [{ MLFLOW_TRACKING_USERNAME: 'ü', MLFLOW_TRACKING_PASSWORD: 'p' }, 'Basic w7w6cA=='],
    [{}, undefined],
  ])('gets the credentials of %j', async (env, expected) => {
    const given: unknown[] = []
    const url = await serve((request, reply) => {
      given.push(request.headers.authorization)
      reply.writeHead(401).end()
    })
    const store = await openHttpArtifactStore(url, env)
    await expect(store.open('f')).rejects.toEqual(code('PERMISSION_DENIED', /401/))
    await expect(store.check?.(AbortSignal.timeout(5000))).rejects.toEqual(code('PERMISSION_DENIED'))
    expect(given).toEqual([expected, expected])
  })
})

describe('faults', () => {
  test('a download that is cut breaks off, and is never short', async () => {
    const { port } = new URL(proxyUrl)
    const faults = await startFaultyProxy(Number(port))
    const store = await openHttpArtifactStore(`http://127.0.0.1:${faults.port}${new URL(proxyUrl).pathname}/root`, {})
    faults.cutAfter(1_000_000)
    await expect(content(store, 'large')).rejects.toMatchObject({ code: 'ECONNRESET' })
    faults.cutAfter(Infinity)
    expect((await content(store, 'large')).equals(large)).toBe(true)
    faults.refuseWith(503)
    await expect(store.open('large')).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE', /503/))
    faults.refuseWith(0)
    const opening = store.open('large')
    expect((await opening).size).toBe(3_000_000)
    faults.stop()
    await expect(store.list('')).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE', /ECONNREFUSED/))
    await expect(store.check?.(AbortSignal.timeout(5000))).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE'))
  })

  test('check() heeds its signal', async () => {
    const store = await openHttpArtifactStore(await serve(() => {}), {})
    const before = Date.now()
    await expect(store.check?.(AbortSignal.timeout(200))).rejects.toEqual(expect.anything())
    expect(Date.now() - before).toBeLessThan(5000)
  })

  test('a listing that is none is told', async () => {
    const url = await serve((_, reply) => void reply.writeHead(200).end('<html>'))
    const store = await openHttpArtifactStore(`${url}/api/2.0/mlflow-artifacts/artifacts`, {})
    await expect(store.list('')).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE', /not JSON/))
  })

  test('names that lead out of a listing are left out', async () => {
    const files = ['../up', '..', '/etc', 'a\\b', 'good'].map((path) => ({ path, is_dir: false, file_size: 1 }))
    const url = await serve((_, reply) => void reply.writeHead(200).end(JSON.stringify({ files })))
    const store = await openHttpArtifactStore(`${url}/api/2.0/mlflow-artifacts/artifacts/root`, {})
    expect(await store.list('')).toEqual([{ name: 'good', isFolder: false, size: 1 }])
  })
})

test.each([
  ['http://host/?a', /names no place/],
  ['http://', /names no place/],
  ['http://me:secret@host/x', /must not have a password/],
])('openHttpArtifactStore refuses %s', async (uri, message) => {
  await expect(openHttpArtifactStore(uri, {})).rejects.toThrow(message)
  await expect(openHttpArtifactStore(uri, {})).rejects.not.toThrow(/secret/)
})
