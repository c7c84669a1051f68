import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'

import { createApp } from './app.ts'
import type { TrackwayApp } from './app.ts'
import { startFaultyProxy } from './artifacts/test-faulty-proxy.ts'
import type { FaultyProxy } from './artifacts/test-faulty-proxy.ts'
import { startS3Server } from './artifacts/test-s3-server.ts'
import type { S3Server } from './artifacts/test-s3-server.ts'
import { parseServerConfig } from './config.ts'

const MiB = 1024 * 1024
const artifacts = '/api/2.0/mlflow-artifacts'

let folder: string
let s3: S3Server
let faults: FaultyProxy
let app: TrackwayApp
let url: string
let direct: TrackwayApp
let directUrl: string

function start(name: string, ...flags: string[]): Promise<TrackwayApp> {
  const data = ['--backend-store-uri', join(folder, `${name}.db`)]
  return createApp(parseServerConfig(['--port', '0', '--log-level', 'silent', ...data, ...flags], {}, folder))
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trackway-stores-'))
  s3 = await startS3Server()
  faults = await startFaultyProxy(s3.port)
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value)
  vi.stubEnv('MLFLOW_S3_ENDPOINT_URL', `http://127.0.0.1:${faults.port}`)
  app = await start('proxied', '--artifacts-destination', `${s3.uri}/proxied`)
  direct = await start('direct', '--no-direct-transfers', '--default-artifact-root', `${s3.uri}/direct`)
  url = (await app.listen()).url
  directUrl = (await direct.listen()).url
}, 600_000)

afterEach(() => {
  faults.refuseWith(0)
  faults.cutAfter(Infinity)
  faults.cutUploadAfter(Infinity)
})

