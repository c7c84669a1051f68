import type { Bucket } from '@google-cloud/storage'
import { ApiError, doesNotExist } from '@trackway/api'
import { Readable } from 'node:stream'

import type { ByteRange, OpenArtifact } from './artifact-store.ts'
import type { GcsSettings } from './gcs-client.ts'
import { gcsStatus } from './gcs-fault.ts'
import { replacedMeanwhile } from './network-faults.ts'
import { isFolder } from './storage-fault.ts'
import { unlessStalled } from './unless-stalled.ts'

/**
 * Looks at an object and returns it as an artifact. Its content is asked for by generation, so that one that is replaced
 * meanwhile is never mixed. What comes is counted but not hashed: TLS guards the way, and the hash would be known only
 * after the last byte has left.
 * @param guard turns the SDK's errors into ours.
 */
export async function openGcsObject(
  { timeoutMs }: GcsSettings,
  bucket: Bucket,
  key: string,
  path: string,
  guard: <T>(path: string, work: () => Promise<T>) => Promise<T>,
): Promise<OpenArtifact> {
  const [metadata] = await bucket
    .file(key)
    .getMetadata()
    .catch(async (error: unknown) => {
      if (gcsStatus(error) !== 404) throw error
      // Also tells a missing bucket.
      const [below] = await bucket.getFiles({ prefix: `${key}/`, maxResults: 1, autoPaginate: false })
      throw below.length > 0 ? isFolder(path) : doesNotExist(`No such artifact: '${path}'`)
    })
  const size = Number(metadata.size ?? 0)
  const generation = String(metadata.generation ?? '')
  return {
    size,
    modifiedTimeMs: Date.parse(metadata.updated ?? metadata.timeCreated ?? '') || 0,
    etag: `${generation}-${metadata.metageneration ?? 1}`,
    body: async (range) => await guard(path, async () => await body(range)),
    close: async () => {},
  }

  async function body(range?: ByteRange): Promise<Readable | Uint8Array> {
    if (size === 0) return new Uint8Array()
    const { start, end } = range ?? { start: 0, end: size - 1 }
    const file = bucket.file(key, { generation })
    const given = file.createReadStream({ ...(range ? { start, end } : {}), validation: false, decompress: false })
    const chunks = whole(given, end - start + 1)
    try {
      const first = await chunks.next()
      const stream = Readable.from(first.done ? chunks : resumed(first.value, chunks), { objectMode: false })
      return stream.once('close', () => given.destroy())
    } catch (error) {
      if (gcsStatus(error) !== 404) throw error
      throw replacedMeanwhile(path, error)
    }
  }

  async function* whole(given: Readable, length: number): AsyncGenerator<Uint8Array> {
    let received = 0
    for await (const chunk of unlessStalled(given, timeoutMs)) {
      received += chunk.byteLength
      yield chunk
    }
    if (received === length) return
    throw new ApiError('TEMPORARILY_UNAVAILABLE', `The artifact store broke off '${path}' before its end; try again.`)
  }
}

async function* resumed<T>(first: T, others: AsyncIterable<T>): AsyncGenerator<T> {
  yield first
  yield* others
}
