import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import { ApiError, invalidParameter } from '@trackway/api'
import { Readable } from 'node:stream'

import { StartupError } from '../startup-error.ts'
import { pathBelow } from './artifact-path.ts'
import type { ArtifactStore, ByteRange, OpenArtifact, UploadedPart, WriteOptions } from './artifact-store.ts'
import { mediaType } from './media-type.ts'
import { checkPartCount, unknownUpload } from './multipart-rules.ts'
import { placeMissing } from './network-faults.ts'
import { openS3Client } from './s3-client.ts'
import type { Environment } from './s3-client.ts'
import { s3ErrorCode, s3Fault } from './s3-fault.ts'
import { deleteBelowS3, isS3Folder, listS3 } from './s3-listing.ts'
import { createS3Presigning } from './s3-presigning.ts'
import { uploadToS3 } from './s3-upload.ts'
import type { S3Place } from './s3-upload.ts'
import { isFolder } from './storage-fault.ts'
import { uploadSource } from './upload-source.ts'

/**
 * Opens what lies below `s3://bucket/prefix` as an artifact store; nothing is asked of S3 yet.
 * @throws StartupError where the URI or a variable of the environment cannot be understood.
 */
export async function openS3ArtifactStore(uri: string, env: Environment): Promise<ArtifactStore> {
  const { bucket, prefix } = placeOf(uri)
  const settings = await openS3Client(env)
  const { client, owner, upload } = settings
  const target = (path: string, UploadId: string) => ({ ...at(path), ...owner, UploadId })

  return {
    put: async (path, source, options) =>
      await guarded(path, async () => await uploadToS3(settings, at(path), source, options)),
    open: async (path, options) => await guarded(path, async () => await open(path, options?.isWhole)),
    list: async (folder) =>
      await guarded(folder, async () => await listS3(settings, bucket, folderKey(pathBelow(prefix, folder)))),
    delete: async (path) => await guarded(path, async () => await remove(path)),
    createMultipart: async (path, parts) => await guarded(path, async () => await createMultipart(path, parts)),
    uploadPart: async (path, id, partNumber, source, options) =>
      await guarded(path, async () => await uploadPart(path, id, partNumber, source, options)),
    completeMultipart: async (path, id, parts) => await guarded(path, async () => await complete(path, id, parts)),
    abortMultipart: async (path, id) =>
      await guarded(path, async () => {
        await client.send(new AbortMultipartUploadCommand(target(path, id))).catch((error: unknown) => {
          if (s3ErrorCode(error) !== 'NoSuchUpload') throw error
        })
      }),
    ...(settings.isSigned ? { presigning: createS3Presigning(settings, at, guarded) } : {}),
    check: async (abortSignal) => await guarded('', async () => await check(abortSignal)),
    close: async () => client.destroy(),
  }

  function at(path: string): S3Place {
    return { Bucket: bucket, Key: pathBelow(prefix, path) }
  }

  async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw s3Fault(error, path, bucket)
    }
  }

  async function open(path: string, isWhole = false): Promise<OpenArtifact> {
    const place = { ...at(path), ...owner }
    const asked: Promise<HeadObjectCommandOutput & { Body?: unknown }> = isWhole
      ? client.send(new GetObjectCommand(place))
      : client.send(new HeadObjectCommand(place))
    const head = await asked.catch(async (error: unknown) => {
      const isMissing = s3ErrorCode(error) === 'NotFound' || s3ErrorCode(error) === 'NoSuchKey'
      // Also tells a missing bucket, which a HEAD cannot.
      if (isMissing && (await isS3Folder(settings, bucket, folderKey(at(path).Key)))) throw isFolder(path)
      throw error
    })
    const { ContentLength: size, ETag = '', LastModified, Body } = head
    const whole = Body instanceof Readable ? Body : undefined
    if (size === undefined) {
      whole?.destroy()
      throw otherBytes(path)
    }
    return {
      size,
      modifiedTimeMs: LastModified?.getTime() ?? 0,
      etag: ETag.replaceAll('"', ''),
      async body(range) {
        if (whole && !range) return whole
        whole?.destroy()
        return await guarded(path, async () => await body(path, size, ETag, range))
      },
      async close() {
        whole?.destroy()
      },
    }
  }

  async function body(path: string, size: number, IfMatch: string, range?: ByteRange): Promise<Readable | Uint8Array> {
    if (size === 0) return new Uint8Array()
    const { start, end } = range ?? { start: 0, end: size - 1 }
    // Of a file that was replaced meanwhile nothing is sent: its parts would be mixed.
    const got = await client.send(
      new GetObjectCommand({ ...at(path), ...owner, IfMatch, ...(range ? { Range: `bytes=${start}-${end}` } : {}) }),
    )
    if (!(got.Body instanceof Readable) || got.ContentLength !== end - start + 1) {
      if (got.Body instanceof Readable) got.Body.destroy()
      throw otherBytes(path)
    }
    return got.Body
  }

  async function remove(path: string): Promise<void> {
    if (path === '') throw invalidParameter('The artifact root itself cannot be deleted; name a file or folder in it.')
    await client.send(new DeleteObjectCommand({ ...at(path), ...owner })).catch((error: unknown) => {
      if (s3ErrorCode(error) !== 'NoSuchKey') throw error
    })
    await deleteBelowS3(settings, bucket, folderKey(at(path).Key))
  }

  async function createMultipart(path: string, parts: number): Promise<string> {
    checkPartCount(parts)
    const { UploadId = '' } = await client.send(
      new CreateMultipartUploadCommand({ ...at(path), ...owner, ContentType: mediaType(path), ...upload }),
    )
    return UploadId
  }

  async function uploadPart(
    path: string,
    id: string,
    PartNumber: number,
    source: Readable,
    options: WriteOptions = {},
  ): Promise<string> {
    if (options.size === undefined) {
      throw new ApiError(
        'BAD_REQUEST',
        'A part needs a Content-Length: the artifact store wants to know it beforehand.',
      )
    }
    const Body = Readable.from(uploadSource(source, options), { objectMode: false })
    const broken = new AbortController()
    let fault: unknown
    Body.on('error', (error) => {
      fault = error
      broken.abort()
    })
    const part = new UploadPartCommand({ ...target(path, id), PartNumber, Body, ContentLength: options.size })
    try {
      const { ETag = '' } = await client.send(part, { abortSignal: broken.signal })
      return ETag.replaceAll('"', '')
    } catch (error) {
      throw fault ?? (s3ErrorCode(error) === 'NoSuchUpload' ? unknownUpload(path, id) : error)
    }
  }

  async function complete(path: string, id: string, parts: readonly UploadedPart[]): Promise<void> {
    const Parts = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: `"${etag}"` }))
    try {
      await client.send(new CompleteMultipartUploadCommand({ ...target(path, id), MultipartUpload: { Parts } }))
    } catch (error) {
      const code = s3ErrorCode(error)
      if (code === 'NoSuchUpload') throw unknownUpload(path, id)
      if (code === 'InvalidPart' || code === 'InvalidPartOrder' || code === 'MalformedXML') {
        throw invalidParameter(`The parts of '${path}' cannot be joined (${code}): some were not uploaded, or not so.`)
      }
      throw error
    }
  }

  async function check(abortSignal: AbortSignal): Promise<void> {
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket, ...owner }), { abortSignal })
    } catch (error) {
      if (s3ErrorCode(error) !== 'NotFound' && s3ErrorCode(error) !== 'NoSuchBucket') throw error
      throw placeMissing(`bucket '${bucket}'`, error)
    }
  }
}

function placeOf(uri: string): { bucket: string; prefix: string } {
  const [, bucket, path = ''] = /^s3:\/\/([^/?#]+)(?:\/([^?#]*))?$/i.exec(uri) ?? []
  if (bucket === undefined) throw new StartupError(`'${uri}' names no place in S3. Give s3://bucket/folder.`)
  return { bucket, prefix: path.split('/').filter(Boolean).join('/') }
}

function otherBytes(path: string): ApiError {
  return new ApiError('TEMPORARILY_UNAVAILABLE', `The artifact store gave other bytes of '${path}' than asked for.`)
}

function folderKey(key: string): string {
  return key === '' ? '' : `${key}/`
}
