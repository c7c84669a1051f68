import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { CompletedPart } from '@aws-sdk/client-s3'
import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'

import type { WriteOptions } from './artifact-store.ts'
import { cutIntoBlocks } from './blocks.ts'
import type { Blocks } from './blocks.ts'
import { usedUp } from './let-go.ts'
import { mediaType } from './media-type.ts'
import { mostParts } from './multipart-rules.ts'
import type { S3Settings } from './s3-client.ts'
import { uploadSource } from './upload-source.ts'

/** A file up to this, the least that S3 takes for a part, goes in one request; a larger one in parts of this, and more beyond the first thousand. */
const partBytes = 5 * 1024 * 1024
/** Parts that are on their way while the next one comes in: an upload of any size holds three in memory. */
const partsInFlight = 2
/** Where all uploads together have as many on their way, each makes do with one. */
const partsInFlightOfAll = 4
let allInFlight = 0

export interface S3Place {
  readonly Bucket: string
  readonly Key: string
}

/** Stores the whole of the source at a place, or nothing. A part that the store refuses for a moment is sent again. */
export async function uploadToS3(
  settings: S3Settings,
  place: S3Place,
  source: Readable,
  options: WriteOptions = {},
): Promise<void> {
  const sizes = partSizes(options.size)
  const cut = cutIntoBlocks(uploadSource(source, options), sizes, usedUp(source))
  const { blocks } = cut
  const first = await blocks.next()
  if (first.done) return
  if (first.value.byteLength < sizes(0) || first.value.byteLength === options.size) {
    // Reading on tells whether more came than was announced.
    await blocks.next()
    const { client, owner, upload } = settings
    const Body = first.value
    const input = { ...place, ...owner, ContentType: mediaType(place.Key), ...upload, Body }
    await client.send(new PutObjectCommand({ ...input, ...checksumOf(settings, Body) }), signalOf(options.signal))
    return
  }
  await uploadInParts(settings, place, first.value, cut, options.signal)
}

async function uploadInParts(
  settings: S3Settings,
  place: S3Place,
  first: Buffer,
  { blocks: others, release }: Blocks,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { client, owner, upload, sendsChecksums } = settings
  const begin = { ...place, ...owner, ContentType: mediaType(place.Key), ...upload }
  const algorithm = sendsChecksums ? ({ ChecksumAlgorithm: 'CRC32' } as const) : {}
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...begin, ...algorithm }))
  const target = { ...place, ...owner, UploadId }
  const calledOff = new AbortController()
  const abortSignal = signal ? AbortSignal.any([signal, calledOff.signal]) : calledOff.signal
  const parts: CompletedPart[] = []
  const sending = new Set<Promise<void>>()

  async function send(PartNumber: number, Body: Buffer): Promise<void> {
    const checksum = checksumOf(settings, Body)
    const part = new UploadPartCommand({ ...target, PartNumber, Body, ...checksum })
    const { ETag } = await client.send(part, { abortSignal })
    release(Body)
    parts[PartNumber - 1] = { PartNumber, ETag, ...checksum }
  }

  function begun(partNumber: number, block: Buffer): void {
    allInFlight++
    const sent = send(partNumber, block).finally(() => {
      allInFlight--
      sending.delete(sent)
    })
    // A failure surfaces at the next await of these; until then it must not count as unhandled.
    sent.catch(() => {})
    sending.add(sent)
  }

  try {
    begun(1, first)
    let partNumber = 1
    for await (const block of others) {
      begun(++partNumber, block)
      while (sending.size > (allInFlight > partsInFlightOfAll ? 1 : partsInFlight)) await Promise.race(sending)
    }
    await Promise.all(sending)
    await client.send(
      new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: parts } }),
      signalOf(signal),
    )
  } catch (error) {
    calledOff.abort()
    // A part that is still coming in would outlive the upload.
    await Promise.allSettled(sending)
    await client.send(new AbortMultipartUploadCommand(target)).catch(() => {})
    throw error
  }
}

/** Ten thousand parts must do: those of a known size are made to fit, others grow on the way, up to 5 TB in all. */
function partSizes(size: number | undefined): (index: number) => number {
  if (size !== undefined) {
    const bytes = Math.max(partBytes, Math.ceil(size / mostParts))
    return () => bytes
  }
  return (index) => partBytes * 2 ** Math.floor(index / 1000)
}

function checksumOf({ sendsChecksums }: S3Settings, body: Buffer): { ChecksumCRC32?: string } {
  if (!sendsChecksums) return {}
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return { ChecksumCRC32: sum.toString('base64') }
}

function signalOf(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {}
}
