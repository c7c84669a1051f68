import { Storage } from '@google-cloud/storage'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'

import type { ArtifactStore } from './artifact-store.ts'
import { openGcsArtifactStore } from './gcs-artifact-store.ts'
import { startFaultyProxy } from './test-faulty-proxy.ts'
import type { FaultyProxy } from './test-faulty-proxy.ts'
import { startGcsServer } from './test-gcs-server.ts'
import type { GcsServer } from './test-gcs-server.ts'

const MiB = 1024 * 1024
const code = (name: string, message = /./) =>
  expect.objectContaining({ code: name, message: expect.stringMatching(message) })

let folder: string
let server: GcsServer
let faults: FaultyProxy
let store: ArtifactStore
let through: ArtifactStore
let bucket: ReturnType<Storage['bucket']>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gcs-store-'))
  server = await startGcsServer(folder)
  faults = await startFaultyProxy(server.port)
  store = await openGcsArtifactStore(`${server.uri}/root`, server.env)
  through = await openGcsArtifactStore(`${server.uri}/root`, throughProxy())
  const apiEndpoint = server.env['STORAGE_EMULATOR_HOST'] ?? ''
  bucket = new Storage({ apiEndpoint, projectId: 'test' }).bucket('artifacts')
}, 600_000)

afterEach(() => {
  faults.refuseWith(0)
  faults.cutAfter(Infinity)
  vi.unstubAllEnvs()
})

