import { mkdir, open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { WriteOptions } from './artifact-store.ts'
import { errorCode } from './storage-fault.ts'
import { uploadSource } from './upload-source.ts'

const blockBytes = 512 * 1024
/** A large file is flushed on the way, so that its end does not wait for the whole of it. */
const flushBytes = 64 * 1024 * 1024

/**
 * Writes all of the source to a new file, which is durable then. On failure nothing stays.
 * Holds two blocks of half a megabyte at most, besides what the source holds itself.
 */
export async function writeDurably(
  target: string,
  source: AsyncIterable<Uint8Array>,
  options: WriteOptions = {},
): Promise<void> {
  try {
    const handle = await fill(target, source, options)
    await handle.close()
  } catch (error) {
    await rm(target, { force: true }).catch(() => {})
    throw error
  }
}

/** Returns the filled file's open handle; a handle is never left open on failure. */
async function fill(target: string, source: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<FileHandle> {
  let handle: FileHandle | undefined
  let writing: Promise<void> | undefined
  let flushing: Promise<void> | undefined
  let pending: Uint8Array[] = []
  let pendingBytes = 0
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
    for await (const chunk of uploadSource(source, options)) {
      pending.push(chunk)
      pendingBytes += chunk.byteLength
      if (pendingBytes >= blockBytes) {
        handle ??= await create()
        await writeBlock(handle)
      }
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
