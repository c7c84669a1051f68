import { invalidParameter } from '@trackway/api'
import type { BlockBlobClient } from '@azure/storage-blob'
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'

import { pathBelow } from './artifact-path.ts'
import type { UploadedPart, WriteOptions } from './artifact-store.ts'
import { blockId, blockSizes, mostBlocks, stageBlocks } from './azure-blocks.ts'
import type { AzureContainer } from './azure-client.ts'
import { azureErrorCode } from './azure-fault.ts'
import { deleteBlob } from './azure-listing.ts'
import { commitBlocks } from './azure-upload.ts'
import { cutIntoBlocks } from './blocks.ts'
import { checkPartCount, checkPartList, checkPartNumber, invalidEtag, unknownUpload } from './multipart-rules.ts'
import { stagingName } from './staging.ts'
import { uploadSource } from './upload-source.ts'

const direct = 'direct'

/** The block that a client sends as a part straight to the store, whole. */
export function directBlockId(uploadId: string, partNumber: number): string {
  return blockId(uploadId, partNumber, direct, 0)
}

/**
 * Uploads in parts, which are blocks of the file to be. Azure knows no uploads, so each has an empty blob in the staging
 * folder, whose metadata say what it is for: any server can take any request of it. Blocks that are not used Azure
 * removes after a week; the blobs of uploads that nobody ended stay, and cost nothing.
 *
 * An ETag names the sending of a part and its number of blocks; a part that went straight to the store has none.
 */
export function createAzureMultipart(azure: AzureContainer, at: (path: string) => BlockBlobClient) {
  return { create, uploadPart, complete, abort }

  async function create(path: string, parts: number): Promise<string> {
    checkPartCount(parts)
    const id = randomBytes(16).toString('hex')
    const metadata = { path: encodeURIComponent(path), parts: String(parts) }
    await azure.request(async (abortSignal) => await noteOf(id).upload('', 0, { abortSignal, metadata }))
    return id
  }

  async function uploadPart(
    path: string,
    id: string,
    partNumber: number,
    source: Readable,
    options: WriteOptions = {},
  ): Promise<string> {
    const parts = await partsOf(path, id)
    checkPartNumber(partNumber, parts)
    const sending = randomBytes(3).toString('hex')
    const sizes = blockSizes(options.size, Math.floor(mostBlocks / parts))
    const cut = cutIntoBlocks(uploadSource(source, options), sizes)
    const idOf = (index: number) => blockId(id, partNumber, sending, index)
    return `${sending}${await stageBlocks(azure, at(path), cut, idOf, options.signal)}`
  }

  async function complete(path: string, id: string, given: readonly UploadedPart[]): Promise<void> {
    const parts = await partsOf(path, id)
    const ids = blocksOfParts(id, parts, given)
    try {
      await commitBlocks(azure, at(path), ids)
    } catch (error) {
      if (azureErrorCode(error) !== 'InvalidBlockList') throw error
      throw invalidParameter(
        `The parts of '${path}' cannot be joined: some were not uploaded, or the file was stored otherwise meanwhile.`,
      )
    }
    await deleteBlob(azure, noteOf(id).name)
  }

  async function abort(path: string, id: string): Promise<void> {
    if ((await readParts(path, id)) !== undefined) await deleteBlob(azure, noteOf(id).name)
  }

  function noteOf(id: string): BlockBlobClient {
    return azure.container.getBlockBlobClient(pathBelow(azure.prefix, `${stagingName}/multipart-${id}`))
  }

  async function partsOf(path: string, id: string): Promise<number> {
    const parts = await readParts(path, id)
    if (parts !== undefined) return parts
    throw unknownUpload(path, id)
  }

  async function readParts(path: string, id: string): Promise<number | undefined> {
    if (!/^[0-9a-f]{32}$/.test(id)) return undefined
    try {
      const { metadata } = await azure.request(async (abortSignal) => await noteOf(id).getProperties({ abortSignal }))
      return metadata?.['path'] === encodeURIComponent(path) ? Number(metadata['parts']) : undefined
    } catch (error) {
      if (azureErrorCode(error) === 'BlobNotFound') return undefined
      throw error
    }
  }
}

function blocksOfParts(id: string, expected: number, given: readonly UploadedPart[]): string[] {
  checkPartList(given, expected)
  return given.flatMap(({ partNumber, etag }) => {
    if (etag === '') return [directBlockId(id, partNumber)]
    const [, sending, count] = /^([0-9a-f]{6})(\d{1,5})$/.exec(etag) ?? []
    if (sending === undefined || Number(count) > mostBlocks) {
      throw invalidEtag({ partNumber, etag })
    }
    return Array.from({ length: Number(count) }, (_, index) => blockId(id, partNumber, sending, index))
  })
}