afterAll(async () => {
  faults?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function throughProxy(more: Record<string, string> = {}): Record<string, string> {
  return { STORAGE_EMULATOR_HOST: `http://127.0.0.1:${faults.port}`, ...more }
}

function bytes(content: Uint8Array | string): Readable {
  const all = Buffer.from(content)
  const pieces = Math.ceil(all.length / 65_536)
  return Readable.from(Array.from({ length: pieces }, (_, k) => all.subarray(k * 65_536, (k + 1) * 65_536)))
}

async function content(path: string, from = store): Promise<Buffer> {
  const body = await (await from.open(path)).body()
  return body instanceof Readable ? await buffer(body) : Buffer.from(body)
}

async function typeOf(path: string): Promise<string | undefined> {
  return (await bucket.file(`root/${path}`).getMetadata())[0].contentType
}

interface Seen {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** The store behind something that writes down what passes. */
async function recording(): Promise<{ recorded: ArtifactStore; seen: Seen[]; stop: () => void }> {
  const seen: Seen[] = []
  const between = createServer((incoming, reply) => void pass(incoming, reply)).listen(0, '127.0.0.1')
  async function pass(incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { url = '', method = '', headers } = incoming
    const body = await buffer(incoming)
    seen.push({ url, headers, body: body.toString('latin1') })
    request({ host: '127.0.0.1', port: server.port, path: url, method, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(reply)
    }).end(body)
  }
  await once(between, 'listening')
  const env = { STORAGE_EMULATOR_HOST: `http://127.0.0.1:${(between.address() as AddressInfo).port}` }
  const recorded = await openGcsArtifactStore(`${server.uri}/root`, env)
  return { recorded, seen, stop: () => between.close().closeAllConnections() }
}

function sourcesIn(body: string): readonly { readonly generation?: number }[] {
  return (JSON.parse(body) as { sourceObjects: { generation?: number }[] }).sourceObjects
}

describe('uploads', () => {
  test('have the media type of their name', async () => {
    await store.put('typed/page.html', bytes('<p>'))
    expect(await typeOf('typed/page.html')).toBe('text/html')
    // The emulator does not heed it for a large file, which the store does.
    const { recorded, seen, stop } = await recording()
    await recorded.put('typed/large.html', bytes(randomBytes(9 * MiB)))
    expect(seen.map(({ headers }) => headers['x-upload-content-type'])).toContain('text/html')
    stop()
  })

  test('in more parts than the store joins at once come together in order, with their media type', async () => {
    const parts = Array.from({ length: 70 }, (_, k) => Buffer.from(`part ${k};`))
    const id = await store.createMultipart('many.json', parts.length)
    const uploaded = await Promise.all(
      parts.map(async (part, k) => ({
        partNumber: k + 1,
        etag: await store.uploadPart('many.json', id, k + 1, bytes(part)),
      })),
    )
    const { recorded, seen, stop } = await recording()
    await recorded.completeMultipart('many.json', id, uploaded)
    const composed = seen.filter(({ url }) => url.includes('/compose')).map(({ body }) => sourcesIn(body))
    expect(composed.map((sources) => sources.length)).toEqual([32, 32, 6, 3])
    // The emulator does not heed it, but the store takes no part that was sent again since it was compared.
    expect(composed.flat().every(({ generation = 0 }) => generation > 0)).toBe(true)
    stop()
    expect((await content('many.json')).toString()).toBe(Buffer.concat(parts).toString())
    expect(await typeOf('many.json')).toMatch(/^text\/plain/)
    expect((await bucket.getFiles({ prefix: 'root/.trackway-uploads/' }))[0]).toEqual([])
  })

  test('completeMultipart() refuses a part with another ETag, and one that was sent again', async () => {
    const id = await store.createMultipart('again', 1)
    const etag = await store.uploadPart('again', id, 1, bytes('first'))
    await store.uploadPart('again', id, 1, bytes('second'))
    await expect(store.completeMultipart('again', id, [{ partNumber: 1, etag }])).rejects.toEqual(
      code('INVALID_PARAMETER_VALUE', /part 1 was not uploaded, or not so/),
    )
    await store.abortMultipart('again', id)
  })
})

describe('presigning', () => {
  test('makes V4 URLs of the service account, for a week at most', async () => {
    const request = await store.presigning?.upload('signed/ü 1.json', 30 * 24 * 3600)
    const url = new URL(request?.url ?? '')
    expect(`${url.origin}${url.pathname}`).toBe(`http://127.0.0.1:${server.port}/artifacts/root/signed/%C3%BC%201.json`)
    const query = Object.fromEntries(url.searchParams)
    expect(query).toEqual({
      'X-Goog-Algorithm': 'GOOG4-RSA-SHA256',
      'X-Goog-Credential': expect.stringMatching(
        /^trackway@test\.iam\.gserviceaccount\.com\/\d{8}\/auto\/storage\/goog4_request$/,
      ),
      'X-Goog-Date': expect.stringMatching(/^\d{8}T\d{6}Z$/),
      'X-Goog-Expires': expect.toSatisfy((seconds: string) => Math.abs(Number(seconds) - 604_800) <= 1),
      'X-Goog-SignedHeaders': 'content-type;host',
      'X-Goog-Signature': expect.stringMatching(/^[0-9a-f]{512}$/),
    })
    expect(request?.headers).toEqual({ 'Content-Type': 'text/plain' })
    await store.put('signed/f', bytes('x'))
    const download = await store.presigning?.download('signed/f', 60)
    expect(new URL(download?.url ?? '').searchParams.get('response-content-disposition')).toBe('attachment; filename=f')
  })

  test('is absent without a key, and a key that cannot be read is told', async () => {
    expect(through.presigning).toBeUndefined()
    const file = join(folder, 'broken.json')
    writeFileSync(file, 'not json')
    for (const path of [file, join(folder, 'none.json')]) {
      const env = throughProxy({ GOOGLE_APPLICATION_CREDENTIALS: path })
      await expect(openGcsArtifactStore(server.uri, env)).rejects.toThrow(/GOOGLE_APPLICATION_CREDENTIALS names/)
    }
    expect(JSON.parse(readFileSync(server.env['GOOGLE_APPLICATION_CREDENTIALS'] ?? '', 'utf8'))).toHaveProperty('type')
  })
})

describe('faults of the store', () => {
  test('a missing bucket is told from a missing file', async () => {
    const elsewhere = await openGcsArtifactStore('gs://nowhere/root', server.env)
    const missing = code('RESOURCE_DOES_NOT_EXIST', /The bucket 'nowhere'/)
    await expect(elsewhere.check?.(AbortSignal.timeout(5000))).rejects.toEqual(missing)
    await expect(elsewhere.open('f')).rejects.toEqual(missing)
    await expect(elsewhere.list('')).rejects.toEqual(missing)
    await expect(elsewhere.put('f', bytes('1'))).rejects.toEqual(missing)
    await expect(elsewhere.put('f', bytes(randomBytes(9 * MiB)))).rejects.toEqual(missing)
    await expect(store.open('f')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST', /No such artifact: 'f'/))
    await expect(store.check?.(AbortSignal.timeout(5000))).resolves.toBeUndefined()
  }, 60_000)

  test('503 and a store that is away are tried three times, and told', async () => {
    faults.refuseWith(503)
    const busy = code('TEMPORARILY_UNAVAILABLE', /503/)
    await Promise.all([
      expect(through.open('f')).rejects.toEqual(busy),
      expect(through.put('f', bytes('1'))).rejects.toEqual(busy),
      expect(through.put('f', bytes(randomBytes(9 * MiB)))).rejects.toEqual(busy),
      expect(through.list('')).rejects.toEqual(busy),
    ])
    const away = await openGcsArtifactStore(server.uri, { STORAGE_EMULATOR_HOST: 'http://127.0.0.1:9' })
    await expect(away.open('f')).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE', /ECONNREFUSED/))
  }, 60_000)

  test('a store that is busy for a moment is not noticed', async () => {
    faults.refuseWith(503)
    const putting = through.put('moment', bytes('x'))
    setTimeout(() => faults.refuseWith(0), 500)
    await putting
    expect((await content('moment')).toString()).toBe('x')
  })

  test('a download that is cut breaks off, and is never short', async () => {
    const given = randomBytes(3 * MiB)
    await store.put('cut', bytes(given))
    faults.cutAfter(MiB)
    await expect(content('cut', through)).rejects.toBeInstanceOf(Error)
    faults.cutAfter(Infinity)
    expect((await content('cut', through)).equals(given)).toBe(true)
  })

  test('an upload whose connection is cut stores nothing, and leaves what was there', async () => {
    await store.put('kept', bytes('old'))
    faults.cutAfter(1)
    await expect(through.put('kept', bytes(randomBytes(20 * MiB)))).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE'))
    expect((await content('kept')).toString()).toBe('old')
  }, 60_000)

  test.each([
    [401, 'PERMISSION_DENIED'],
    [403, 'PERMISSION_DENIED'],
  ])('%i is told as refused credentials', async (status, expected) => {
    const refusing = createServer((incoming, reply) => {
      incoming.resume()
      const error = { code: status, message: 'trackway@test does not have storage.objects.get access.' }
      reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
    }).listen(0, '127.0.0.1')
    await once(refusing, 'listening')
    const { port } = refusing.address() as AddressInfo
    const stranger = await openGcsArtifactStore(server.uri, { STORAGE_EMULATOR_HOST: `http://127.0.0.1:${port}` })
    const refused = code(expected, /refuses the server's credentials/)
    await expect(stranger.open('f')).rejects.toEqual(refused)
    await expect(stranger.put('f', bytes('1'))).rejects.toEqual(refused)
    await expect(stranger.put('f', bytes(randomBytes(9 * MiB)))).rejects.toEqual(refused)
    await expect(stranger.list('')).rejects.toEqual(refused)
    refusing.close().closeAllConnections()
  })

  test('a server without credentials asks as nobody, as MLflow does', async () => {
    const asked: unknown[] = []
    const tunnel = createServer().on('connect', ({ url }, socket) => {
      asked.push(url)
      socket.destroy()
    })
    await once(tunnel.listen(0, '127.0.0.1'), 'listening')
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(tunnel.address() as AddressInfo).port}`)
    vi.stubEnv('https_proxy', '')
    vi.stubEnv('NO_PROXY', '')
    vi.stubEnv('no_proxy', '')
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none')
    vi.stubEnv('HOME', folder)
    const nobody = await openGcsArtifactStore('gs://some-bucket', {})
    await expect(nobody.check?.(AbortSignal.timeout(3000))).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE'))
    expect(asked).toContain('storage.googleapis.com:443')
    tunnel.close()
  })

  test('a store that falls silent is given up after the time set, and a slow one is not', async () => {
    const size = 400_000
    let isSilent = false
    const slow = createServer((incoming, reply) => {
      if (!incoming.url?.includes('alt=media')) {
        return void reply.end(JSON.stringify({ size: String(size), generation: '1', updated: new Date() }))
      }
      reply.writeHead(200, { 'content-length': size })
      let sent = 0
      const timer = setInterval(() => {
        if (isSilent && sent > 0) return
        reply.write(Buffer.alloc(size / 4))
        sent += size / 4
        if (sent === size) reply.end()
      }, 500)
      reply.on('close', () => clearInterval(timer))
    }).listen(0, '127.0.0.1')
    await once(slow, 'listening')
    const { port } = slow.address() as AddressInfo
    const env = { STORAGE_EMULATOR_HOST: `http://127.0.0.1:${port}`, MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT: '1' }
    const impatient = await openGcsArtifactStore(server.uri, env)
    expect((await content('f', impatient)).length).toBe(size)
    isSilent = true
    await expect(content('f', impatient)).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    slow.close().closeAllConnections()
  })

  test('check() heeds its signal', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const waiting = await openGcsArtifactStore(server.uri, { STORAGE_EMULATOR_HOST: `http://127.0.0.1:${port}` })
    const before = Date.now()
    await expect(waiting.check?.(AbortSignal.timeout(200))).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE'))
    expect(Date.now() - before).toBeLessThan(3000)
    silent.close().closeAllConnections()
  })
})

test.each([
  ['MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT', '-2'],
  ['MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT', 'soon'],
  ['MLFLOW_GCS_UPLOAD_CHUNK_SIZE', '1000'],
  ['STORAGE_EMULATOR_HOST', 'http://'],
])('openGcsArtifactStore refuses %s=%s', async (name, value) => {
  await expect(openGcsArtifactStore('gs://b', { [name]: value })).rejects.toThrow(name)
  await expect(openGcsArtifactStore('gs://', {})).rejects.toThrow(/names no place/)
})
