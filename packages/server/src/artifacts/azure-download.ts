import type { BlobClient } from '@azure/storage-blob'
import { ApiError } from '@trackway/api'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

import type { ByteRange, OpenArtifact } from './artifact-store.ts'
import type { AzureContainer } from './azure-client.ts'
import { isFolder } from './storage-fault.ts'
import { unlessStalled } from './unless-stalled.ts'

/** Up to this size one answer beats setting up a stream. */
const smallBytes = 256 * 1024
const bufferedBytes = 512 * 1024
/** How often a cut transfer is taken up again without one new byte. */
const mostResumptions = 3

/**
 * Looks at a file and returns it as an artifact. Its content is asked for on the condition that it is still the same, so
 * that one that is replaced meanwhile is never mixed.
 * @param guard turns the SDK's errors into ours.
 */
export async function openAzureBlob(
  azure: AzureContainer,
  blob: BlobClient,
  path: string,
  guard: <T>(path: string, work: () => Promise<T>) => Promise<T>,
): Promise<OpenArtifact> {
  const found = await azure.request(async (abortSignal) => await blob.getProperties({ abortSignal }))
  // Data Lake accounts and Hadoop have blobs for folders.
  if (found.metadata?.['hdi_isfolder'] === 'true') throw isFolder(path)
  const { contentLength: size = 0, etag = '', lastModified } = found
  return {
    size,
    modifiedTimeMs: lastModified?.getTime() ?? 0,
    etag: etag.replaceAll('"', ''),
    close: async () => {},
    body: async (range = { start: 0, end: size - 1 }) =>
      await guard(path, async () => {
        if (range.end < range.start) return new Uint8Array()
        const first = await request(range)
        const content = contentFrom(first, range)
        return range.end - range.start < smallBytes
          ? await buffer(content)
          : Readable.from(content, { objectMode: false, highWaterMark: bufferedBytes })
      }),
  }

  async function request({ start, end }: ByteRange): Promise<Readable> {
    const { readableStreamBody, contentLength } = await azure.request(
      async (abortSignal) =>
        await blob.download(start, end - start + 1, {
          abortSignal,
          conditions: { ifMatch: etag },
          maxRetryRequests: 0,
        }),
    )
    if (!(readableStreamBody instanceof Readable) || contentLength !== end - start + 1) {
      if (readableStreamBody instanceof Readable) readableStreamBody.destroy()
      throw new ApiError('TEMPORARILY_UNAVAILABLE', `The artifact store gave other bytes of '${path}' than asked for.`)
    }
    return readableStreamBody
  }

  /** All bytes of the range; a transfer that is cut or stands still is taken up where it ended, else it throws. */
  async function* contentFrom(first: Readable, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
    let offset = start
    let resumptions = 0
    let isTaken = false
    for (let stream = first; ; stream = await guard(path, async () => await request({ start: offset, end }))) {
      try {
        for await (const chunk of unlessStalled(stream, azure.timeoutMs)) {
          offset += chunk.byteLength
          resumptions = 0
          isTaken = true
          yield chunk
          isTaken = false
        }
        if (offset > end) return
        throw new Error(`The transfer ended at byte ${offset} instead of ${end + 1}.`)
      } catch (error) {
        // Whoever reads has had enough.
        if (isTaken) throw error
        if (resumptions++ === mostResumptions) {
          throw new ApiError(
            'TEMPORARILY_UNAVAILABLE',
            `The artifact store cut the transfer of '${path}'; try again.`,
            {
              cause: error,
            },
          )
        }
        await delay(100 * 2 ** resumptions)
      }
    }
  }
}
