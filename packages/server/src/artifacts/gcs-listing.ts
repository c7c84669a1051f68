import type { Bucket } from '@google-cloud/storage'

import type { ArtifactEntry } from './artifact-store.ts'

const deletedAtOnce = 8

/** The entries below a prefix, which is '' or ends with a slash, sorted by name. */
export async function listGcs(bucket: Bucket, prefix: string): Promise<ArtifactEntry[]> {
  const entries: ArtifactEntry[] = []
  for await (const { files, folders } of pages(bucket, prefix, '/')) {
    for (const key of folders) {
      const name = key.slice(prefix.length, -1)
      // Keys such as `a//b` have no path here.
      if (name !== '') entries.push({ name, isFolder: true })
    }
    for (const file of files) {
      // Some tools mark a folder by an empty object of its name.
      if (file.name.endsWith('/')) continue
      entries.push({ name: file.name.slice(prefix.length), isFolder: false, size: Number(file.metadata.size ?? 0) })
    }
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Deletes all below a prefix. */
export async function deleteBelowGcs(bucket: Bucket, prefix: string): Promise<void> {
  for await (const { files } of pages(bucket, prefix)) {
    for (let at = 0; at < files.length; at += deletedAtOnce) {
      await Promise.all(
        files.slice(at, at + deletedAtOnce).map(async (file) => await file.delete({ ignoreNotFound: true })),
      )
    }
  }
}

async function* pages(bucket: Bucket, prefix: string, delimiter?: string) {
  let pageToken: string | undefined
  do {
    const query = { prefix, autoPaginate: false, ...(delimiter ? { delimiter } : {}) }
    const [files, next, reply] = await bucket.getFiles({ ...query, ...(pageToken ? { pageToken } : {}) })
    yield { files, folders: (reply as { prefixes?: readonly string[] } | undefined)?.prefixes ?? [] }
    pageToken = (next as { pageToken?: string } | null)?.pageToken
  } while (pageToken)
}
