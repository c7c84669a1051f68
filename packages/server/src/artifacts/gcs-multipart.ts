import type { Bucket, File } from '@google-cloud/storage'
import { ApiError, invalidParameter } from '@trackway/api'
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'

import type { ArtifactStore, WriteOptions } from './artifact-store.ts'
import { gcsStatus } from './gcs-fault.ts'
import { mediaType } from './media-type.ts'
import { checkPartCount, unknownUpload } from './multipart-rules.ts'

/** The store's own limit. */
const mostComposed = 32

type Multipart = Pick<ArtifactStore, 'createMultipart' | 'uploadPart' | 'completeMultipart' | 'abortMultipart'>

/**
 * Uploads in parts, each an object of its own below `folder` until the store composes the file of them.
 * @param store writes an object whole or not at all.
 */
export function createGcsMultipart(
  bucket: Bucket,
  folder: string,
  keyOf: (path: string) => string,
  store: (key: string, source: Readable, options?: WriteOptions) => Promise<void>,
): Multipart & { readonly partKey: (id: string, partNumber: number) => string } {
  return { createMultipart, uploadPart, completeMultipart, abortMultipart, partKey }

  async function createMultipart(path: string, parts: number): Promise<string> {
    checkPartCount(parts)
    const id = randomBytes(16).toString('hex')
    await marker(id).save(path, { resumable: false })
    return id
  }

  async function uploadPart(
    path: string,
    id: string,
    partNumber: number,
    source: Readable,
    options?: WriteOptions,
  ): Promise<string> {
    await refuseUnknown(path, id)
    await store(partKey(id, partNumber), source, options)
    const [{ md5Hash }] = await bucket.file(partKey(id, partNumber)).getMetadata()
    return etagOf(md5Hash)
  }

  async function completeMultipart(...[path, id, parts]: Parameters<Multipart['completeMultipart']>): Promise<void> {
    await refuseUnknown(path, id)
    const [found] = await bucket.getFiles({ prefix: `${folder}/${id}/part-` })
    const uploaded = new Map(found.map((file) => [file.name, file]))
    let files = parts.map(({ partNumber, etag }) => {
      const file = uploaded.get(partKey(id, partNumber))
      // Only an MD5 can be compared: parts under a key of the customer's have other ETags.
      if (!file || (/^[0-9a-f]{32}$/.test(etag) && etagOf(file.metadata.md5Hash) !== etag)) {
        throw invalidParameter(
          `The parts of '${path}' cannot be joined: part ${partNumber} was not uploaded, or not so.`,
        )
      }
      return file
    })
    // Each is named with its generation, so that one that is sent again meanwhile is not taken unchecked.
    if (files.length === 0) throw invalidParameter(`The upload of '${path}' has no parts, so there is no file.`)
    const target = bucket.file(keyOf(path))
    target.metadata.contentType = mediaType(path)
    try {
      for (let round = 0; files.length > mostComposed; round++) files = await joined(id, files, round)
      await bucket.combine(files, target)
    } catch (error) {
      if (gcsStatus(error) !== 404) throw error
      throw new ApiError(
        'RESOURCE_CONFLICT',
        `A part of '${path}' was sent again, or the upload called off, while the parts were being joined. Complete it again.`,
        { cause: error },
      )
    }
    // The file is there; what stays of the parts costs space, until the bucket's lifecycle rule takes it.
    await remove(id).catch(() => {})
  }

  async function joined(id: string, files: readonly File[], round: number): Promise<File[]> {
    const longer: File[] = []
    for (let at = 0; at < files.length; at += mostComposed) {
      const name = `${folder}/${id}/joined-${round}-${at}`
      const [, reply] = await bucket.combine(files.slice(at, at + mostComposed), bucket.file(name))
      longer.push(bucket.file(name, { generation: String((reply as { generation?: unknown }).generation) }))
    }
    return longer
  }

  async function abortMultipart(path: string, id: string): Promise<void> {
    if (await isKnown(path, id)) await remove(id)
  }

  /** The marker goes first: who sends a part meanwhile is refused. */
  async function remove(id: string): Promise<void> {
    await marker(id).delete({ ignoreNotFound: true })
    const [files] = await bucket.getFiles({ prefix: `${folder}/${id}/` })
    for (let at = 0; at < files.length; at += 8) {
      await Promise.all(files.slice(at, at + 8).map(async (file) => await file.delete({ ignoreNotFound: true })))
    }
  }

  async function refuseUnknown(path: string, id: string): Promise<void> {
    if (await isKnown(path, id)) return
    throw unknownUpload(path, id)
  }

  async function isKnown(path: string, id: string): Promise<boolean> {
    if (!/^[0-9a-f]{32}$/.test(id)) return false
    try {
      const [content] = await marker(id).download()
      return content.toString() === path
    } catch (error) {
      if (gcsStatus(error) === 404) return false
      throw error
    }
  }

  function marker(id: string): File {
    return bucket.file(`${folder}/${id}/upload`)
  }

  function partKey(id: string, partNumber: number): string {
    return `${folder}/${id}/part-${partNumber}`
  }
}

function etagOf(md5Hash: string | undefined): string {
  if (md5Hash === undefined) throw new ApiError('INTERNAL_ERROR', 'The artifact store told no checksum of a part.')
  return Buffer.from(md5Hash, 'base64').toString('hex')
}
