import { DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'

import type { ArtifactEntry } from './artifact-store.ts'
import type { S3Settings } from './s3-client.ts'

/** The entries below a prefix, which is '' or ends with a slash, sorted by name. */
export async function listS3(settings: S3Settings, Bucket: string, Prefix: string): Promise<ArtifactEntry[]> {
  const entries: ArtifactEntry[] = []
  for await (const { Contents = [], CommonPrefixes = [] } of pages(settings, { Bucket, Prefix, Delimiter: '/' })) {
    for (const { Prefix: folder = '' } of CommonPrefixes) {
      const name = folder.slice(Prefix.length, -1)
      // Keys such as `a//b` have no path here.
      if (name !== '') entries.push({ name, isFolder: true })
    }
    for (const { Key = '', Size = 0 } of Contents) {
      // Some tools mark a folder by an empty object of its name.
      if (!Key.endsWith('/')) entries.push({ name: Key.slice(Prefix.length), isFolder: false, size: Size })
    }
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Deletes all below a prefix, a page of at most a thousand at once. */
export async function deleteBelowS3(settings: S3Settings, Bucket: string, Prefix: string): Promise<void> {
  const { client, owner } = settings
  for await (const { Contents = [] } of pages(settings, { Bucket, Prefix })) {
    const Objects = Contents.map(({ Key = '' }) => ({ Key }))
    if (Objects.length === 0) continue
    const { Errors: [first] = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, ...owner, Delete: { Objects, Quiet: true } }),
    )
    if (first) throw Object.assign(new Error(first.Message ?? 'A file could not be deleted'), { code: first.Code })
  }
}

/** Whether anything lies below a prefix. */
export async function isS3Folder({ client, owner }: S3Settings, Bucket: string, Prefix: string): Promise<boolean> {
  const { KeyCount = 0, Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1, ...owner }),
  )
  return KeyCount > 0 || Contents.length > 0
}

async function* pages(
  { client, owner }: S3Settings,
  what: { readonly Bucket: string; readonly Prefix: string; readonly Delimiter?: string },
) {
  let ContinuationToken: string | undefined
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        ...what,
        ...owner,
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      }),
    )
    yield page
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
  } while (ContinuationToken !== undefined)
}
