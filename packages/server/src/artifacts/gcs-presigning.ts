import type { Bucket, File } from '@google-cloud/storage'

import type { OpenArtifact, Presigning } from './artifact-store.ts'
import { contentDisposition } from './content-disposition.ts'
import { mediaType } from './media-type.ts'

/** The store takes no URL that lives longer than a week. */
const longestSeconds = 7 * 24 * 60 * 60

interface GcsSigner {
  readonly bucket: Bucket
  readonly keyOf: (path: string) => string
  readonly partKey: (id: string, partNumber: number) => string
  readonly open: (path: string) => Promise<OpenArtifact>
  /** Turns the SDK's errors into ours. */
  readonly guarded: <T>(path: string, work: () => Promise<T>) => Promise<T>
}

/** Requests signed with the key of a service account (V4), which are good for at most a week. */
export function createGcsPresigning({ bucket, keyOf, partKey, open, guarded }: GcsSigner): Presigning {
  return {
    download: async (path, seconds) =>
      await guarded(path, async () => {
        const { size } = await open(path)
        const responseDisposition = contentDisposition('attachment', path.slice(path.lastIndexOf('/') + 1))
        const url = await signed(bucket.file(keyOf(path)), { action: 'read', responseDisposition }, seconds)
        return { url, headers: {}, size }
      }),
    upload: async (path, seconds) =>
      await guarded(path, async () => {
        const contentType = mediaType(path)
        const url = await signed(bucket.file(keyOf(path)), { action: 'write', contentType }, seconds)
        return { url, headers: { 'Content-Type': contentType } }
      }),
    parts: async (path, id, count, seconds) =>
      await guarded(path, async () => {
        const files = Array.from({ length: count }, (_, k) => bucket.file(partKey(id, k + 1)))
        const urls = await Promise.all(files.map(async (file) => await signed(file, { action: 'write' }, seconds)))
        return urls.map((url) => ({ url, headers: {} }))
      }),
  }
}

type Signed = { action: 'read' | 'write'; contentType?: string; responseDisposition?: string }

async function signed(file: File, what: Signed, seconds: number): Promise<string> {
  const expires = Date.now() + Math.min(seconds, longestSeconds) * 1000
  const [url] = await file.getSignedUrl({ version: 'v4', expires, ...what })
  return url
}
