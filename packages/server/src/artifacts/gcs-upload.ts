import type { Bucket } from '@google-cloud/storage'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import type { WriteOptions } from './artifact-store.ts'
import { blocksOf } from './blocks.ts'
import type { GcsSettings } from './gcs-client.ts'
import { mediaType } from './media-type.ts'
import { refuseAborted, uploadSource } from './upload-source.ts'

/** What the upload takes at once; a hash of as much takes half a millisecond. */
const chunkBytes = 256 * 1024

/**
 * Stores the whole of the source as an object, or nothing. The store's MD5 of it is compared: the CRC-32C that Google
 * recommends is computed in JavaScript, which holds the main thread up eleven times as long.
 */
export async function uploadToGcs(
  { blockBytes }: GcsSettings,
  bucket: Bucket,
  key: string,
  source: Readable,
  options: WriteOptions = {},
): Promise<void> {
  const blocks = blocksOf(uploadSource(source, options), (index) => (index === 0 ? blockBytes : chunkBytes))
  const first = await blocks.next()
  if (first.done) return
  const how = { contentType: mediaType(key), validation: 'md5' }
  const file = bucket.file(key)
  if (first.value.byteLength < blockBytes || first.value.byteLength === options.size) {
    // Reading on tells whether more came than was announced.
    await blocks.next()
    return await file.save(first.value, { ...how, resumable: false })
  }
  const upload = file.createWriteStream({ ...how, resumable: true, chunkSize: blockBytes })
  const { signal } = options
  try {
    await pipeline(resumed(first.value, blocks), upload, signal ? { signal } : {})
  } catch (error) {
    refuseAborted(signal)
    throw error
  }
}

async function* resumed(first: Buffer, others: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for (let at = 0; at < first.byteLength; at += chunkBytes) yield first.subarray(at, at + chunkBytes)
  yield* others
}
