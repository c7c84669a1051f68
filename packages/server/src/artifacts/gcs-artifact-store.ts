import { invalidParameter } from '@trackway/api'

import { StartupError } from '../startup-error.ts'
import { pathBelow } from './artifact-path.ts'
import type { ArtifactEntry, ArtifactStore, OpenArtifact } from './artifact-store.ts'
import { openGcsClient } from './gcs-client.ts'
import type { Environment } from './gcs-client.ts'
import { openGcsObject } from './gcs-download.ts'
import { gcsFault, gcsStatus } from './gcs-fault.ts'
import { deleteBelowGcs, listGcs } from './gcs-listing.ts'
import { createGcsMultipart } from './gcs-multipart.ts'
import { createGcsPresigning } from './gcs-presigning.ts'
import { uploadToGcs } from './gcs-upload.ts'
import { stagingName } from './staging.ts'

/**
 * Opens what lies below `gs://bucket/path` as an artifact store; nothing is asked of it yet.
 * @throws StartupError where the URI or a variable of the environment cannot be understood.
 */
export async function openGcsArtifactStore(uri: string, env: Environment): Promise<ArtifactStore> {
  const { name, prefix } = placeOf(uri)
  const settings = openGcsClient(env)
  const bucket = settings.storage.bucket(name)
  const multipart = createGcsMultipart(
    bucket,
    keyOf(stagingName),
    keyOf,
    async (key, source, options) => await uploadToGcs(settings, bucket, key, source, options),
  )
  const { partKey } = multipart

  return {
    put: async (path, source, options) =>
      await guarded(path, async () => await uploadToGcs(settings, bucket, keyOf(path), source, options)),
    open: async (path) => await guarded(path, async () => await open(path)),
    list: async (folder) => await guarded(folder, async () => await list(folder)),
    delete: async (path) => await guarded(path, async () => await remove(path)),
    createMultipart: async (path, parts) =>
      await guarded(path, async () => await multipart.createMultipart(path, parts)),
    uploadPart: async (path, ...rest) => await guarded(path, async () => await multipart.uploadPart(path, ...rest)),
    completeMultipart: async (path, ...rest) =>
      await guarded(path, async () => await multipart.completeMultipart(path, ...rest)),
    abortMultipart: async (path, id) => await guarded(path, async () => await multipart.abortMultipart(path, id)),
    ...(settings.isSigned ? { presigning: createGcsPresigning({ bucket, keyOf, partKey, open, guarded }) } : {}),
    check: async (signal) => await guarded('', async () => await unlessAborted(signal, look())),
    close: async () => {},
  }

  function keyOf(path: string): string {
    return pathBelow(prefix, path)
  }

  async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
    if (path === stagingName || path.startsWith(`${stagingName}/`)) {
      throw invalidParameter(`Invalid path ${JSON.stringify(path)}: the name '${stagingName}' is the server's own.`)
    }
    try {
      return await work()
    } catch (error) {
      throw gcsFault(error, path, name, gcsStatus(error) === 404 && (await isBucketMissing()))
    }
  }

  /** The smallest request that needs no right to look at the bucket itself. */
  async function look(): Promise<void> {
    await bucket.getFiles({ maxResults: 1, autoPaginate: false })
  }

  async function isBucketMissing(): Promise<boolean> {
    return await look().then(
      () => false,
      (error: unknown) => gcsStatus(error) === 404,
    )
  }

  async function open(path: string): Promise<OpenArtifact> {
    return await openGcsObject(settings, bucket, keyOf(path), path, guarded)
  }

  async function list(folder: string): Promise<ArtifactEntry[]> {
    const entries = await listGcs(bucket, folderKey(keyOf(folder)))
    return folder === '' ? entries.filter((entry) => entry.name !== stagingName) : entries
  }

  async function remove(path: string): Promise<void> {
    if (path === '') throw invalidParameter('The artifact root itself cannot be deleted; name a file or folder in it.')
    await bucket.file(keyOf(path)).delete({ ignoreNotFound: true })
    await deleteBelowGcs(bucket, folderKey(keyOf(path)))
  }
}

/** The SDK's requests cannot be called off, but nobody needs to wait for them. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function placeOf(uri: string): { name: string; prefix: string } {
  const [, name, path = ''] = /^gs:\/\/([^/?#]+)(?:\/([^?#]*))?$/i.exec(uri) ?? []
  if (name === undefined)
    throw new StartupError(`'${uri}' names no place in Google Cloud Storage. Give gs://bucket/folder.`)
  return { name, prefix: path.split('/').filter(Boolean).join('/') }
}

function folderKey(key: string): string {
  return key === '' ? '' : `${key}/`
}
