import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { ArtifactStore } from './artifact-store.ts'
import { openAzureArtifactStore } from './azure-artifact-store.ts'
import { connectionString, startAzurite } from './test-azurite.ts'
import type { Azurite } from './test-azurite.ts'

let folder: string
let azurite: Azurite
let store: ArtifactStore

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'azure-store-'))
  azurite = await startAzurite(folder)
  store = await openAzureArtifactStore(`${azurite.uri}/some/prefix`, azurite.env)
}, 60_000)

afterAll(async () => {
  await store?.close()
  await azurite?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** In pieces as the network gives them. */
function bytes(content: Uint8Array | string): Readable {
  const all = Buffer.from(content)
  const pieces = Math.ceil(all.length / 65_536)
  return Readable.from(Array.from({ length: pieces }, (_, k) => all.subarray(k * 65_536, (k + 1) * 65_536)))
}

async function bodyOf(path: string, range?: { start: number; end: number }, from = store): Promise<Buffer> {
  const body = await (await from.open(path)).body(range)
  return body instanceof Readable ? await buffer(body) : Buffer.from(body)
}

const code = (name: string, message = /./) =>
  expect.objectContaining({ code: name, message: expect.stringMatching(message) })

const container = () => azurite.service.getContainerClient('artifacts')

describe('put', () => {
  test.each([0, 1, 300_000, 8 * 1024 * 1024, 20_000_000])('stores %i bytes as they are', async (size) => {
    const given = randomBytes(size)
    await store.put('sizes/a b/ü%20.bin', bytes(given), { size })
    expect((await bodyOf('sizes/a b/ü%20.bin')).equals(given)).toBe(true)
    await store.put('sizes/unknown', bytes(given))
    expect((await bodyOf('sizes/unknown')).equals(given)).toBe(true)
  })

  test.each([-1, 1])('stores nothing of a large file whose size is wrong by %i', async (difference) => {
    const given = randomBytes(17_000_000)
    await expect(store.put('wrong', bytes(given), { size: given.length + difference })).rejects.toEqual(
      code('BAD_REQUEST', /announced/),
    )
    await expect(store.open('wrong')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'))
    expect(await store.list('')).not.toContainEqual(expect.objectContaining({ name: 'wrong' }))
  })

  test('keeps the old file when an upload breaks off in the middle', async () => {
    await store.put('kept', bytes('old'))
    async function* broken() {
      yield randomBytes(17_000_000)
      throw new Error('cut')
    }
    await expect(store.put('kept', Readable.from(broken()))).rejects.toEqual(code('BAD_REQUEST', /broke off/))
    expect((await bodyOf('kept')).toString()).toBe('old')
  })

  test('lets one of some concurrent large puts to a path win, whole', async () => {
    const contents = ['a', 'b', 'c'].map((letter) => Buffer.alloc(17_000_000, letter))
    await Promise.all(contents.map(async (content) => await store.put('contested', bytes(content))))
    const got = await bodyOf('contested')
    expect(contents.some((content) => content.equals(got))).toBe(true)
  })

  test('gives a file the media type of its name', async () => {
    await store.put('typed.json', bytes('{}'))
    const { contentType } = await container().getBlobClient('some/prefix/typed.json').getProperties()
    expect(contentType).toBe('text/plain')
  })
})

describe('open', () => {
  test('gives ranges, and nothing of a file that was replaced meanwhile', async () => {
    const given = randomBytes(1_000_000)
    await store.put('ranged', bytes(given))
    expect(await bodyOf('ranged', { start: 10, end: 19 })).toEqual(given.subarray(10, 20))
    expect((await bodyOf('ranged', { start: 1000, end: 900_000 })).equals(given.subarray(1000, 900_001))).toBe(true)
    const opened = await store.open('ranged')
    await store.put('ranged', bytes('new'))
    await expect(opened.body({ start: 0, end: 1 })).rejects.toEqual(code('RESOURCE_CONFLICT', /replaced/))
    expect((await store.open('ranged')).etag).not.toBe(opened.etag)
  })

  test('tells a folder from what is not there, and a missing container', async () => {
    await store.put('folder/f', bytes('1'))
    await expect(store.open('folder')).rejects.toEqual(code('INVALID_PARAMETER_VALUE', /directory/))
    await expect(store.open('fold')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST', /'fold'/))
    const elsewhere = await openAzureArtifactStore(azurite.uri.replace('artifacts@', 'nowhere@'), azurite.env)
    const missing = code('RESOURCE_DOES_NOT_EXIST', /container 'nowhere'/)
    await expect(elsewhere.open('f')).rejects.toEqual(missing)
    await expect(elsewhere.put('f', bytes('1'))).rejects.toEqual(missing)
    await expect(elsewhere.list('')).rejects.toEqual(missing)
    await expect(elsewhere.check?.(AbortSignal.timeout(5000))).rejects.toEqual(missing)
    await expect(store.check?.(AbortSignal.timeout(5000))).resolves.toBeUndefined()
  })

  test('says that the store refuses the key', async () => {
    const env = { AZURE_STORAGE_CONNECTION_STRING: connectionString(azurite.port, 'AAAA') }
    const stranger = await openAzureArtifactStore(azurite.uri, env)
    await expect(stranger.open('f')).rejects.toEqual(code('PERMISSION_DENIED', /credentials/))
    await expect(stranger.list('')).rejects.toEqual(code('PERMISSION_DENIED', /credentials/))
  })
})

describe('list and delete', () => {
  test('list sorts files and folders, also blobs that stand for folders', async () => {
    for (const path of ['l/b', 'l/a/x/y', 'l/c.txt', 'l/a/z']) await store.put(path, bytes('12'))
    const metadata = { hdi_isfolder: 'true' }
    await container().getBlockBlobClient('some/prefix/l/empty').upload('', 0, { metadata })
    expect(await store.list('l')).toEqual([
      { name: 'a', isFolder: true },
      { name: 'b', isFolder: false, size: 2 },
      { name: 'c.txt', isFolder: false, size: 2 },
      { name: 'empty', isFolder: true },
    ])
    expect(await store.list('none')).toEqual([])
    expect(await store.list('l/b')).toEqual([])
    await expect(store.open('l/empty')).rejects.toEqual(code('INVALID_PARAMETER_VALUE', /directory/))
  })

  test('delete takes a file, or a folder with all in it, and no more', async () => {
    for (const path of ['d/a/1', 'd/a/b/2', 'd/ab', 'd/c']) await store.put(path, bytes('1'))
    await store.delete('d/a')
    expect(await store.list('d')).toEqual([
      { name: 'ab', isFolder: false, size: 1 },
      { name: 'c', isFolder: false, size: 1 },
    ])
    await store.delete('d/c')
    await store.delete('d/c')
    expect((await store.list('d')).map(({ name }) => name)).toEqual(['ab'])
    await expect(store.delete('')).rejects.toEqual(code('INVALID_PARAMETER_VALUE'))
  })
})

describe('presigning', () => {
  test('signs downloads and uploads that go straight to the store', async () => {
    const upload = await store.presigning?.upload('direct/ü 1.bin', 60)
    const put = await fetch(upload?.url ?? '', { method: 'PUT', headers: upload?.headers ?? {}, body: 'hello' })
    expect(put.status).toBe(201)
    const download = await store.presigning?.download('direct/ü 1.bin', 60)
    expect(download?.size).toBe(5)
    const got = await fetch(download?.url ?? '', { headers: { range: 'bytes=1-3' } })
    expect([got.status, await got.text()]).toEqual([206, 'ell'])
    expect(got.headers.get('content-disposition')).toMatch(/^attachment/)
    const misused = await fetch(download?.url ?? '', { method: 'PUT', headers: upload?.headers ?? {}, body: 'bad' })
    expect(misused.status).toBe(403)
    await expect(store.presigning?.download('none', 60)).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'))
  })

  test('signs parts, which may be mixed with parts through the server', async () => {
    const id = await store.createMultipart('parts', 12)
    const requests = (await store.presigning?.parts('parts', id, 12, 60)) ?? []
    const given = requests.map(() => randomBytes(1000))
    const parts = await Promise.all(
      requests.map(async ({ url, headers }, k) => {
        const body = given[k] ?? Buffer.alloc(0)
        if (k % 2 === 0) {
          expect((await fetch(url, { method: 'PUT', headers, body: new Uint8Array(body) })).status).toBe(201)
          return { partNumber: k + 1, etag: '' }
        }
        return { partNumber: k + 1, etag: await store.uploadPart('parts', id, k + 1, bytes(body)) }
      }),
    )
    await expect(store.open('parts')).rejects.toEqual(code('RESOURCE_DOES_NOT_EXIST'))
    await store.completeMultipart('parts', id, parts)
    expect((await bodyOf('parts')).equals(Buffer.concat(given))).toBe(true)
    expect(await store.list('.trackway-uploads').catch((error: unknown) => error)).toEqual(
      code('INVALID_PARAMETER_VALUE'),
    )
    await expect(store.completeMultipart('parts', id, parts)).rejects.toEqual(code('INVALID_PARAMETER_VALUE'))
  })
})

test('multipart joins parts of many blocks, and refuses one that did not come or was called off', async () => {
  const large = randomBytes(17_000_000)
  const id = await store.createMultipart('m', 2)
  const first = await store.uploadPart('m', id, 1, bytes(large), { size: large.length })
  const ends = [
    { partNumber: 1, etag: first },
    { partNumber: 2, etag: '' },
  ]
  await expect(store.completeMultipart('m', id, ends)).rejects.toEqual(code('INVALID_PARAMETER_VALUE', /not uploaded/))
  await expect(store.completeMultipart('m', id, ends.slice(1))).rejects.toEqual(
    code('INVALID_PARAMETER_VALUE', /1 to 2/),
  )
  const second = await store.uploadPart('m', id, 2, bytes('end'))
  await store.completeMultipart('m', id, [
    { partNumber: 1, etag: first },
    { partNumber: 2, etag: second },
  ])
  expect((await bodyOf('m')).equals(Buffer.concat([large, Buffer.from('end')]))).toBe(true)

  const other = await store.createMultipart('m', 1)
  await store.abortMultipart('m', other)
  await store.abortMultipart('m', other)
  await expect(store.uploadPart('m', other, 1, bytes('1'))).rejects.toEqual(
    code('INVALID_PARAMETER_VALUE', /No upload/),
  )
})

describe('faults of the store', () => {
  /** Passes bytes on, but cuts the first `cuts` connections after `cutAfter` bytes of replies. */
  async function cuttingProxy(cuts: number, cutAfter: number): Promise<{ server: Server; made: () => number }> {
    let made = 0
    const server = createServer((client) => {
      const upstream = connect(azurite.port, '127.0.0.1')
      let passed = 0
      client.pipe(upstream)
      upstream.on('data', (chunk) => {
        passed += chunk.length
        if (passed > cutAfter && made < cuts) {
          made++
          client.destroy()
          upstream.destroy()
        } else client.write(chunk)
      })
      for (const socket of [client, upstream]) {
        socket.on('error', () => {})
        socket.on('close', () => (client.destroy(), upstream.destroy()))
      }
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { server, made: () => made }
  }

  async function through(server: Server): Promise<ArtifactStore> {
    const { port } = server.address() as AddressInfo
    const env = { AZURE_STORAGE_CONNECTION_STRING: connectionString(port) }
    return await openAzureArtifactStore(`${azurite.uri}/some/prefix`, env)
  }

  test.each([
    [2, true],
    [1000, false],
  ])('a download that is cut %i times passes as whole: %s', async (cuts, isWhole) => {
    const given = randomBytes(3_000_000)
    await store.put('cut', bytes(given))
    const { server, made } = await cuttingProxy(cuts, isWhole ? 1_000_000 : 1000)
    const reading = bodyOf('cut', undefined, await through(server))
    if (isWhole) expect((await reading).equals(given)).toBe(true)
    else await expect(reading).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE'))
    expect(made()).toBeGreaterThanOrEqual(2)
    server.close()
  })

  test('a store that answers 503, and one that is away, are told as such', async () => {
    let asked = 0
    const { createServer: createHttpServer } = await import('node:http')
    const busy = createHttpServer((request, reply) => {
      asked++
      request.resume()
      reply.writeHead(503, { 'x-ms-error-code': 'ServerBusy' }).end()
    }).listen(0, '127.0.0.1')
    await once(busy, 'listening')
    const away = await through(busy)
    await expect(away.put('f', bytes('1'))).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE', /ServerBusy/))
    expect(asked).toBe(4)
    busy.close()
    busy.closeAllConnections()
    await once(busy, 'close')
    await expect(away.open('f')).rejects.toEqual(code('TEMPORARILY_UNAVAILABLE', /ECONNREFUSED/))
  }, 20_000)
})
