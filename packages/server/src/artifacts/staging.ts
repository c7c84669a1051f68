import { randomBytes } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { WriteOptions } from './artifact-store.ts'
import { errorCode } from './storage-fault.ts'
import { writeDurably } from './write-durably.ts'

/** The folder in an artifact root where uploads grow; on the same file system, so that a rename publishes them. */
export const stagingName = '.trackway-uploads'

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

  async function write(source: AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<string> {
    const target = newName('upload')
    await writeDurably(target, source, options)
    return target
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
