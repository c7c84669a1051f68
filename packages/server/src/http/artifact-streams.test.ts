import { ApiError, basesOf, doesNotExist, endpoints } from '@trackway/api'
import type { ErrorBody } from '@trackway/api'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { Agent, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLocate } from '../artifacts/artifact-location.ts'
import { openLocalArtifactStore } from '../artifacts/local-artifact-store.ts'
import type { LocalArtifactStore } from '../artifacts/local-artifact-store.ts'
import { stagingName } from '../artifacts/staging.ts'
import type { ArtifactOwner } from '../operations.ts'
import { createArtifactStreams } from './artifact-streams.ts'
import type { ArtifactEndpointName } from './artifact-streams.ts'

let root: string
let store: LocalArtifactStore
let app: FastifyInstance
let withoutArtifacts: FastifyInstance

const proxy = '/api/2.0/mlflow-artifacts/artifacts'
const runRoot = '0/run1/artifacts'

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'artifact-streams-'))
  store = await openLocalArtifactStore(root)
  app = await serve(store)
  withoutArtifacts = await serve(undefined)
})

afterAll(async () => {
  await Promise.all([app.close(), withoutArtifacts.close()])
  await store.close()
  await rm(root, { recursive: true })
})

async function serve(served: LocalArtifactStore | undefined): Promise<FastifyInstance> {
  const rootOf = async (owner: ArtifactOwner): Promise<string> => {
    if ('name' in owner) return versionRoot(owner)
    const id = 'run' in owner ? owner.run : owner.loggedModel
    if (id === 'nope') throw doesNotExist(`Run with id=${id} not found`)
    if (id === 'evil') return 'file:///etc'
    return `mlflow-artifacts:/0/${'run' in owner ? id : `models/${id}`}/artifacts`
  }
  const streams = createArtifactStreams({
    store: served,
    locate: createLocate(served, []),
    rootOf,
  })
  const instance = Fastify()
  instance.removeAllContentTypeParsers()
  instance.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  instance.setErrorHandler(async (error, _request, reply) => {
    if (!(error instanceof ApiError)) throw error
    return await reply.code(error.status).send(error.toBody())
  })
  for (const name of Object.keys(streams) as ArtifactEndpointName[]) {
    const { method, path } = endpoints[name]
    const url = path.replace(/\{\w+\*\}/, '*').replaceAll(/\{(\w+)\}/g, ':$1')
    for (const prefix of basesOf(endpoints[name])) instance.route({ method, url: prefix + url, handler: streams[name] })
  }
  await instance.listen({ port: 0, host: '127.0.0.1' })
  return instance
}

function versionRoot({ name, version }: { readonly name: string; readonly version: number }): string {
  if (version !== 1) throw doesNotExist(`Model Version (name=${name}, version=${version}) not found`)
  return { served: 'mlflow-artifacts:/0/run1/artifacts/model', cloud: 's3://bucket/model' }[name] ?? 'file:///etc'
}

interface Reply {
  status: number
  headers: IncomingMessage['headers']
  bytes: Buffer
  text: string
}

interface Sent {
  agent?: Agent
  body?: string | Buffer
  headers?: Record<string, string>
  to?: FastifyInstance
}

function portOf(instance: FastifyInstance): number {
  return (instance.server.address() as AddressInfo).port
}

