import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { ArtifactStore, ByteRange } from './artifact-store.ts'
import { testArtifactStores } from './test-artifact-stores.ts'
import type { TestStore } from './test-artifact-stores.ts'

const MiB = 1024 * 1024

const code = (name: string, message = /./) =>
  expect.objectContaining({ code: name, message: expect.stringMatching(message) })

function bytes(...chunks: (string | Uint8Array)[]): Readable {
  return Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
}

async function content(store: ArtifactStore, path: string, range?: ByteRange): Promise<Buffer> {
  const body = await (await store.open(path)).body(range)
  return body instanceof Readable ? await buffer(body) : Buffer.from(body)
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

describe.each(testArtifactStores)('artifact store: $name', (kind) => {
  let running: TestStore
  let store: ArtifactStore
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'artifact-stores-'))
    running = await kind.start(folder)
    store = running.store
  }, 600_000)

  afterAll(async () => {
    await store.close()
    await running.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('check() finds the store', async () => {
    await expect(Promise.resolve(store.check?.(AbortSignal.timeout(5000)))).resolves.toBeUndefined()
  })

  test.each([0, 1, 100_000, 8 * MiB, 8 * MiB + 1, 33 * MiB])('put() stores %i bytes as they are', async (size) => {
    const given = randomBytes(size)
    for (const [path, options] of [
      ['sizes/known.bin', { size }],
      ['sizes/unknown.bin', {}],
    ] as const) {
      const chunks = Array.from({ length: Math.ceil(size / 65_536) }, (_, k) =>
        given.subarray(k * 65_536, (k + 1) * 65_536),
      )
      await store.put(path, bytes(...chunks), options)
      const opened = await store.open(path)
      expect([opened.size, opened.etag === '']).toEqual([size, false])
      expect(Math.abs(opened.modifiedTimeMs - Date.now())).toBeLessThan(120_000)
      await opened.close()
      expect(sha256(await content(store, path))).toBe(sha256(given))
    }
  })

  test.each([
    'a b/ü 😀.txt',
    'loss%step%100.png',
    'quote\'"&<>+=;,@$!*().txt',
    'ünï/日本語/файл',
    '.hidden',
    'a..b/c...',
  ])('keeps a file named %s', async (path) => {
    await store.put(path, bytes(path))
    expect((await content(store, path)).toString()).toBe(path)
    const at = path.lastIndexOf('/')
    const entry = { name: path.slice(at + 1), isFolder: false, size: Buffer.byteLength(path) }
    expect(await store.list(path.slice(0, Math.max(0, at)))).toContainEqual(entry)
    await store.delete(path)
    await expect(store.open(path)).rejects.toThrowError(code('RESOURCE_DOES_NOT_EXIST'))
  })

  test('put() replaces a file, whose etag changes', async () => {
    await store.put('replaced', bytes('one'))
    const before = await store.open('replaced')
    await before.close()
    await store.put('replaced', bytes('two, longer'))
    const after = await store.open('replaced')
    expect([after.size, after.etag === before.etag]).toEqual([11, false])
    await after.close()
  })

  test.each([10, 20 * MiB])('put() leaves nothing of %i bytes whose source breaks off', async (size) => {
    await store.put('broken/kept', bytes('old'))
    for (const path of ['broken/new', 'broken/kept']) {
      const source = Readable.from(
        (async function* () {
          for (let sent = 0; sent < size; sent += MiB) yield randomBytes(Math.min(MiB, size))
          throw new Error('gone')
        })(),
      )
      await expect(store.put(path, source, {})).rejects.toThrowError(code('BAD_REQUEST', /broke off/))
    }
    expect(await store.list('broken')).toEqual([{ name: 'kept', isFolder: false, size: 3 }])
  })

  test.each([4, 6, 20 * MiB])('put() refuses 5 bytes that were announced as %i', async (size) => {
    await expect(store.put('mismatch/f', bytes('12', '345'), { size })).rejects.toThrowError(
      code('BAD_REQUEST', /announced/),
    )
    expect(await store.list('mismatch')).toEqual([])
  })

  test('put() stops when its signal aborts', async () => {
    const abort = new AbortController()
    const source = Readable.from(
      (async function* () {
        for (let chunk = 0; ; chunk++) {
          yield randomBytes(MiB)
          if (chunk === 20) abort.abort()
        }
      })(),
    )
    await expect(store.put('aborted/f', source, { signal: abort.signal })).rejects.toThrowError(
      expect.objectContaining({ code: expect.any(String) as string }),
    )
    expect(await store.list('aborted')).toEqual([])
  })

  test('put() and open() hold little of a large file in memory', async () => {
    const block = randomBytes(MiB)
    const before = process.memoryUsage().rss
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss)
    }, 5)
    const source = Readable.from(
      (function* () {
        for (let k = 0; k < 400; k++) yield block
      })(),
    )
    await store.put('large', source, { size: 400 * MiB })
    const body = await (await store.open('large')).body()
    let received = 0
    for await (const chunk of body as Readable) received += (chunk as Uint8Array).byteLength
    clearInterval(watch)
    expect(received).toBe(400 * MiB)
    expect((most - before) / MiB).toBeLessThan(250)
    await store.delete('large')
  }, 120_000)

  test('body() gives ranges, and an error instead of a mix where the file was replaced', async () => {
    await store.put('ranges', bytes('0123456789'))
    expect((await content(store, 'ranges', { start: 0, end: 0 })).toString()).toBe('0')
    expect((await content(store, 'ranges', { start: 3, end: 6 })).toString()).toBe('3456')
    expect((await content(store, 'ranges', { start: 9, end: 9 })).toString()).toBe('9')
    const opened = await store.open('ranges')
    await store.put('ranges', bytes('abcdefghij'))
    const outcome = await opened.body({ start: 3, end: 6 }).then(
      async (body) => (body instanceof Readable ? await buffer(body) : Buffer.from(body)).toString(),
      (error: { code: string }) => error.code,
    )
    expect(['3456', 'RESOURCE_CONFLICT']).toContain(outcome)
  })

  test('open() of what will be read whole gives the file, or less where less is asked for after all', async () => {
    const given = randomBytes(MiB)
    for (const [path, data] of [
      ['whole/file', given],
      ['whole/empty', Buffer.alloc(0)],
    ] as const) {
      await store.put(path, bytes(data))
      const opened = await store.open(path, { isWhole: true })
      expect([opened.size, opened.etag === '']).toEqual([data.length, false])
      const body = await opened.body()
      expect(sha256(body instanceof Readable ? await buffer(body) : body)).toBe(sha256(data))
      await (await store.open(path, { isWhole: true })).close()
    }
    const body = await (await store.open('whole/file', { isWhole: true })).body({ start: 5, end: 8 })
    const part = body instanceof Readable ? await buffer(body) : Buffer.from(body)
    expect(part.equals(given.subarray(5, 9))).toBe(true)
    await expect(store.open('whole', { isWhole: true })).rejects.toThrowError(code('INVALID_PARAMETER_VALUE', /direct/))
    await expect(store.open('whole/none', { isWhole: true })).rejects.toThrowError(code('RESOURCE_DOES_NOT_EXIST'))
  })

  test('open() tells what is missing from what is a folder', async () => {
    await store.put('folder/in/file', bytes('x'))
    await expect(store.open('nothing/here')).rejects.toThrowError(code('RESOURCE_DOES_NOT_EXIST', /nothing\/here/))
    await expect(store.open('folder/in')).rejects.toThrowError(code('INVALID_PARAMETER_VALUE', /directory/))
  })

  test('put() below a file or over a folder stores what only flat stores can, or refuses it as a bad path', async () => {
    await store.put('ways/file', bytes('file'))
    await store.put('ways/folder/in', bytes('in'))
    for (const path of ['ways/file/below', 'ways/folder']) {
      const outcome = await store.put(path, bytes('x')).then(
        () => 'stored',
        (error: { code: string }) => error.code,
      )
      expect(['stored', 'INVALID_PARAMETER_VALUE']).toContain(outcome)
    }
    expect(String(await content(store, 'ways/file'))).toBe('file')
    expect(String(await content(store, 'ways/folder/in'))).toBe('in')
  })

  test('list() gives entries of one folder by name, none where there is no such folder', async () => {
    for (const path of ['listed/b', 'listed/a/1', 'listed/a/2/3', 'listed/a-', 'listed/é', 'listedtoo/x']) {
      await store.put(path, bytes(path))
    }
    expect(await store.list('listed')).toEqual([
      { name: 'a', isFolder: true },
      { name: 'a-', isFolder: false, size: 9 },
      { name: 'b', isFolder: false, size: 8 },
      { name: 'é', isFolder: false, size: 9 },
    ])
    expect(await store.list('listed/a')).toEqual([
      { name: '1', isFolder: false, size: 10 },
      { name: '2', isFolder: true },
    ])
    expect(await store.list('list')).toEqual([])
    expect((await store.list('')).map(({ name }) => name)).toContain('listedtoo')
  })

  test('list() and delete() take more entries than a page of a store holds', async () => {
    const names = Array.from({ length: 1203 }, (_, k) => String(k).padStart(4, '0'))
    for (let k = 0; k < names.length; k += 50) {
      await Promise.all(names.slice(k, k + 50).map(async (name) => await store.put(`many/${name}`, bytes(name))))
    }
    expect((await store.list('many')).map(({ name }) => name)).toEqual(names)
    await store.delete('many')
    expect(await store.list('many')).toEqual([])
  }, 120_000)

  test('delete() takes a file or a folder, and nothing beside it', async () => {
    for (const path of ['gone/a', 'gone/b/c', 'gone/b/d', 'gone/bc', 'goner']) await store.put(path, bytes('x'))
    await store.delete('gone/a')
    await store.delete('gone/b')
    await store.delete('gone/nothing')
    expect(await store.list('gone')).toEqual([{ name: 'bc', isFolder: false, size: 1 }])
    await store.delete('gone')
    expect((await content(store, 'goner')).toString()).toBe('x')
    await expect(store.delete('')).rejects.toThrowError(code('INVALID_PARAMETER_VALUE'))
  })

  test('joins an upload of parts that passed through the server', async () => {
    const parts = [randomBytes(6 * MiB), randomBytes(5 * MiB), randomBytes(1000)]
    const id = await store.createMultipart('multi/through', parts.length)
    const uploaded = await Promise.all(
      parts.map(async (part, index) => ({
        partNumber: index + 1,
        etag: await store.uploadPart('multi/through', id, index + 1, bytes(part), { size: part.length }),
      })),
    )
    expect(await store.list('multi')).toEqual([])
    await store.completeMultipart('multi/through', id, uploaded)
    expect(sha256(await content(store, 'multi/through'))).toBe(sha256(Buffer.concat(parts)))
    await store.abortMultipart('multi/through', id)
  })

  test('uploadPart() refuses a part that breaks off or has another size, and an aborted upload', async () => {
    const id = await store.createMultipart('multi/broken', 1)
    await expect(store.uploadPart('multi/broken', id, 1, bytes('abc'), { size: 4 })).rejects.toThrowError(
      code('BAD_REQUEST', /announced/),
    )
    await expect(store.createMultipart('multi/none', 0)).rejects.toThrowError(code('INVALID_PARAMETER_VALUE'))
    await store.abortMultipart('multi/broken', id)
    await store.abortMultipart('multi/broken', id)
    await expect(
      store.completeMultipart('multi/broken', id, [{ partNumber: 1, etag: '0'.repeat(32) }]),
    ).rejects.toThrowError(code('INVALID_PARAMETER_VALUE'))
    await expect(store.open('multi/broken')).rejects.toThrowError(code('RESOURCE_DOES_NOT_EXIST'))
  })

  test('presigned requests move bytes without the server', async () => {
    const { presigning } = store
    expect(presigning !== undefined).toBe(running.signs)
    if (!presigning) return
    const path = 'signed/ü b.txt'
    const put = await presigning.upload(path, 60)
    const sent = await fetch(put.url, { method: 'PUT', headers: put.headers, body: 'straight' })
    expect(sent.status, await sent.text()).toBeLessThan(300)
    const get = await presigning.download(path, 60)
    expect(get.size).toBe(8)
    const got = await fetch(get.url, { headers: { ...get.headers, range: 'bytes=2-4' } })
    expect([got.status, await got.text()]).toEqual([206, 'rai'])
    const tampered = await fetch(get.url.replace('signed/', 'multi/'))
    expect(tampered.status).toBeGreaterThanOrEqual(400)
    await expect(presigning.download('signed/nothing', 60)).rejects.toThrowError(code('RESOURCE_DOES_NOT_EXIST'))
  })

  test('presigned parts join to a file', async () => {
    const { presigning } = store
    expect(presigning !== undefined).toBe(running.signs)
    if (!presigning) return
    const parts = [randomBytes(5 * MiB), randomBytes(100)]
    const id = await store.createMultipart('signed/parts', parts.length)
    const requests = await presigning.parts('signed/parts', id, parts.length, 60)
    const uploaded = await Promise.all(
      requests.map(async ({ url, headers }, index) => {
        const reply = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(parts[index] ?? []) })
        expect(reply.status, await reply.text()).toBeLessThan(300)
        return { partNumber: index + 1, etag: (reply.headers.get('etag') ?? '').replaceAll('"', '') }
      }),
    )
    await store.completeMultipart('signed/parts', id, uploaded)
    expect(sha256(await content(store, 'signed/parts'))).toBe(sha256(Buffer.concat(parts)))
  })
})
