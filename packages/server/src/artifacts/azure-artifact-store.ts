import { invalidParameter } from '@trackway/api'

import { pathBelow } from './artifact-path.ts'
import type { ArtifactStore, OpenArtifact } from './artifact-store.ts'
import { openAzureContainer } from './azure-client.ts'
import type { Environment } from './azure-client.ts'
import { openAzureBlob } from './azure-download.ts'
import { azureErrorCode, azureFault } from './azure-fault.ts'
import { deleteBelowAzure, deleteBlob, isAzureFolder, listAzure } from './azure-listing.ts'
import { createAzureMultipart } from './azure-multipart.ts'
import { createAzurePresigning } from './azure-presigning.ts'
import { uploadToAzure } from './azure-upload.ts'
import { stagingName } from './staging.ts'
import { isFolder } from './storage-fault.ts'
import { refuseAborted } from './upload-source.ts'

/**
 * Opens what lies below `wasbs://container@account.blob.core.windows.net/path`, or `abfss://` for Data Lake accounts, as
 * an artifact store; nothing is asked of Azure yet.
 * @throws StartupError where the URI or a variable of the environment cannot be understood.
 */
export async function openAzureArtifactStore(uri: string, env: Environment): Promise<ArtifactStore> {
  const azure = await openAzureContainer(uri, env)
  const { container, prefix, signing } = azure
  const at = (path: string) => container.getBlockBlobClient(pathBelow(prefix, path))
  const multipart = createAzureMultipart(azure, at)

  return {
    put: async (path, source, options) =>
      await guarded(path, async () => {
        try {
          await uploadToAzure(azure, at(path), source, options)
        } catch (error) {
          refuseAborted(options?.signal)
          throw error
        }
      }),
    open: async (path) => await guarded(path, async () => await open(path)),
    list: async (folder) => await guarded(folder, async () => await list(folder)),
    delete: async (path) => await guarded(path, async () => await remove(path)),
    createMultipart: async (path, parts) => await guarded(path, async () => await multipart.create(path, parts)),
    uploadPart: async (path, ...rest) => await guarded(path, async () => await multipart.uploadPart(path, ...rest)),
    completeMultipart: async (path, ...rest) =>
      await guarded(path, async () => await multipart.complete(path, ...rest)),
    abortMultipart: async (path, id) => await guarded(path, async () => await multipart.abort(path, id)),
    ...(signing ? { presigning: createAzurePresigning(azure, signing, at, sizeOf, guarded) } : {}),
    check: async (signal) =>
      await guarded('', async () => void (await isAzureFolder(azure, folderName(prefix), signal))),
    // Idle connections of the SDK keep no process alive.
    close: async () => {},
  }

  async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
    if (path.split('/', 1)[0]?.toLowerCase() === stagingName) {
      throw invalidParameter(`Invalid path ${JSON.stringify(path)}: the name '${stagingName}' is the server's own.`)
    }
    try {
      return await work()
    } catch (error) {
      throw azureFault(error, path, container.containerName)
    }
  }

  async function open(path: string): Promise<OpenArtifact> {
    try {
      return await openAzureBlob(azure, at(path), path, guarded)
    } catch (error) {
      if (azureErrorCode(error) !== 'BlobNotFound') throw error
      throw (await isAzureFolder(azure, folderName(at(path).name))) ? isFolder(path) : error
    }
  }

  async function sizeOf(path: string): Promise<number> {
    return (await open(path)).size
  }

  async function list(folder: string) {
    const entries = await listAzure(azure, folderName(pathBelow(prefix, folder)))
    return folder === '' ? entries.filter(({ name }) => name !== stagingName) : entries
  }

  async function remove(path: string): Promise<void> {
    if (path === '') throw invalidParameter('The artifact root itself cannot be deleted; name a file or folder in it.')
    const { name } = at(path)
    await deleteBelowAzure(azure, folderName(name))
    await deleteBlob(azure, name)
  }
}

function folderName(name: string): string {
  return name === '' ? '' : `${name}/`
}
