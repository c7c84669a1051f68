import { invalidParameter } from '@trackway/api'
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { UploadedPart, WriteOptions } from './artifact-store.ts'
import type { SyncFolder } from './folder-sync.ts'
import { checkPartCount, checkPartList, checkPartNumber, invalidEtag, unknownUpload } from './multipart-rules.ts'
import type { Staging } from './staging.ts'
import { errorCode } from './storage-fault.ts'

/**
 * Uploads in parts, each a folder `multipart-<id>` in the staging folder: `upload.json` says what for, and a part is a
 * file `<number>-<etag>`. Everything is on disk, so any server process on the folder can take any request of an upload.
 */
export function createLocalMultipart(
  staging: Staging,
  publish: (path: string, staged: string) => Promise<void>,
  /** Of a stored file; undefined where there is none. */
  sizeOf: (path: string) => Promise<number | undefined>,
  syncFolder: SyncFolder,
) {
  const completing = new Map<string, Promise<void>>()

  return { create, uploadPart, complete, abort }

  async function create(path: string, parts: number): Promise<string> {
    checkPartCount(parts)
    const id = randomBytes(16).toString('hex')
    const folder = folderOf(id)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'upload.json'), JSON.stringify({ path, parts }), { flush: true })
    await Promise.all([syncFolder(folder), syncFolder(staging.folder)])
    return id
  }

  async function uploadPart(
    path: string,
    id: string,
    partNumber: number,
    source: Readable,
    options?: WriteOptions,
  ): Promise<string> {
    const { parts } = await uploadOf(path, id)
    checkPartNumber(partNumber, parts)
    const staged = await staging.write(source, options)
    const etag = randomBytes(16).toString('hex')
    try {
      await rename(staged, join(folderOf(id), `${partNumber}-${etag}`))
      await syncFolder(folderOf(id))
    } catch (error) {
      await rm(staged, { force: true }).catch(() => {})
      throw errorCode(error) === 'ENOENT' ? unknownUpload(path, id) : error
    }
    return etag
  }

  /** A client that gives up waiting and asks again gets the outcome of the first try. */
  async function complete(path: string, id: string, parts: readonly UploadedPart[]): Promise<void> {
    const upload = await uploadOf(path, id)
    const under = completing.get(id)
    if (under) return await under
    const joining = joinParts(path, id, upload.parts, parts).finally(() => completing.delete(id))
    completing.set(id, joining)
    return await joining
  }

  async function joinParts(path: string, id: string, expected: number, given: readonly UploadedPart[]): Promise<void> {
    const files = partFiles(folderOf(id), expected, given)
    const stats = await Promise.all(
      files.map((file, index) =>
        stat(file).catch((error: unknown) => {
          if (errorCode(error) !== 'ENOENT') throw error
          throw invalidParameter(`Part ${index + 1} with etag '${given[index]?.etag}' was not uploaded to '${path}'.`)
        }),
      ),
    )
    try {
      await publish(path, await staging.write(contentOf(files)))
    } catch (error) {
      // The client may have asked another server on the folder before, which was done first.
      const size = stats.reduce((sum, part) => sum + part.size, 0)
      if ((await readUpload(path, id)) || (await sizeOf(path)) !== size) throw error
      return
    }
    await remove(id)
  }

  async function abort(path: string, id: string): Promise<void> {
    if (await readUpload(path, id)) await remove(id)
  }

  /** At once for all who look: half an upload is none. */
  async function remove(id: string): Promise<void> {
    const trash = staging.newName('trash')
    try {
      await rename(folderOf(id), trash)
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return
      throw error
    }
    await rm(trash, { recursive: true, force: true })
  }

  function folderOf(id: string): string {
    return join(staging.folder, `multipart-${id}`)
  }

  async function uploadOf(path: string, id: string): Promise<{ parts: number }> {
    const upload = await readUpload(path, id)
    if (!upload) throw unknownUpload(path, id)
    return upload
  }

  async function readUpload(path: string, id: string): Promise<{ parts: number } | undefined> {
    if (!/^[0-9a-f]{32}$/.test(id)) return undefined
    try {
      const upload = JSON.parse(await readFile(join(folderOf(id), 'upload.json'), 'utf8')) as {
        path: string
        parts: number
      }
      return upload.path === path ? upload : undefined
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined
      throw error
    }
  }
}

function partFiles(folder: string, expected: number, given: readonly UploadedPart[]): string[] {
  checkPartList(given, expected)
  return given.map(({ partNumber, etag }) => {
    if (!/^[0-9a-f]{32}$/.test(etag)) {
      throw invalidEtag({ partNumber, etag })
    }
    return join(folder, `${partNumber}-${etag}`)
  })
}

async function* contentOf(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) yield* createReadStream(file, { highWaterMark: 1024 * 1024 })
}
