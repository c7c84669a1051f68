import { stat as statCallback } from 'node:fs'
import type { Dirent, Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactEntry } from './artifact-store.ts'
import { errorCode } from './storage-fault.ts'

const statsAtOnce = 32
/** Longer than the coarsest clock tick of a file system's times, so that two changes cannot share one unseen. */
const quietMs = 1500
/** How long a size may be out of date when somebody outside changes a file in place; uploads replace files whole. */
const trustMs = 5000
const mostCachedEntries = 50_000

interface Listing {
  readonly folderChange: number
  readonly takenMs: number
  readonly entries: readonly ArtifactEntry[]
}

/**
 * Lists folders on disk. A listing is remembered for a few seconds as long as its folder's times show no change, since
 * file sizes cost a system call each and pages and clients ask for the same folder again and again.
 */
export function createLocalListing(hidden: (folder: string, name: string) => boolean) {
  const remembered = new Map<string, Listing>()
  let rememberedEntries = 0

  return async function list(folder: string): Promise<readonly ArtifactEntry[]> {
    const before = await stat(folder)
    const known = remembered.get(folder)
    if (known && known.folderChange === before.ctimeMs && Date.now() - known.takenMs < trustMs) return known.entries
    if (known) forget(folder, known)

    const takenMs = Date.now()
    let newestMs = before.ctimeMs
    const dirents = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !hidden(folder, name))
    const entries = (
      await mapLimited(dirents, async (dirent) => {
        if (dirent.isDirectory()) return { name: dirent.name, isFolder: true }
        const stats = await statOf(folder, dirent)
        if (!stats) return undefined
        newestMs = Math.max(newestMs, stats.ctimeMs)
        return stats.isDirectory()
          ? { name: dirent.name, isFolder: true }
          : { name: dirent.name, isFolder: false, size: stats.size }
      })
    ).filter((entry) => entry !== undefined)
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    if (takenMs - newestMs > quietMs) remember(folder, { folderChange: before.ctimeMs, takenMs, entries })
    return entries
  }

  function remember(folder: string, listing: Listing): void {
    if (remembered.has(folder) || listing.entries.length > mostCachedEntries) return
    remembered.set(folder, listing)
    rememberedEntries += listing.entries.length + 1
    for (const [oldest, old] of remembered) {
      if (rememberedEntries <= mostCachedEntries) break
      forget(oldest, old)
    }
  }

  function forget(folder: string, listing: Listing): void {
    if (remembered.get(folder) === listing && remembered.delete(folder)) rememberedEntries -= listing.entries.length + 1
  }
}

/** Nothing for what vanished meanwhile and for broken links. */
async function statOf(folder: string, dirent: Dirent): Promise<Stats | undefined> {
  return await new Promise((resolve, reject) => {
    // The callback form takes half the time of the promise form, which counts for folders of thousands.
    statCallback(join(folder, dirent.name), (error, stats) => {
      if (!error) resolve(stats)
      else if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ELOOP') resolve(undefined)
      else reject(error)
    })
  })
}

async function mapLimited<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results = Array.from<R>({ length: items.length })
  let next = 0
  async function worker(): Promise<void> {
    while (next < items.length) {
      const index = next++
      results[index] = await map(items[index] as T)
    }
  }
  await Promise.all(Array.from({ length: Math.min(statsAtOnce, items.length) }, worker))
  return results
}