afterAll(async () => {
  await Promise.all([app.close(), direct.close()])
  faults.stop()
  await s3.stop()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

async function post(to: string, path: string, body: unknown): Promise<{ status: number; body: Record<string, never> }> {
  const reply = await fetch(to + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: reply.status, body: (await reply.json()) as Record<string, never> }
}

async function put(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  return await fetch(`${url}${artifacts}/artifacts/${path}`, { method: 'PUT', body })
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

describe('an S3 bucket behind the proxy', () => {
  test('keeps, lists, shows in ranges and deletes what clients send', async () => {
    const large = randomBytes(20 * MiB)
    expect((await put('1/run/artifacts/large.bin', large)).status).toBe(200)
    expect((await put('1/run/artifacts/in/note%20%C3%BC.txt', 'hello')).status).toBe(200)
    const listing = await fetch(`${url}${artifacts}/artifacts?path=1/run/artifacts`)
    expect(await listing.json()).toEqual({
      files: [
        { path: 'in', is_dir: true },
        { path: 'large.bin', is_dir: false, file_size: 20 * MiB },
      ],
    })
    const whole = await fetch(`${url}${artifacts}/artifacts/1/run/artifacts/large.bin`)
    expect(sha256(new Uint8Array(await whole.arrayBuffer()))).toBe(sha256(large))
    const range = { headers: { range: 'bytes=1-3' } }
    const part = await fetch(`${url}${artifacts}/artifacts/1/run/artifacts/in/note%20%C3%BC.txt`, range)
    expect([part.status, await part.text()]).toEqual([206, 'ell'])
    const gone = await fetch(`${url}${artifacts}/artifacts/1/run`, { method: 'DELETE' })
    expect(gone.status).toBe(200)
    expect((await fetch(`${url}${artifacts}/artifacts/1/run/artifacts/large.bin`)).status).toBe(404)
  })

  test('keeps its connections while a large file goes up and down', async () => {
    const large = randomBytes(60 * MiB)
    const before = faults.connections()
    expect((await put('large/f.bin', large)).status).toBe(200)
    const got = await fetch(`${url}${artifacts}/artifacts/large/f.bin`)
    expect(sha256(new Uint8Array(await got.arrayBuffer()))).toBe(sha256(large))
    expect(faults.connections() - before).toBeLessThanOrEqual(4)
  })

  test('tells clients that bytes may go straight to it, and signs requests for that', async () => {
    const info = await (await fetch(`${url}/api/3.0/mlflow/server-info`)).json()
    expect(info).toMatchObject({ multipart_uploads_enabled: true, multipart_downloads_enabled: true })
    await put('signed/f.txt', 'straight')
    const signed = await (await fetch(`${url}${artifacts}/presigned/signed/f.txt`)).json()
    expect(signed).toEqual({ url: expect.stringContaining(`:${faults.port}/`), headers: {}, file_size: 8 })
    const got = await fetch((signed as { url: string }).url)
    expect([await got.text(), got.headers.get('content-disposition')]).toEqual([
      'straight',
      'attachment; filename=f.txt',
    ])
    const missing = await fetch(`${url}${artifacts}/presigned/signed/none`)
    expect(missing.status).toBe(404)
  })

  test('takes an upload in parts, which do not pass through the server', async () => {
    const parts = [randomBytes(5 * MiB), randomBytes(10)]
    const file = { path: '/home/me/model.bin' }
    const created = await post(url, `${artifacts}/mpu/create/parts`, { ...file, num_parts: 2 })
    const { upload_id, credentials } = created.body as unknown as {
      upload_id: string
      credentials: { url: string; part_number: number }[]
    }
    const uploaded = await Promise.all(
      credentials.map(async (credential, index) => {
        expect(credential.url).toContain(`:${faults.port}/`)
        const reply = await fetch(credential.url, { method: 'PUT', body: new Uint8Array(parts[index] ?? []) })
        return { part_number: credential.part_number, etag: reply.headers.get('etag'), url: credential.url }
      }),
    )
    const done = await post(url, `${artifacts}/mpu/complete/parts`, { ...file, upload_id, parts: uploaded })
    expect(done.status).toBe(200)
    const got = await fetch(`${url}${artifacts}/artifacts/parts/model.bin`)
    expect(sha256(new Uint8Array(await got.arrayBuffer()))).toBe(sha256(Buffer.concat(parts)))
  })

  test('answers 503 while it is busy or away, and works again afterwards', async () => {
    await put('busy/f', 'kept')
    const parts = `${artifacts}/mpu`
    const created = await post(url, `${parts}/create/busy`, { path: 'large', num_parts: 1 })
    const upload = {
      path: 'large',
      upload_id: created.body['upload_id'],
      parts: [{ part_number: 1, etag: 'x', url: 'x' }],
    }
    faults.refuseWith(503)
    for (const [path, asked] of [
      ['artifacts/busy/f', {}],
      ['artifacts/busy/f', { method: 'PUT', body: 'new' }],
      ['artifacts?path=busy', {}],
      ['artifacts/busy/f', { method: 'DELETE' }],
      ['mpu/create/busy', { method: 'POST', body: JSON.stringify({ path: 'large', num_parts: 1 }) }],
      ['mpu/complete/busy', { method: 'POST', body: JSON.stringify(upload) }],
      ['mpu/abort/busy', { method: 'POST', body: JSON.stringify({ path: 'large', upload_id: upload.upload_id }) }],
    ] as const) {
      const headers = { 'content-type': 'application/json' }
      const reply = await fetch(`${url}${artifacts}/${path}`, { headers, ...asked })
      const what = `${path} ${JSON.stringify(asked)}`
      expect([reply.status, reply.headers.get('retry-after')], what).toEqual([503, '1'])
      expect(await reply.json(), what).toEqual({
        error_code: 'TEMPORARILY_UNAVAILABLE',
        message: expect.stringMatching(/busy.*try again/) as string,
      })
    }
    faults.refuseWith(0)
    expect(await (await fetch(`${url}${artifacts}/artifacts/busy/f`)).text()).toBe('kept')
  })

  test('never passes a transfer that it cut for a whole file', async () => {
    await put('cut/f', randomBytes(10 * MiB))
    faults.cutAfter(3 * MiB)
    const reply = await fetch(`${url}${artifacts}/artifacts/cut/f`)
    expect([reply.status, reply.headers.get('content-length')]).toEqual([200, String(10 * MiB)])
    await expect(reply.arrayBuffer()).rejects.toThrowError(/terminated/)
    faults.cutAfter(Infinity)
    expect((await (await fetch(`${url}${artifacts}/artifacts/cut/f`)).arrayBuffer()).byteLength).toBe(10 * MiB)
  })
})

describe('an S3 bucket behind the proxy, where the network cuts an upload', () => {
  test.each([
    ['in one piece', 3 * MiB, 1 * MiB],
    ['in parts', 20 * MiB, 1 * MiB],
  ])('refuses it retryably when it goes %s, and keeps what was there', { timeout: 60_000 }, async (name, size, cut) => {
    const path = `cut-upload/${size}`
    expect((await put(path, 'kept')).status, name).toBe(200)
    faults.cutUploadAfter(cut)
    const reply = await put(path, randomBytes(size))
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1'])
    faults.cutUploadAfter(Infinity)
    expect(await (await fetch(`${url}${artifacts}/artifacts/${path}`)).text()).toBe('kept')
    const large = randomBytes(size)
    expect((await put(path, large)).status).toBe(200)
    const got = await fetch(`${url}${artifacts}/artifacts/${path}`)
    expect(sha256(new Uint8Array(await got.arrayBuffer()))).toBe(sha256(large))
  })
})

describe('an S3 bucket as the root that clients use by themselves', () => {
  test('shows the artifacts of its runs, and nothing of other places', async () => {
    const api = '/api/2.0/mlflow'
    const made = await post(directUrl, `${api}/runs/create`, { experiment_id: '0', start_time: 1 })
    const { run_id, artifact_uri } = (made.body as unknown as { run: { info: Record<string, string> } }).run.info
    expect(artifact_uri).toBe(`${s3.uri}/direct/0/${run_id}/artifacts`)
    const sent = await fetch(`${directUrl}${api}/upload-artifact?run_uuid=${run_id}&path=a/b.txt`, {
      method: 'POST',
      body: 'direct',
    })
    expect(sent.status).toBe(200)
    const list = await (await fetch(`${directUrl}${api}/artifacts/list?run_id=${run_id}&path=a`)).json()
    expect(list).toEqual({ root_uri: artifact_uri, files: [{ path: 'a/b.txt', is_dir: false, file_size: 6 }] })
    expect(await (await fetch(`${directUrl}/get-artifact?run_id=${run_id}&path=a/b.txt`)).text()).toBe('direct')

    const elsewhere = { name: 'elsewhere', artifact_location: `${s3.uri}/proxied` }
    const { experiment_id } = (await post(directUrl, `${api}/experiments/create`, elsewhere)).body
    const other = await post(directUrl, `${api}/runs/create`, { experiment_id, start_time: 1 })
    const id = (other.body as unknown as { run: { info: Record<string, string> } }).run.info['run_id']
    expect((await fetch(`${directUrl}${api}/artifacts/list?run_id=${id}`)).status).toBe(403)
  })

  test('signs nothing under --no-direct-transfers', async () => {
    const api = '/api/2.0/mlflow'
    const made = await post(directUrl, `${api}/runs/create`, { experiment_id: '0', start_time: 1 })
    const { run_id } = (made.body as unknown as { run: { info: Record<string, string> } }).run.info
    for (const kind of ['upload', 'download']) {
      const refused = await post(directUrl, `${api}/artifacts/presigned-${kind}-url`, { run_id, path: 'f' })
      expect([refused.status, refused.body['message']]).toEqual([
        501,
        expect.stringMatching(new RegExp(`^Presigned ${kind} is not supported`)),
      ])
    }
  })
})

describe('createApp', () => {
  test('refuses a bucket that does not exist', async () => {
    await expect(start('missing', '--artifacts-destination', 's3://no-such-bucket/x')).rejects.toThrowError(
      /'no-such-bucket'.*does not exist/,
    )
  })

  test('starts while the store is away', async () => {
    faults.refuseWith(503)
    const started = await start('away', '--artifacts-destination', s3.uri)
    try {
      expect((await started.http.inject('/health')).statusCode).toBe(200)
      expect((await started.http.inject(`${artifacts}/artifacts/f`)).statusCode).toBe(503)
    } finally {
      await started.close()
    }
  })
})