/** Sends the URL as it is; `fetch` would tidy up the paths that are tested here. */
async function call(method: string, path: string, { agent, body, headers = {}, to = app }: Sent = {}): Promise<Reply> {
  return await new Promise((resolve, reject) => {
    const sent = httpRequest({ agent, method, path, host: '127.0.0.1', port: portOf(to), headers }, (response) => {
      buffer(response).then((bytes) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString() })
      }, reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function json(reply: Reply): unknown {
  return JSON.parse(reply.text)
}

/** What `json(reply)` and the status must be, for `toEqual`. */
function failure(status: number, code: ErrorBody['error_code'], message: RegExp): unknown {
  return [status, { error_code: code, message: expect.stringMatching(message) }]
}

function outcome(reply: Reply): unknown {
  return [reply.status, json(reply)]
}

describe('uploadProxiedArtifact and downloadProxiedArtifact', () => {
  test('move bytes with the headers that clients look at', async () => {
    const put = await call('PUT', `${proxy}/${runRoot}/MLmodel`, { body: 'hello' })
    expect([put.status, put.text]).toEqual([200, ''])
    const got = await call('GET', `${proxy}/${runRoot}/MLmodel`)
    expect([got.status, got.text]).toEqual([200, 'hello'])
    expect(got.headers).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '5',
      'content-disposition': 'attachment; filename=MLmodel',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^".+"$/),
      'last-modified': expect.stringMatching(/GMT$/),
    })
  })

  test('take a JSON file as bytes, and an empty one', async () => {
    const headers = { 'content-type': 'application/json' }
    for (const body of ['{"not": parsed', '']) {
      expect((await call('PUT', `${proxy}/j/a.json`, { body, headers })).status).toBe(200)
      expect((await call('GET', `${proxy}/j/a.json`)).text).toBe(body)
    }
  })

  test.each(['a b/ü 模型.bin', '100%.txt', 'a%2Fb', "it's (1)+&=;?.txt"])('decode the URL of %j once', async (path) => {
    const url = `${proxy}/names/${path.split('/').map(encodeURIComponent).join('/')}`
    expect((await call('PUT', url, { body: path })).status).toBe(200)
    expect(await readFile(join(root, 'names', path), 'utf8')).toBe(path)
    const got = await call('GET', url)
    expect(got.text).toBe(path)
    const name = path.slice(path.lastIndexOf('/') + 1)
    const disposition = got.headers['content-disposition'] ?? ''
    const exact = /filename\*=UTF-8''(\S+)/.exec(disposition)?.[1] ?? ''
    expect(decodeURIComponent(exact)).toBe(name)
    expect(disposition).toMatch(/^attachment; filename="[\x20-\x7e]+"; filename\*=/)
  })

  test('find the path whatever the encoding of what precedes it', async () => {
    await call('PUT', `${proxy}/enc/f`, { body: 'x' })
    const got = await call('GET', '/api/2.0/mlflow%2Dartifacts/%61rtifacts/enc/f')
    expect([got.status, got.text]).toEqual([200, 'x'])
  })

  test.each(['/api/3.0', '/ajax-api/2.0', '/ajax-api/3.0'])('answer below %s', async (prefix) => {
    await call('PUT', `${prefix}/mlflow-artifacts/artifacts/p/f`, { body: prefix })
    expect((await call('GET', `${proxy}/p/f`)).text).toBe(prefix)
  })

  test('say what is missing or a folder', async () => {
    await call('PUT', `${proxy}/d/e/f`, { body: 'x' })
    expect(outcome(await call('GET', `${proxy}/d/nix`))).toEqual(
      failure(404, 'RESOURCE_DOES_NOT_EXIST', /^No such artifact: 'd\/nix'/),
    )
    expect(outcome(await call('GET', `${proxy}/d/e`))).toEqual(failure(400, 'INVALID_PARAMETER_VALUE', /directory/))
    const invalid = 'INVALID_PARAMETER_VALUE'
    expect(outcome(await call('PUT', `${proxy}/d/e`, { body: 'x' }))).toEqual(failure(400, invalid, /directory/))
    expect(outcome(await call('PUT', `${proxy}/d/e/f/g`, { body: 'x' }))).toEqual(
      failure(400, invalid, /leads through a file/),
    )
    expect(outcome(await call('PUT', `${proxy}/d/new/`, { body: 'x' }))).toEqual(
      failure(400, invalid, /must end with the file's name/),
    )
  })

  test('answer one byte range, and 416 where it lies outside', async () => {
    await call('PUT', `${proxy}/r/ten`, { body: '0123456789' })
    const part = await call('GET', `${proxy}/r/ten`, { headers: { range: 'bytes=2-4' } })
    expect([part.status, part.text, part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10'])
    expect(part.headers['content-length']).toBe('3')
    const outside = await call('GET', `${proxy}/r/ten`, { headers: { range: 'bytes=10-' } })
    expect(outcome(outside)).toEqual(failure(416, 'RANGE_NOT_SATISFIABLE', /10 bytes/))
    expect(outside.headers['content-range']).toBe('bytes */10')
    expect(outside.headers['content-disposition']).toBeUndefined()
    const several = await call('GET', `${proxy}/r/ten`, { headers: { range: 'bytes=0-1,3-4' } })
    expect([several.status, several.text]).toEqual([200, '0123456789'])
    const stale = await call('GET', `${proxy}/r/ten`, { headers: { range: 'bytes=2-4', 'if-range': '"old"' } })
    expect([stale.status, stale.text]).toEqual([200, '0123456789'])
    const fresh = await call('GET', `${proxy}/r/ten`, {
      headers: { range: 'bytes=2-4', 'if-range': stale.headers.etag ?? '' },
    })
    expect(fresh.status).toBe(206)
  })

  test('answer 304 to who has it already, and HEAD without a body', async () => {
    await call('PUT', `${proxy}/c/f`, { body: 'content' })
    const head = await call('HEAD', `${proxy}/c/f`)
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '7'])
    const { etag = '', 'last-modified': modified = '' } = head.headers
    for (const headers of [{ 'if-none-match': `"x", W/${etag}` }, { 'if-modified-since': modified }]) {
      const reply = await call('GET', `${proxy}/c/f`, { headers })
      expect([reply.status, reply.text, reply.headers.etag]).toEqual([304, '', etag])
    }
    await call('PUT', `${proxy}/c/f`, { body: 'changed' })
    expect((await call('GET', `${proxy}/c/f`, { headers: { 'if-none-match': etag } })).text).toBe('changed')
  })

  test('let one of many concurrent uploads to a path win, whole', async () => {
    const bodies = Array.from({ length: 12 }, () => randomBytes(300_000))
    const replies = await Promise.all(bodies.map(async (body) => await call('PUT', `${proxy}/race/f`, { body })))
    expect(replies.every(({ status }) => status === 200)).toBe(true)
    const { bytes } = await call('GET', `${proxy}/race/f`)
    expect(bodies.some((body) => body.equals(bytes))).toBe(true)
  })

  test('refuse an upload half-way and still answer it, on a connection that goes on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const body = randomBytes(5_000_000)
    const sockets = new Set<unknown>()
    agent.on('free', (socket) => sockets.add(socket))
    const invalid = 'INVALID_PARAMETER_VALUE'
    expect(outcome(await call('PUT', `${proxy}/%2e%2e/x`, { body, agent }))).toEqual(
      failure(400, invalid, /^Invalid path/),
    )
    expect(outcome(await call('PUT', `${proxy}/race/f/under`, { body, agent }))).toEqual(
      failure(400, invalid, /through a file/),
    )
    expect(outcome(await call('PUT', `${proxy}/race`, { body, agent }))).toEqual(failure(400, invalid, /directory/))
    expect((await call('GET', `${proxy}/race/f`, { agent })).status).toBe(200)
    expect(sockets.size).toBe(1)
    agent.destroy()
  })
})

