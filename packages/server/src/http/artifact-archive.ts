import { doesNotExist, invalidParameter } from '@trackway/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'

import { pathBelow } from '../artifacts/artifact-path.ts'
import type { ArtifactEntry, ArtifactStore } from '../artifacts/artifact-store.ts'
import { contentDisposition } from '../artifacts/content-disposition.ts'

/** The earliest time that a ZIP file knows. */
const firstTime = Date.UTC(1980, 0, 2)

interface Folder {
  readonly store: ArtifactStore
  /** Where it lies in the store. */
  readonly path: string
  /** What the archive, and the folder in it, are called. */
  readonly name: string
}

interface ArchiveEntry {
  readonly name: string
  readonly input?: AsyncIterable<Uint8Array>
  readonly lastModified?: number
}

/**
 * Answers with a ZIP file of a folder, made while it is sent: files one after the other, stored as they are, since models
 * and pictures are compressed already. Where a file cannot be read to its end the reply breaks off.
 * @throws ApiError where there is nothing in the folder, or it is a file.
 */
export async function sendArchive(request: FastifyRequest, reply: FastifyReply, folder: Folder): Promise<FastifyReply> {
  const entries = await folder.store.list(folder.path)
  if (entries.length === 0) throw await nothingThere(folder)
  reply.headers({
    'content-type': 'application/zip',
    'content-disposition': contentDisposition('attachment', `${folder.name}.zip`),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
  if (request.method === 'HEAD') return reply.send(Readable.from([]))
  // Most servers never make an archive.
  const { makeZip } = await import('client-zip')
  const zip = makeZip(walk(folder.store, folder.path, folder.name, entries) as Parameters<typeof makeZip>[0])
  return reply.send(Readable.fromWeb(zip as Parameters<typeof Readable.fromWeb>[0]))
}

async function nothingThere({ store, path, name }: Folder): Promise<Error> {
  if (path === '') return doesNotExist('There are no artifacts to put into an archive.')
  try {
    await (await store.open(path)).close()
  } catch {
    return doesNotExist(`There are no artifacts in the folder '${name}' to put into an archive.`)
  }
  return invalidParameter(`'${name}' is a file, not a folder: download it as it is.`)
}

/** All that lies in a folder; only the listings on the way to the present file are in memory. */
async function* walk(
  store: ArtifactStore,
  path: string,
  name: string,
  entries: readonly ArtifactEntry[],
): AsyncGenerator<ArchiveEntry> {
  if (entries.length === 0) yield { name: `${name}/` }
  for (const entry of entries) {
    const below = pathBelow(path, entry.name)
    const shown = `${name}/${entry.name}`
    if (entry.isFolder) yield* walk(store, below, shown, await store.list(below))
    else yield* fileEntry(store, below, shown)
  }
}

/** The file is open while the archive takes it; whoever stops the walk closes it. */
async function* fileEntry(store: ArtifactStore, path: string, name: string): AsyncGenerator<ArchiveEntry> {
  const file = await store.open(path)
  let body: Readable | Uint8Array
  try {
    body = await file.body()
  } catch (error) {
    await file.close()
    throw error
  }
  try {
    const lastModified = Math.max(file.modifiedTimeMs, firstTime)
    yield { name, input: body instanceof Uint8Array ? once(body) : body, lastModified }
  } finally {
    if (!(body instanceof Uint8Array)) body.destroy()
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}
