import { ApiError } from '@trackway/api'
import type { BlockBlobClient } from '@azure/storage-blob'
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'

import type { WriteOptions } from './artifact-store.ts'
import { blockId, blockSizes, mostBlocks, stageBlocks } from './azure-blocks.ts'
import type { AzureContainer } from './azure-client.ts'
import { azureErrorCode } from './azure-fault.ts'
import { cutIntoBlocks } from './blocks.ts'
import { usedUp } from './let-go.ts'
import { mediaType } from './media-type.ts'
import { uploadSource } from './upload-source.ts'

/**
 * Stores the whole of the source as a file, or nothing. What a broken upload leaves nobody sees, and Azure removes it
 * after a week.
 */
export async function uploadToAzure(
  azure: AzureContainer,
  blob: BlockBlobClient,
  source: Readable,
  options: WriteOptions = {},
): Promise<void> {
  const { size, signal } = options
  const sizes = blockSizes(size, mostBlocks)
  const { blocks, release } = cutIntoBlocks(uploadSource(source, options), sizes, usedUp(source))
  const first = await blocks.next()
  if (first.done) return
  if (first.value.byteLength < sizes(0) || first.value.byteLength === size) {
    // Reading on tells whether more came than was announced.
    await blocks.next()
    const { byteLength } = first.value
    await azure.request(
      async (abortSignal) =>
        await blob.upload(first.value, byteLength, { abortSignal, blobHTTPHeaders: headersOf(blob) }),
      { signal, bytes: byteLength },
    )
    return
  }

  const before = await etagOf(azure, blob)
  const upload = randomBytes(16).toString('hex')
  const idOf = (index: number) => blockId(upload, 0, 'single', index)
  const count = await stageBlocks(azure, blob, { blocks: resumed(first.value, blocks), release }, idOf, signal)
  try {
    await commitBlocks(
      azure,
      blob,
      Array.from({ length: count }, (_, index) => idOf(index)),
      signal,
    )
  } catch (error) {
    if (azureErrorCode(error) !== 'InvalidBlockList') throw error
    // Whoever stores the file meanwhile drops our blocks: as if ours had come first and been replaced.
    const after = await etagOf(azure, blob)
    if (after !== undefined && after !== before) return
    throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The file was deleted while it was being uploaded; send it again.', {
      cause: error,
    })
  }
}

/** Makes a file of blocks that were sent. Those that the list does not name are dropped. */
export async function commitBlocks(
  azure: AzureContainer,
  blob: BlockBlobClient,
  ids: string[],
  signal?: AbortSignal,
): Promise<void> {
  await azure.request(
    async (abortSignal) => await blob.commitBlockList(ids, { abortSignal, blobHTTPHeaders: headersOf(blob) }),
    { signal },
  )
}

async function* resumed(first: Buffer, others: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* others
}

async function etagOf(azure: AzureContainer, blob: BlockBlobClient): Promise<string | undefined> {
  try {
    return (await azure.request(async (abortSignal) => await blob.getProperties({ abortSignal }))).etag
  } catch (error) {
    if (azureErrorCode(error) === 'BlobNotFound') return undefined
    throw error
  }
}

function headersOf({ name }: BlockBlobClient): { blobContentType: string } {
  return { blobContentType: mediaType(name) }
}
