import { doesNotExist, invalidParameter } from '@trackway/api'
import { constants } from 'node:fs'
import { lstat, mkdir, open, realpath, rename, rm, stat, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { StartupError } from '../startup-error.ts'
import type { ArtifactEntry, ArtifactStore, OpenArtifact, WriteOptions } from './artifact-store.ts'
import { createFolderSync } from './folder-sync.ts'
import { createLocalFolders } from './local-folders.ts'
import { createLocalListing } from './local-listing.ts'
import { createLocalMultipart } from './local-multipart.ts'
import { makeFolders } from './make-folders.ts'
import { openLocalFile } from './open-local-file.ts'
import { createStaging, stagingName } from './staging.ts'
import { errorCode, isFolder, storageFault } from './storage-fault.ts'

// A pipe or device that somebody put there must not hang the server. Windows knows neither flag.
const readOnly = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0)
const noFollow = (constants.O_NOFOLLOW as number | undefined) ?? 0

export interface LocalArtifactStore extends ArtifactStore {
  /** The root folder, absolute and without symbolic links. */
  readonly root: string
  /** The root as it was named, absolute; URIs may name it so. */
  readonly namedRoot: string
  /** Waits for the work in the background: removing deleted folders and what crashes left. */
  close(): Promise<void>
}

/**
 * Opens a folder on this machine as an artifact store, making it when it is not there. Several servers may share it.
 * @param onFault hears of what fails in the background; nothing is lost by it but disk space.
 * @throws StartupError when the folder cannot be made or written to.
 */
export async function openLocalArtifactStore(
  path: string,
  onFault: (error: unknown) => void = () => {},
): Promise<LocalArtifactStore> {
  const root = await prepareRoot(path)
  const syncFolder = createFolderSync()
  const folders = createLocalFolders(root, syncFolder)
  const staging = createStaging(join(root, stagingName))
  const listFolder = createLocalListing((folder, name) => folder === root && isReserved(name))
  const multipart = createLocalMultipart(staging, publish, sizeOf, syncFolder)
  const background = new Set<Promise<void>>()

  inBackground(staging.removeAbandoned())

  return {
    root,
    namedRoot: resolve(path),
    put: async (path, source, options) => await at(path, async () => await put(path, source, options)),
    open: async (path) => await at(path, async () => await openFile(path)),
    list: async (folder) => await at(folder, async () => await list(folder)),
    delete: async (path) => await at(path, async () => await remove(path)),
    createMultipart: async (path, parts) =>
      await at(path, async () => {
        await folders.folderForWriting(parentOf(path))
        return await multipart.create(path, parts)
      }),
    uploadPart: async (path, ...rest) => await at(path, async () => await multipart.uploadPart(path, ...rest)),
    completeMultipart: async (path, ...rest) => await at(path, async () => await multipart.complete(path, ...rest)),
    abortMultipart: async (path, id) => await at(path, async () => await multipart.abort(path, id)),
    async close() {
      await Promise.all(background)
    },
  }

  async function at<T>(path: string, work: () => Promise<T>): Promise<T> {
    if (isReserved(path.split('/', 1)[0] ?? '')) {
      throw invalidParameter(`Invalid path ${JSON.stringify(path)}: the name '${stagingName}' is the server's own.`)
    }
    try {
      return await work()
    } catch (error) {
      throw storageFault(error, path)
    }
  }

  async function put(path: string, source: Readable, options?: WriteOptions): Promise<void> {
    // First, so that a path that cannot be is refused before its bytes are taken.
    await folders.folderForWriting(parentOf(path))
    await publish(path, await staging.write(source, options))
  }

  async function publish(path: string, staged: string): Promise<void> {
    try {
      for (let retry = 0; ; retry++) {
        const folder = await folders.folderForWriting(parentOf(path))
        try {
          await rename(staged, join(folder, basename(path)))
          return await syncFolder(folder)
        } catch (error) {
          // A delete may take the folder away in between.
          if (errorCode(error) !== 'ENOENT' || retry === 3) throw error
          folders.forgetAll()
        }
      }
    } catch (error) {
      await rm(staged, { force: true }).catch(() => {})
      throw error
    }
  }

  async function sizeOf(path: string): Promise<number | undefined> {
    try {
      return (await stat(await folders.existing(path))).size
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined
      throw error
    }
  }

  async function openFile(path: string): Promise<OpenArtifact> {
    const handle = await openInside(path)
    try {
      const stats = await handle.stat()
      if (stats.isDirectory()) throw isFolder(path)
      if (!stats.isFile()) throw noSuchFile(path)
      return openLocalFile(handle, stats)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async function openInside(path: string): Promise<FileHandle> {
    try {
      try {
        return await open(join(await folders.folder(parentOf(path)), basename(path)), readOnly | noFollow)
      } catch (error) {
        const code = errorCode(error)
        // Links are followed with care, and a folder may have come back under another real path.
        if (code !== 'ELOOP' && code !== 'ENOENT') throw error
        folders.forgetAll()
        return await open(await folders.existing(path), readOnly)
      }
    } catch (error) {
      throw errorCode(error) === 'ENOTDIR' ? noSuchFile(path) : error
    }
  }

  async function list(folder: string): Promise<readonly ArtifactEntry[]> {
    try {
      return await listFolder(await folders.existing(folder))
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return []
      throw error
    }
  }

  async function remove(path: string): Promise<void> {
    if (path === '') throw invalidParameter('The artifact root itself cannot be deleted; name a file or folder in it.')
    try {
      const folder = await folders.existing(parentOf(path))
      const target = join(folder, basename(path))
      if ((await lstat(target)).isDirectory()) await removeFolder(target)
      else await unlink(target)
      await syncFolder(folder)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error
    }
  }

  /** Gone at once for all who look; the files themselves go afterwards. */
  async function removeFolder(folder: string): Promise<void> {
    folders.forgetAll()
    const trash = staging.newName('trash')
    try {
      await mkdir(staging.folder, { recursive: true })
      await rename(folder, trash)
    } catch (error) {
      if (errorCode(error) !== 'EXDEV') throw error
      return await rm(folder, { recursive: true, force: true })
    }
    inBackground(rm(trash, { recursive: true, force: true }))
  }

  function inBackground(work: Promise<void>): void {
    const done = work.catch(onFault).finally(() => background.delete(done))
    background.add(done)
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function noSuchFile(path: string): Error {
  return doesNotExist(`No such artifact: '${path}'`)
}

function isReserved(name: string): boolean {
  return name.toLowerCase() === stagingName
}

async function prepareRoot(path: string): Promise<string> {
  try {
    // The staging folder too: who cannot write learns it now, not at the first upload.
    await makeFolders(join(resolve(path), stagingName))
    const root = await realpath(path)
    const probe = join(root, stagingName, `probe-${process.pid}`)
    await (await open(probe, 'w')).close()
    await rm(probe, { force: true })
    return root
  } catch (error) {
    throw new StartupError(
      `The artifact folder ${path} cannot be used: ${storageFault(error, path).message} ` +
        'Give the server a folder that it may write to with --artifacts-destination.',
      { cause: error },
    )
  }
}
