import { open } from 'node:fs/promises'
import { errorCode } from './storage-fault.ts'

/** Systems that have no fsync for folders (Windows, some network file systems) say so with one of these. */
const unsupported = new Set(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF', 'EACCES'])

export type SyncFolder = (folder: string) => Promise<void>

/**
 * Makes a folder's entries durable. All who ask while a sync of the same folder runs share the next one, so that many
 * concurrent writes into one folder cost few syncs.
 */
export function createFolderSync(): SyncFolder {
  const running = new Map<string, Promise<void>>()
  const queued = new Map<string, Promise<void>>()

  return (folder) => {
    const waiting = queued.get(folder)
    if (waiting) return waiting
    const round = start(folder, running.get(folder))
    queued.set(folder, round)
    return round
  }

  async function start(folder: string, before: Promise<void> | undefined): Promise<void> {
    // Who waits for the round before gets its error; this one tries anew.
    await before?.catch(() => {})
    const round = queued.get(folder)
    queued.delete(folder)
    if (round) running.set(folder, round)
    try {
      await fsyncFolder(folder)
    } finally {
      if (running.get(folder) === round) running.delete(folder)
    }
  }
}

async function fsyncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!unsupported.has(errorCode(error) ?? '')) throw error
  }
}
