import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLocalArtifactStore } from './local-artifact-store.ts'
import type { LocalArtifactStore } from './local-artifact-store.ts'
import { stagingName } from './staging.ts'

let home: string
let root: string
let store: LocalArtifactStore

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'artifact-store-'))
  root = join(home, 'root')
  store = await openLocalArtifactStore(root)
})

afterEach(async () => {
  await store.close()
  await rm(home, { recursive: true })
})

function bytes(...chunks: (string | Uint8Array)[]): Readable {
  return Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
}

async function content(path: string, from: LocalArtifactStore = store): Promise<string> {
  return (await bodyOf(from, path)).toString()
}

async function bodyOf(from: LocalArtifactStore, path: string, range?: { start: number; end: number }): Promise<Buffer> {
  const body = await (await from.open(path)).body(range)
  return body instanceof Readable ? await buffer(body) : Buffer.from(body)
}

const code = (name: string, message = /./) =>
  expect.objectContaining({ code: name, message: expect.stringMatching(message) })

async function staged(): Promise<string[]> {
  return await readdir(join(root, stagingName))
}

describe('put', () => {
  test.each([0, 1, 1024, 1_100_000, 40_000_000])('stores %i bytes as they are', async (size) => {
    const given = randomBytes(size)
    const chunks = Array.from({ length: Math.ceil(size / 65_536) }, (_, k) =>
      given.subarray(k * 65_536, (k + 1) * 65_536),
    )
    await store.put('1/a b/ü.bin', bytes(...chunks), { size })
    expect((await bodyOf(store, '1/a b/ü.bin')).equals(given)).toBe(true)
    expect((await readFile(join(root, '1/a b/ü.bin'))).equals(given)).toBe(true)
    expect(await staged()).toEqual([])
  })

  test('stores thousands of tiny chunks in order', async () => {
    const chunks = Array.from({ length: 5000 }, (_, k) => `${k},`)
    await store.put('tiny', bytes(...chunks))
    expect(await content('tiny')).toBe(chunks.join(''))
  })

  test('replaces a file whole while others read it', async () => {
    await store.put('f', bytes('a'.repeat(300_000)))
    const before = await store.open('f')
    await store.put('f', bytes('b'))
    const body = await before.body()
    expect(body instanceof Readable ? (await buffer(body)).length : 0).toBe(300_000)
    expect(await content('f')).toBe('b')
    const after = await store.open('f')
    await after.close()
    expect(after.etag).not.toBe(before.etag)
  })

  test('lets one of many concurrent puts to a path win, whole', async () => {
    const contents = Array.from({ length: 20 }, (_, k) => String.fromCharCode(97 + k).repeat(200_000))
    await Promise.all(contents.map(async (text) => await store.put('new/folder/f', bytes(text))))
    expect(contents).toContain(await content('new/folder/f'))
    expect(await staged()).toEqual([])
  })

  test('leaves nothing when the source breaks off, at any size, and keeps the file that was there', async () => {
    await store.put('f', bytes('old'))
    for (const size of [10, 5_000_000]) {
      const source = Readable.from(
        (async function* () {
          yield randomBytes(size)
          throw new Error('gone')
        })(),
      )
      await expect(store.put('f', source)).rejects.toThrowError(code('BAD_REQUEST', /broke off/))
    }
    expect(await content('f')).toBe('old')
    expect(await staged()).toEqual([])
  })

  test.each([4, 6, 2_000_000])('refuses 5 bytes that were announced as %i', async (size) => {
    await expect(store.put('f', bytes('12', '345'), { size })).rejects.toThrowError(code('BAD_REQUEST', /announced/))
    await expect(store.open('f')).rejects.toThrowError(code('RESOURCE_DOES_NOT_EXIST'))
    expect(await staged()).toEqual([])
  })

  test('stops when its signal aborts', async () => {
    const abort = new AbortController()
    const source = Readable.from(
      (async function* () {
        for (;;) {
          yield randomBytes(1_000_000)
          abort.abort()
        }
      })(),
    )
    await expect(store.put('f', source, { signal: abort.signal })).rejects.toThrowError(
      code('BAD_REQUEST', /called off/),
    )
    expect(await staged()).toEqual([])
  })

  test('refuses a path through a file and a path that is a folder', async () => {
    await store.put('a/file', bytes('x'))
    const invalid = 'INVALID_PARAMETER_VALUE'
    await expect(store.put('a/file/b', bytes('y'))).rejects.toThrowError(code(invalid, /leads through a file/))
    await expect(store.put('a/file/b/c', bytes('y'))).rejects.toThrowError(code(invalid, /leads through a file/))
    await expect(store.put('a', bytes('y'))).rejects.toThrowError(code(invalid, /refers to a directory/))
    expect(await content('a/file')).toBe('x')
    expect(await staged()).toEqual([])
  })

  test('works in folders that others delete meanwhile, and when the staging folder is gone', async () => {
    await store.put('a/b/c', bytes('1'))
    await rm(join(root, 'a'), { recursive: true })
    await rm(join(root, stagingName), { recursive: true })
    await store.put('a/b/c', bytes('2'))
    expect(await content('a/b/c')).toBe('2')
  })

  test('keeps its own folder for itself', async () => {
    for (const path of [stagingName, `${stagingName}/x`, `${stagingName.toUpperCase()}/x`]) {
      await expect(store.put(path, bytes('x'))).rejects.toThrowError(code('INVALID_PARAMETER_VALUE', /server's own/))
      await expect(store.open(path)).rejects.toThrowError(code('INVALID_PARAMETER_VALUE'))
      await expect(store.delete(path)).rejects.toThrowError(code('INVALID_PARAMETER_VALUE'))
    }
    expect(await store.list('')).toEqual([])
  })
})

describe('symbolic links', () => {
  beforeEach(async () => {
    await mkdir(join(home, 'outside/sub'), { recursive: true })
    await writeFile(join(home, 'outside/secret'), 'secret')
    await symlink(join(home, 'outside'), join(root, 'out'))
    await symlink(join(home, 'outside/secret'), join(root, 'secret'))
    await mkdir(join(root, 'real'))
    await symlink('real', join(root, 'within'))
  })

  test('never lead out of the root', async () => {
    const refused = code('INVALID_PARAMETER_VALUE', /^Invalid path .*symbolic link/)
    await expect(store.open('secret')).rejects.toThrowError(refused)
    await expect(store.open('out/secret')).rejects.toThrowError(refused)
    await expect(store.list('out')).rejects.toThrowError(refused)
    await expect(store.put('out/x', bytes('x'))).rejects.toThrowError(refused)
    await expect(store.put('out/new/x', bytes('x'))).rejects.toThrowError(refused)
    await expect(store.delete('out/secret')).rejects.toThrowError(refused)
    expect((await readdir(join(home, 'outside'))).toSorted()).toEqual(['secret', 'sub'])
  })

  test('are replaced or deleted themselves, not what they point to', async () => {
    await store.put('secret', bytes('mine'))
    expect(await content('secret')).toBe('mine')
    await store.delete('out')
    expect(await readFile(join(home, 'outside/secret'), 'utf8')).toBe('secret')
    expect((await store.list('')).map(({ name }) => name)).toEqual(['real', 'secret', 'within'])
  })

  test('within the root are followed', async () => {
    await store.put('within/f', bytes('x'))
    expect(await content('real/f')).toBe('x')
    expect(await content('within/f')).toBe('x')
    await symlink('f', join(root, 'real/g'))
    expect(await content('within/g')).toBe('x')
  })
})

describe('open', () => {
  test('gives parts of small and large files', async () => {
    const given = randomBytes(3_000_000)
    await store.put('f', bytes(given))
    for (const range of [
      { start: 0, end: 0 },
      { start: 5, end: 20 },
      { start: 1_000_000, end: 2_999_999 },
    ]) {
      const part = await bodyOf(store, 'f', range)
      expect(part.equals(given.subarray(range.start, range.end + 1))).toBe(true)
    }
  })

  test('tells missing files from folders', async () => {
    await store.put('a/f', bytes('x'))
    for (const path of ['a/g', 'b', 'b/c/d', 'a/f/g']) {
      await expect(store.open(path)).rejects.toThrowError(code('RESOURCE_DOES_NOT_EXIST', /^No such artifact: '/))
    }
    await expect(store.open('a')).rejects.toThrowError(code('INVALID_PARAMETER_VALUE', /refers to a directory/))
  })
})

describe('list', () => {
  test('sorts files and folders by name and gives sizes', async () => {
    for (const name of ['b', 'a10', 'a2', 'B', 'ü']) await store.put(`d/${name}`, bytes(name))
    await store.put('d/c/x', bytes('x'))
    expect(await store.list('d')).toEqual([
      { name: 'B', isFolder: false, size: 1 },
      { name: 'a10', isFolder: false, size: 3 },
      { name: 'a2', isFolder: false, size: 2 },
      { name: 'b', isFolder: false, size: 1 },
      { name: 'c', isFolder: true },
      { name: 'ü', isFolder: false, size: 2 },
    ])
  })

  test('gives nothing for a file or what is not there', async () => {
    await store.put('f', bytes('x'))
    expect(await store.list('f')).toEqual([])
    expect(await store.list('f/g')).toEqual([])
    expect(await store.list('nothing/here')).toEqual([])
  })

  test('shows every change at once, also in a folder that was quiet and listed before', async () => {
    for (let k = 0; k < 50; k++) await store.put(`d/f${k}`, bytes('x'))
    await new Promise((resolve) => setTimeout(resolve, 1700))
    const first = await store.list('d')
    expect(first).toHaveLength(50)
    expect(await store.list('d')).toBe(first)
    await store.put('d/f7', bytes('longer'))
    expect((await store.list('d')).find(({ name }) => name === 'f7')?.size).toBe(6)
    await store.delete('d/f8')
    expect(await store.list('d')).toHaveLength(49)
  })
})

describe('delete', () => {
  test('removes a file, and a folder with all in it, also in the background', async () => {
    await store.put('d/e/f', bytes('x'))
    await store.put('d/g', bytes('x'))
    await store.delete('d/g')
    expect((await store.list('d')).map(({ name }) => name)).toEqual(['e'])
    await store.delete('d')
    expect(await store.list('')).toEqual([])
    await store.close()
    expect(await staged()).toEqual([])
  })

  test('is content with nothing there, but does not take the root', async () => {
    await store.delete('nothing/here')
    await expect(store.delete('')).rejects.toThrowError(code('INVALID_PARAMETER_VALUE', /root/))
  })
})

describe('multipart', () => {
  test('joins parts that came in any order and more than once', async () => {
    const id = await store.createMultipart('m/big', 3)
    const third = await store.uploadPart('m/big', id, 3, bytes('c'))
    const wrong = await store.uploadPart('m/big', id, 1, bytes('wrong'))
    const [first, second] = await Promise.all([
      store.uploadPart('m/big', id, 1, bytes('a'.repeat(2_000_000))),
      store.uploadPart('m/big', id, 2, bytes('b')),
    ])
    expect(first).not.toBe(wrong)
    await expect(store.open('m/big')).rejects.toThrowError(code('RESOURCE_DOES_NOT_EXIST'))
    const parts = [first, second, third].map((etag, index) => ({ partNumber: index + 1, etag }))
    await Promise.all([store.completeMultipart('m/big', id, parts), store.completeMultipart('m/big', id, parts)])
    expect(await content('m/big')).toBe(`${'a'.repeat(2_000_000)}bc`)
    expect(await staged()).toEqual([])
  })

  test(
    'goes on in another server on the folder, also where both are asked to complete it',
    { repeats: 5 },
    async () => {
      const id = await store.createMultipart('m/shared', 2)
      const other = await openLocalArtifactStore(root)
      const parts = [
        { partNumber: 1, etag: await store.uploadPart('m/shared', id, 1, bytes('a'.repeat(4_000_000))) },
        { partNumber: 2, etag: await other.uploadPart('m/shared', id, 2, bytes('b')) },
      ]
      const completed = store.completeMultipart('m/shared', id, parts)
      // Anywhere on the first one's way, but before its end.
      for (let turn = Math.random() * 10; turn > 0; turn--) await new Promise(setImmediate)
      await Promise.all([completed, other.completeMultipart('m/shared', id, parts)])
      expect(await content('m/shared', other)).toBe(`${'a'.repeat(4_000_000)}b`)
      expect(await staged()).toEqual([])
      await other.close()
    },
  )

  test('refuses what does not belong to the upload', async () => {
    const invalid = 'INVALID_PARAMETER_VALUE'
    const id = await store.createMultipart('f', 2)
    const etag = await store.uploadPart('f', id, 1, bytes('a'))
    await expect(store.createMultipart('f', 0)).rejects.toThrowError(code(invalid, /num_parts/))
    await expect(store.createMultipart('f', 10_001)).rejects.toThrowError(code(invalid, /num_parts/))
    await expect(store.uploadPart('f', id, 3, bytes('a'))).rejects.toThrowError(code(invalid, /part_number/))
    await expect(store.uploadPart('g', id, 1, bytes('a'))).rejects.toThrowError(code(invalid, /No upload with id/))
    await expect(store.uploadPart('f', '../../x', 1, bytes('a'))).rejects.toThrowError(
      code(invalid, /No upload with id/),
    )
    for (const parts of [
      [],
      [{ partNumber: 1, etag }],
      [
        { partNumber: 2, etag },
        { partNumber: 1, etag },
      ],
      [
        { partNumber: 1, etag },
        { partNumber: 2, etag: '../x' },
      ],
      [
        { partNumber: 1, etag },
        { partNumber: 2, etag: '0'.repeat(32) },
      ],
    ]) {
      await expect(store.completeMultipart('f', id, parts)).rejects.toThrowError(code(invalid))
    }
    await expect(store.open('f')).rejects.toThrowError(code('RESOURCE_DOES_NOT_EXIST'))
    await store.abortMultipart('f', id)
    await store.abortMultipart('f', id)
    await expect(store.uploadPart('f', id, 1, bytes('a'))).rejects.toThrowError(code(invalid, /No upload with id/))
    expect(await staged()).toEqual([])
  })
})

describe('openLocalArtifactStore', () => {
  test('removes what was abandoned for a day, and nothing younger', async () => {
    const staging = join(root, stagingName)
    const id = await store.createMultipart('f', 1)
    await writeFile(join(staging, 'old'), 'x')
    await mkdir(join(staging, 'multipart-old'))
    await writeFile(join(staging, 'multipart-old', '1-x'), 'x')
    await writeFile(join(staging, 'young'), 'x')
    await mkdir(join(staging, 'trash-1'))
    const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000)
    for (const name of ['old', 'multipart-old']) await utimes(join(staging, name), longAgo, longAgo)
    await (await openLocalArtifactStore(root)).close()
    expect((await staged()).toSorted()).toEqual([`multipart-${id}`, 'young'])
  })

  test('says in a sentence that its folder cannot be used', async () => {
    await writeFile(join(home, 'file'), 'x')
    await expect(openLocalArtifactStore(join(home, 'file'))).rejects.toThrowError(/artifact folder .* cannot be used/)
  })

  test('tells who may not write to say so', async () => {
    await chmod(home, 0o755)
    await chmod(join(root, stagingName), 0o777)
    await chmod(root, 0o555)
    const mayAll = process.geteuid?.() === 0
    // Root may write anywhere: the test goes on as a user who may not.
    if (mayAll) process.seteuid?.(65_534)
    try {
      await expect(store.put('new/x', bytes('x'))).rejects.toThrowError(
        code('TEMPORARILY_UNAVAILABLE', /no permission/),
      )
    } finally {
      if (mayAll) process.seteuid?.(0)
      await chmod(root, 0o755)
    }
    await store.put('new/x', bytes('x'))
    expect(await content('new/x')).toBe('x')
  })
})