test('an upload that fails in its middle is answered, and its connection goes on', async () => {
  // A full disk cannot be had here; this store fails as one does.
  const full: LocalArtifactStore = {
    ...store,
    async put(_path, source) {
      for await (const _chunk of source.iterator({ destroyOnReturn: false })) {
        throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The disk is full.')
      }
    },
  }
  const to = await serve(full)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const body = randomBytes(20_000_000)
  const put = await call('PUT', `${proxy}/f`, { body, agent, to })
  expect(outcome(put)).toEqual(failure(503, 'TEMPORARILY_UNAVAILABLE', /full/))
  expect((await call('GET', proxy, { agent, to })).status).toBe(200)
  agent.destroy()
  await to.close()
})

describe('a client that disconnects in the middle of an upload', () => {
  test.each([
    ['with a length', 'Content-Length: 3000000\r\n\r\n', randomBytes(2_000_000)],
    [
      'in chunks',
      'Transfer-Encoding: chunked\r\n\r\n',
      Buffer.concat([Buffer.from('1e8480\r\n'), randomBytes(2_000_000)]),
    ],
  ])('leaves nothing, %s', async (_how, headers, body) => {
    const socket = connect(portOf(app), '127.0.0.1')
    socket.write(`PUT ${proxy}/cut/f HTTP/1.1\r\nHost: localhost\r\n${headers}`)
    socket.write(body)
    await waitFor(async () => (await readdir(join(root, stagingName))).length > 0)
    socket.destroy()
    await waitFor(async () => (await readdir(join(root, stagingName))).length === 0)
    expect((await call('GET', `${proxy}/cut/f`)).status).toBe(404)
  })

  async function waitFor(condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 10_000
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error('It did not happen within ten seconds.')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
})

test('uploadProxiedArtifact keeps memory flat over 200 MiB, and the download gives them back', async () => {
  const chunk = randomBytes(64 * 1024)
  const chunks = 3200
  const sent = createHash('sha256')
  let peak = 0
  const start = process.memoryUsage()
  const measure = () => {
    const { rss, heapUsed, external } = process.memoryUsage()
    peak = Math.max(peak, Math.min(rss - start.rss, heapUsed + external - start.heapUsed - start.external))
  }
  const source = Readable.from(
    (function* () {
      for (let k = 0; k < chunks; k++) {
        chunk.writeUInt32LE(k)
        sent.update(chunk)
        if (k % 50 === 0) measure()
        yield Buffer.from(chunk)
      }
    })(),
  )
  const upload = httpRequest({ method: 'PUT', path: `${proxy}/big/f`, host: '127.0.0.1', port: portOf(app) })
  const answered = new Promise<IncomingMessage>((resolve, reject) => upload.on('response', resolve).on('error', reject))
  await pipeline(source, upload)
  const response = await answered
  response.resume()
  expect(response.statusCode).toBe(200)
  expect((await stat(join(root, 'big/f'))).size).toBe(chunks * chunk.length)

  const received = createHash('sha256')
  await new Promise<void>((resolve, reject) => {
    httpRequest({ path: `${proxy}/big/f`, host: '127.0.0.1', port: portOf(app) }, (download) => {
      download.on('data', (data: Buffer) => received.update(data) && measure())
      download.on('end', resolve).on('error', reject)
    }).end()
  })
  expect(received.digest('hex')).toBe(sent.digest('hex'))
  expect(peak).toBeLessThan(80 * 1024 * 1024)
})

const traversals = [
  '../x',
  '..%2fx',
  '%2e%2e/x',
  '%2e%2e%2fx',
  '%252e%252e%252fx',
  '%25252e%25252e/x',
  'a/..%5cx',
  '%2fetc/passwd',
  '/etc/passwd',
  '%5cetc',
  'C:%5cx',
  'C:/x',
  'file:///etc/passwd',
  'file%3A%2F%2F%2Fetc%2Fpasswd',
  'a%00b',
  'a%0ab',
  'a%23b',
  `a/${'x'.repeat(256)}`,
]

describe.each(traversals)('the path %s', (path) => {
  test.each([
    ['GET', `${proxy}/${path}`],
    ['PUT', `${proxy}/${path}`],
    ['DELETE', `${proxy}/${path}`],
    ['GET', `${proxy}?path=${path}`],
    ['GET', `/api/2.0/mlflow/artifacts/list?run_id=nope&path=${path}`],
    ['GET', `/get-artifact?run_id=nope&path=${path}`],
    ['POST', `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=nope&path=${path}`],
    ['GET', `/api/2.0/mlflow/logged-models/nope/artifacts/directories?artifact_directory_path=${path}`],
    ['GET', `/ajax-api/2.0/mlflow/logged-models/nope/artifacts/files?artifact_file_path=${path}`],
  ])('is refused by %s %s before anything is looked up', async (method, url) => {
    expect(outcome(await call(method, url))).toEqual(failure(400, 'INVALID_PARAMETER_VALUE', /^Invalid path /))
  })
})

test('a URL that is not UTF-8 is refused', async () => {
  const reply = await call('GET', `${proxy}/a%ffb`)
  expect(reply.status).toBe(400)
})

describe('listings', () => {
  beforeAll(async () => {
    for (const [path, body] of [
      ['l/b', 'bb'],
      ['l/a ü', 'a'],
      ['l/sub/x', 'x'],
    ]) {
      await call('PUT', `${proxy}/${encodeURI(`${runRoot}/${path}`)}`, { body: body ?? '' })
    }
    await call('PUT', `${proxy}/0/models/m-1/artifacts/data/model.pkl`, { body: 'pickle' })
  })

  test('listProxiedArtifacts gives names within the folder', async () => {
    const files = [
      { path: 'a ü', is_dir: false, file_size: 1 },
      { path: 'b', is_dir: false, file_size: 2 },
      { path: 'sub', is_dir: true },
    ]
    expect(json(await call('GET', `${proxy}?path=${runRoot}/l`))).toEqual({ files })
    expect(json(await call('GET', `${proxy}?path=${runRoot}%2Fl%2F`))).toEqual({ files })
    expect(json(await call('GET', `${proxy}?path=nothing/here`))).toEqual({})
    expect(json(await call('GET', `${proxy}?path=${runRoot}/l/b`))).toEqual({})
    const { files: top } = json(await call('GET', proxy)) as { files: { path: string }[] }
    expect(top.map(({ path }) => path)).not.toContain(stagingName)
  })

  test("listArtifacts gives paths from the run's root, and the root", async () => {
    const root_uri = `mlflow-artifacts:/${runRoot}`
    const list = '/api/2.0/mlflow/artifacts/list'
    expect(json(await call('GET', `${list}?run_id=run1&path=l`))).toEqual({
      root_uri,
      files: [
        { path: 'l/a ü', is_dir: false, file_size: 1 },
        { path: 'l/b', is_dir: false, file_size: 2 },
        { path: 'l/sub', is_dir: true },
      ],
    })
    expect(json(await call('GET', `${list}?run_uuid=run1&path=l/sub`))).toMatchObject({ files: [{ path: 'l/sub/x' }] })
    expect(json(await call('GET', `${list}?run_id=run1&path=nix`))).toEqual({ root_uri })
    expect(outcome(await call('GET', `${list}?run_id=nope&path=l`))).toEqual(
      failure(404, 'RESOURCE_DOES_NOT_EXIST', /^Run with id=nope/),
    )
    expect(outcome(await call('GET', `${list}?path=l`))).toEqual(failure(400, 'INVALID_PARAMETER_VALUE', /'run_id'/))
    expect(outcome(await call('GET', `${list}?run_id=evil`))).toEqual(
      failure(403, 'PERMISSION_DENIED', /file:\/\/\/etc/),
    )
  })

  test('listLoggedModelArtifacts and getLoggedModelArtifact read a logged model', async () => {
    const model = '/api/2.0/mlflow/logged-models/m-1/artifacts'
    expect(json(await call('GET', `${model}/directories?artifact_directory_path=data`))).toEqual({
      root_uri: 'mlflow-artifacts:/0/models/m-1/artifacts',
      files: [{ path: 'data/model.pkl', is_dir: false, file_size: 6 }],
    })
    const got = await call('GET', `${model}/files?artifact_file_path=data/model.pkl`)
    expect([got.text, got.headers['content-type']]).toEqual(['pickle', 'application/octet-stream'])
    expect(outcome(await call('GET', `${model}/files`))).toEqual(
      failure(400, 'INVALID_PARAMETER_VALUE', /'artifact_file_path'/),
    )
  })
})

test('uploadArtifact and getArtifact reach the artifacts of a run', async () => {
  const upload = '/ajax-api/2.0/mlflow/upload-artifact'
  const put = await call('POST', `${upload}?run_uuid=run2&path=up/x.txt`, { body: 'up' })
  expect([put.status, put.text]).toEqual([200, ''])
  expect((await call('GET', '/get-artifact?run_id=run2&path=up/x.txt')).text).toBe('up')
  expect((await call('GET', '/get-artifact?run_uuid=run2&path=up%2Fx.txt')).text).toBe('up')
  expect((await call('GET', `${proxy}/0/run2/artifacts/up/x.txt`)).text).toBe('up')
  const invalid = 'INVALID_PARAMETER_VALUE'
  expect(outcome(await call('POST', `${upload}?run_uuid=run2`, { body: 'up' }))).toEqual(
    failure(400, invalid, /'path'/),
  )
  expect(outcome(await call('POST', `${upload}?path=x`, { body: 'up' }))).toEqual(failure(400, invalid, /'run_id'/))
  expect(outcome(await call('POST', `${upload}?run_id=nope&path=x`, { body: 'up' }))).toEqual(
    failure(404, 'RESOURCE_DOES_NOT_EXIST', /nope/),
  )
  expect(outcome(await call('GET', '/get-artifact?run_id=evil&path=passwd'))).toEqual(
    failure(403, 'PERMISSION_DENIED', /does not serve/),
  )
})

test('getModelVersionArtifact sends a file of a version as an attachment', async () => {
  const at = '/model-versions/get-artifact'
  await call('PUT', `${proxy}/${runRoot}/model/data/model.pkl`, { body: 'pickle' })
  const got = await call('GET', `${at}?name=served&version=1&path=data/model.pkl`)
  expect([got.status, got.text]).toEqual([200, 'pickle'])
  expect(got.headers['content-disposition']).toMatch(/^attachment; filename="?model\.pkl/)
  const invalid = 'INVALID_PARAMETER_VALUE'
  for (const [query, wanted] of [
    ['name=served&version=1', failure(400, invalid, /'path'/)],
    ['name=served&path=f', failure(400, invalid, /'version'/)],
    ['version=1&path=f', failure(400, invalid, /'name'/)],
    ['name=served&version=latest&path=f', failure(400, invalid, /must be an integer, got 'latest'/)],
    ['name=served&version=1&path=..%2Fsecret', failure(400, invalid, /^Invalid path/)],
    ['name=served&version=1&path=%252e%252e/secret', failure(400, invalid, /^Invalid path/)],
    [
      'name=served&version=2&path=f',
      failure(404, 'RESOURCE_DOES_NOT_EXIST', /^Model Version \(name=served, version=2\)/),
    ],
    ['name=served&version=1&path=none', failure(404, 'RESOURCE_DOES_NOT_EXIST', /none/)],
    ['name=cloud&version=1&path=f', failure(403, 'PERMISSION_DENIED', /s3:/)],
    ['name=evil&version=1&path=passwd', failure(403, 'PERMISSION_DENIED', /does not serve/)],
  ] as const) {
    expect(outcome(await call('GET', `${at}?${query}`)), query).toEqual(wanted)
  }
})

test('deleteProxiedArtifact removes files and folders, and is content without them', async () => {
  await call('PUT', `${proxy}/del/a/f`, { body: 'x' })
  for (const path of ['del/a/f', 'del/', 'del', 'del/never']) {
    const reply = await call('DELETE', `${proxy}/${path}`)
    expect([reply.status, reply.text]).toEqual([200, '{}'])
    expect((await call('GET', `${proxy}/${path}`)).status).toBeGreaterThanOrEqual(400)
  }
  expect((await call('DELETE', `${proxy}/`)).status).toBe(400)
})

describe('multipart uploads', () => {
  const mpu = '/api/2.0/mlflow-artifacts/mpu'
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
    await call('POST', path, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  interface Created {
    upload_id: string
    credentials: { url: string; part_number: number; headers?: Record<string, string> }[]
  }

  test('go as MLflow’s client does them', async () => {
    const path = '/home/me/räw data.bin'
    const created = json(
      await post(`${mpu}/create/${runRoot}/big`, { path, num_parts: 2 }, { authorization: 'Basic eA==' }),
    ) as Created
    expect(created.credentials.map(({ part_number }) => part_number)).toEqual([1, 2])
    expect(created.credentials[0]?.headers).toEqual({ Authorization: 'Basic eA==' })
    const contents = [randomBytes(1_500_000), Buffer.from('end')]
    const parts = await Promise.all(
      created.credentials.map(async ({ url, part_number }, index) => {
        const reply = await fetch(url, { method: 'PUT', body: contents[index] ?? null })
        expect(reply.status).toBe(200)
        return { part_number, etag: reply.headers.get('etag'), url }
      }),
    )
    const body = { path, upload_id: created.upload_id, parts }
    const completed = await post(`${mpu}/complete/${runRoot}/big`, body)
    expect([completed.status, completed.text]).toEqual([200, '{}'])
    const got = await call('GET', `${proxy}/${runRoot}/big/${encodeURIComponent('räw data.bin')}`)
    expect(got.bytes.equals(Buffer.concat(contents))).toBe(true)
    expect(outcome(await post(`${mpu}/complete/${runRoot}/big`, body))).toEqual(
      failure(400, 'INVALID_PARAMETER_VALUE', /No upload with id/),
    )
  })

  test('leave nothing when aborted', async () => {
    const { upload_id, credentials } = json(
      await post(`${mpu}/create/ab`, { path: 'C:\\x\\f.bin', num_parts: 1 }),
    ) as Created
    const url = new URL(credentials[0]?.url ?? '')
    expect(url.pathname).toBe(`${mpu}/part/ab/f.bin`)
    await call('PUT', url.pathname + url.search, { body: 'x' })
    expect((await post(`${mpu}/abort/ab`, { path: 'f.bin', upload_id })).text).toBe('{}')
    expect(outcome(await call('PUT', url.pathname + url.search, { body: 'x' }))).toEqual(
      failure(400, 'INVALID_PARAMETER_VALUE', /No upload/),
    )
    expect(await readdir(join(root, stagingName))).toEqual([])
  })

  test('get URLs by which a reverse proxy is reached', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ml.example', 'x-forwarded-prefix': '/mlflow/' }
    const created = json(await post(`${mpu}/create/a%20b`, { path: 'f', num_parts: 1 }, headers)) as Created
    expect(created.credentials[0]?.url).toBe(
      `https://ml.example/mlflow${mpu}/part/a%20b/f?upload_id=${created.upload_id}&part_number=1`,
    )
    await post(`${mpu}/abort/a%20b`, { path: 'f', upload_id: created.upload_id })
  })

  test('refuse bad requests', async () => {
    const invalid = 'INVALID_PARAMETER_VALUE'
    expect(outcome(await post(`${mpu}/create/ab`, { path: 'f' }))).toEqual(failure(400, invalid, /'num_parts'/))
    expect(outcome(await post(`${mpu}/create/ab`, { path: 'f', num_parts: 0 }))).toEqual(
      failure(400, invalid, /num_parts/),
    )
    expect(outcome(await post(`${mpu}/create/ab`, { path: 'f', num_parts: 'x' }))).toEqual(
      failure(400, invalid, /num_parts/),
    )
    expect(outcome(await post(`${mpu}/create/ab`, []))).toEqual(failure(400, invalid, /JSON object/))
    expect(outcome(await post(`${mpu}/create/%2e%2e/ab`, { path: 'f', num_parts: 1 }))).toEqual(
      failure(400, invalid, /^Invalid path/),
    )
    expect(outcome(await post(`${mpu}/create/ab`, { path: 'a/..', num_parts: 1 }))).toEqual(
      failure(400, invalid, /^Invalid path/),
    )
    expect(outcome(await call('POST', `${mpu}/create/ab`, { body: '{"path"' }))).toEqual(
      failure(400, invalid, /not valid JSON/),
    )
    expect(outcome(await call('PUT', `${mpu}/part/ab/f?upload_id=x`))).toEqual(failure(400, invalid, /'part_number'/))
  })
})

test('every proxy endpoint answers 503 and says why under --no-serve-artifacts', async () => {
  const to = withoutArtifacts
  const mpu = '/api/2.0/mlflow-artifacts/mpu'
  for (const [method, path] of [
    ['GET', proxy],
    ['GET', `${proxy}/f`],
    ['PUT', `${proxy}/f`],
    ['DELETE', `${proxy}/f`],
    ['POST', `${mpu}/create/f`],
    ['PUT', `${mpu}/part/f`],
    ['POST', `${mpu}/complete/f`],
    ['POST', `${mpu}/abort/f`],
    ['GET', '/get-artifact?run_id=run1&path=f'],
  ] as const) {
    expect(outcome(await call(method, path, { to }))).toEqual(
      failure(503, 'TEMPORARILY_UNAVAILABLE', /--serve-artifacts/),
    )
  }
})
