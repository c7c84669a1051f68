import { invalidParameter } from '@trackway/api'
import { realpath } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { SyncFolder } from './folder-sync.ts'
import { makeFolders } from './make-folders.ts'
import { errorCode } from './storage-fault.ts'

/** Resolves artifact paths to places on disk that really lie below the root, whatever symbolic links say. */
export interface LocalFolders {
  /** The root without symbolic links. */
  readonly root: string
  /** The real path of what is at `path`; rejects with ENOENT where there is nothing. */
  existing(path: string): Promise<string>
  /** The real path of a folder, which may be up to a second out of date; rejects with ENOENT where there is none. */
  folder(path: string): Promise<string>
  /** As `folder`, but makes it durably when it is not there. */
  folderForWriting(path: string): Promise<string>
  /** Call when a folder that was there is not any more. */
  forgetAll(): void
}

/** How long a folder's real path is taken as known: a system call less for each of many small files. */
const trustMs = 1000
const mostTrusted = 1000

export function createLocalFolders(root: string, syncFolder: SyncFolder): LocalFolders {
  const prefix = root.endsWith(sep) ? root : root + sep
  /** Folders being made: until they are durable, what others put into them is not either. */
  const making = new Set<Promise<void>>()
  const trusted = new Map<string, { real: string; untilMs: number }>()

  return { root, existing, folder, folderForWriting, forgetAll: () => trusted.clear() }

  function place(path: string): string {
    return path === '' ? root : prefix + (sep === '/' ? path : path.replaceAll('/', sep))
  }

  function inside(real: string, path: string): string {
    if (real !== root && !real.startsWith(prefix)) {
      throw invalidParameter(`Invalid path ${JSON.stringify(path)}: a symbolic link leads out of the artifact root.`)
    }
    return real
  }

  async function existing(path: string): Promise<string> {
    return inside(await realpath(place(path)), path)
  }

  async function folder(path: string): Promise<string> {
    const now = Date.now()
    const known = trusted.get(path)
    if (known && known.untilMs > now) return known.real
    const real = await existing(path)
    if (trusted.size >= mostTrusted) trusted.clear()
    trusted.set(path, { real, untilMs: now + trustMs })
    return real
  }

  async function folderForWriting(path: string): Promise<string> {
    try {
      const real = await folder(path)
      if (making.size > 0) await Promise.all(making)
      return real
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      return await make(place(path), path)
    }
  }

  /** Makes the folder from its nearest ancestor on, which is checked first: nothing is ever made outside the root. */
  async function make(folder: string, path: string): Promise<string> {
    let ancestor = folder
    let real: string | undefined
    while (real === undefined && ancestor !== root) {
      ancestor = dirname(ancestor)
      real = await realOrNothing(ancestor)
    }
    const target = join(real === undefined ? root : inside(real, path), relative(ancestor, folder))
    const done = makeDurably(target)
    making.add(done)
    try {
      await Promise.all(making)
    } finally {
      making.delete(done)
    }
    return inside(await realpath(target), path)
  }

  async function makeDurably(folder: string): Promise<void> {
    const made = await makeFolders(folder)
    await Promise.all(made.map(async (one) => await syncFolder(dirname(one))))
  }
}

async function realOrNothing(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
