import { azureErrorCode } from './azure-fault.ts'
import type { ArtifactEntry } from './artifact-store.ts'
import type { AzureContainer } from './azure-client.ts'

const pageEntries = 5000
const deletionsAtOnce = 16

interface PageSettings {
  readonly maxPageSize: number
  readonly continuationToken?: string
}

/** The entries below a prefix, which is '' or ends with a slash, sorted by name. */
export async function listAzure(azure: AzureContainer, prefix: string): Promise<ArtifactEntry[]> {
  const entries: ArtifactEntry[] = []
  const folders = new Set<string>()
  const pages = pagesOf(azure, (abortSignal) =>
    azure.container.listBlobsByHierarchy('/', { prefix, includeMetadata: true, abortSignal }),
  )
  for await (const { segment } of pages) {
    for (const { name } of segment.blobPrefixes ?? []) folders.add(name.slice(prefix.length, -1))
    for (const { name, properties, metadata } of segment.blobItems) {
      const own = name.slice(prefix.length)
      if (metadata?.['hdi_isfolder'] === 'true') folders.add(own)
      // Some tools mark a folder by an empty blob of its name and a slash.
      else if (own !== '') entries.push({ name: own, isFolder: false, size: properties.contentLength ?? 0 })
    }
  }
  for (const name of folders) {
    // Names such as `a//b` have no path here.
    if (name !== '') entries.push({ name, isFolder: true })
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Deletes all below a prefix, files first: a Data Lake's folder must be empty. */
export async function deleteBelowAzure(azure: AzureContainer, prefix: string): Promise<void> {
  const folders: string[] = []
  const pages = pagesOf(azure, (abortSignal) =>
    azure.container.listBlobsFlat({ prefix, includeMetadata: true, abortSignal }),
  )
  for await (const { segment } of pages) {
    const files: string[] = []
    for (const { name, metadata } of segment.blobItems) {
      ;(metadata?.['hdi_isfolder'] === 'true' ? folders : files).push(name)
    }
    await deleteAll(azure, files)
  }
  folders.sort((a, b) => b.split('/').length - a.split('/').length)
  for (const folder of folders) await deleteBlob(azure, folder)
}

/** Nothing happens where there is none. */
export async function deleteBlob(azure: AzureContainer, name: string): Promise<void> {
  const blob = azure.container.getBlobClient(name)
  try {
    await azure.request(async (abortSignal) => await blob.delete({ abortSignal, deleteSnapshots: 'include' }))
  } catch (error) {
    if (azureErrorCode(error) !== 'BlobNotFound') throw error
  }
}

/** Whether anything lies below a prefix; rejects where there is no container. */
export async function isAzureFolder(azure: AzureContainer, prefix: string, signal?: AbortSignal): Promise<boolean> {
  return await azure.request(
    async (abortSignal) => {
      const pages = azure.container.listBlobsFlat({ prefix, abortSignal }).byPage({ maxPageSize: 1 })
      for await (const { segment } of pages) {
        if (segment.blobItems.length > 0) return true
      }
      return false
    },
    { signal },
  )
}

async function* pagesOf<T extends { continuationToken?: string }>(
  azure: AzureContainer,
  listing: (abortSignal: AbortSignal) => { byPage(settings: PageSettings): AsyncIterableIterator<T> },
): AsyncGenerator<T> {
  let continuationToken: string | undefined
  do {
    const settings = { maxPageSize: pageEntries, ...(continuationToken ? { continuationToken } : {}) }
    const page = await azure.request(async (abortSignal) => await listing(abortSignal).byPage(settings).next())
    if (page.done) return
    yield page.value
    continuationToken = page.value.continuationToken
  } while (continuationToken)
}

async function deleteAll(azure: AzureContainer, names: readonly string[]): Promise<void> {
  let next = 0
  async function worker(): Promise<void> {
    for (let name = names[next++]; name !== undefined; name = names[next++]) await deleteBlob(azure, name)
  }
  await Promise.all(Array.from({ length: Math.min(deletionsAtOnce, names.length) }, worker))
}
