import { ApiError } from '@trackway/api'
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { WriteOptions } from './artifact-store.ts'
import { errorCode } from './storage-fault.ts'

/** The folder in an artifact root where uploads grow; on the same file system, so that a rename publishes them. */
export const stagingName = '.trackway-uploads'

const blockBytes = 1024 * 1024
/** A large file is flushed on the way, so that its end does not wait for the whole of it. */
const flushBytes = 16 * blockBytes
const abandonedAfterMs = 24 * 60 * 60 * 1000
/** Trees on their way out carry this; they go at the next start whatever their age. */
const trashPrefix = 'trash-'

export interface Staging {
  readonly folder: string
  /** A name in the staging folder that nothing else has. */
  newName(kind: 'upload' | 'trash'): string
  /** Writes all of the source to a new file, durably, and returns its name. On failure nothing stays. */
  write(source: AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<string>
  /** Removes what crashes and vanished clients left: files and multipart uploads untouched for a day. */
  removeAbandoned(nowMs?: number): Promise<void>
}

export function createStaging(folder: string): Staging {
  const own = randomBytes(8).toString('hex')
  let count = 0

  return { folder, newName, write, removeAbandoned }

  function newName(kind: 'upload' | 'trash'): string {
    return join(folder, `${kind === 'trash' ? trashPrefix : ''}${own}-${++count}`)
  }

  async function write(source: AsyncIterable<Uint8Array>, options: WriteOptions = {}): Promise<string> {
    const target = newName('upload')
    let handle: FileHandle | undefined
    try {
      handle = await fill(target, source, options)
      await handle.close()
      return target
    } catch (error) {
      await rm(target, { force: true }).catch(() => {})
      throw error
    }
  }

  async function removeAbandoned(nowMs = Date.now()): Promise<void> {
    const names = await readdir(folder).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return []
      throw error
    })
    for (const name of names) {
      const path = join(folder, name)
      try {
        const old = nowMs - (await stat(path)).mtimeMs > abandonedAfterMs
        if (old || name.startsWith(trashPrefix)) await rm(path, { recursive: true, force: true })
      } catch (error) {
        // Another server on the same folder may have removed it first.
        if (errorCode(error) !== 'ENOENT') throw error
      }
    }
  }
}

/** Returns the filled file's open handle; a handle is never left open on failure. */
async function fill(target: string, source: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<FileHandle> {
  let handle: FileHandle | undefined
  let writing: Promise<void> | undefined
  let flushing: Promise<void> | undefined
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let total = 0
  let unflushed = 0

  async function create(): Promise<FileHandle> {
    try {
      return await open(target, 'wx')
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      await mkdir(dirname(target), { recursive: true })
      return await open(target, 'wx')
    }
  }

  /** Hands over what is pending; the next block is read from the source while this one is written. */
  async function writeBlock(to: FileHandle): Promise<void> {
    await writing
    if (unflushed >= flushBytes) {
      await flushing
      unflushed = 0
      flushing = to.datasync()
    }
    unflushed += pendingBytes
    writing = writeAll(to, pending)
    pending = []
    pendingBytes = 0
    // Failures surface at the next await of these; until then they must not count as unhandled.
    writing.catch(() => {})
    flushing?.catch(() => {})
  }

  try {
    for await (const chunk of sourceOf(source)) {
      options.signal?.throwIfAborted()
      pending.push(chunk)
      pendingBytes += chunk.byteLength
      total += chunk.byteLength
      if (options.size !== undefined && total > options.size) break
      if (pendingBytes >= blockBytes) {
        handle ??= await create()
        await writeBlock(handle)
      }
    }
    options.signal?.throwIfAborted()
    if (options.size !== undefined && total !== options.size) {
      const got = total > options.size ? 'more' : String(total)
      throw new ApiError('BAD_REQUEST', `The upload announced ${options.size} bytes, but ${got} came. Nothing was stored.`)
    }
    if (!handle) {
      handle = await create()
      await writeAll(handle, pending)
    } else {
      await writeBlock(handle)
      await writing
      await flushing
    }
    await handle.datasync()
    return handle
  } catch (error) {
    await Promise.allSettled([writing, flushing])
    await handle?.close().catch(() => {})
    throw error
  }
}

async function* sourceOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    // A request that is refused half-way must still be able to get its reply, so its stream is not destroyed.
    yield* source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source
  } catch (error) {
    throw new ApiError('BAD_REQUEST', 'The upload broke off before its end. Nothing was stored.', { cause: error })
  }
}

async function writeAll(handle: FileHandle, block: readonly Uint8Array[]): Promise<void> {
  let rest = block.filter((chunk) => chunk.byteLength > 0)
  while (rest.length > 0) {
    // A system takes at most 1,024 pieces in one call.
    const pieces = rest.slice(0, 1000)
    let { bytesWritten } = await handle.writev(pieces)
    let whole = 0
    for (const piece of pieces) {
      if (bytesWritten < piece.byteLength) break
      bytesWritten -= piece.byteLength
      whole++
    }
    const partly = rest[whole]
    rest = rest.slice(whole)
    if (partly && bytesWritten > 0) rest[0] = partly.subarray(bytesWritten)
  }
}
