import { BlobSASPermissions, SASProtocol, generateBlobSASQueryParameters } from '@azure/storage-blob'
import type {
  BlobClient,
  BlobSASSignatureValues,
  BlobServiceClient,
  StorageSharedKeyCredential,
  UserDelegationKey,
} from '@azure/storage-blob'
import { ApiError } from '@trackway/api'

import type { Presigning } from './artifact-store.ts'
import type { AzureContainer } from './azure-client.ts'
import { azureErrorCode } from './azure-fault.ts'
import { directBlockId } from './azure-multipart.ts'
import { contentDisposition } from './content-disposition.ts'
import { mediaType } from './media-type.ts'

const minuteMs = 60_000
/** Clocks differ. */
const leadMs = 5 * minuteMs
/** Azure signs by a user's key for a week at most. */
const longestMs = 7 * 24 * 60 * minuteMs

/** The URL of a blob with what lets its holder do `permissions` ('r', 'w') with it. */
export type AzureSigning = (
  blob: BlobClient,
  permissions: string,
  expiresInSeconds: number,
  more?: Pick<BlobSASSignatureValues, 'contentDisposition'>,
) => Promise<string>

/** Signs by the account's key, or by one that Azure gives to whom the server is signed in as. */
export function createAzureSigning(service: BlobServiceClient, key?: StorageSharedKeyCredential): AzureSigning {
  const protocol = service.url.startsWith('http:') ? SASProtocol.HttpsAndHttp : SASProtocol.Https
  let delegated: { readonly key: UserDelegationKey; readonly untilMs: number } | undefined

  return async (blob, permissions, expiresInSeconds, more = {}) => {
    const now = Date.now()
    const expiresMs = now + Math.min(expiresInSeconds * 1000, longestMs - leadMs)
    const values = {
      containerName: blob.containerName,
      blobName: blob.name,
      permissions: BlobSASPermissions.parse(permissions),
      protocol,
      startsOn: new Date(now - leadMs),
      expiresOn: new Date(expiresMs),
      ...more,
    }
    const token = key
      ? generateBlobSASQueryParameters(values, key)
      : generateBlobSASQueryParameters(values, await delegatedKey(expiresMs), service.accountName)
    return `${blob.url}?${token.toString()}`
  }

  async function delegatedKey(neededMs: number): Promise<UserDelegationKey> {
    if (delegated && delegated.untilMs >= neededMs) return delegated.key
    const now = Date.now()
    const untilMs = Math.min(neededMs + 60 * minuteMs, now + longestMs - leadMs)
    try {
      const key = await service.getUserDelegationKey(new Date(now - leadMs), new Date(untilMs))
      delegated = { key, untilMs }
      return key
    } catch (error) {
      if (azureErrorCode(error) !== 'AuthorizationPermissionMismatch') throw error
      throw new ApiError(
        'NOT_IMPLEMENTED',
        "The server's user may not sign addresses of the artifact store; the role Storage Blob Delegator allows it.",
        { cause: error },
      )
    }
  }
}

/** @param at the blob of a path; `guard` turns the SDK's errors into ours. */
export function createAzurePresigning(
  azure: AzureContainer,
  sign: AzureSigning,
  at: (path: string) => BlobClient,
  size: (path: string) => Promise<number>,
  guard: <T>(path: string, work: () => Promise<T>) => Promise<T>,
): Presigning {
  return {
    download: async (path, seconds) =>
      await guard(path, async () => {
        const name = path.slice(path.lastIndexOf('/') + 1)
        const disposition = { contentDisposition: contentDisposition('attachment', name) }
        const bytes = await size(path)
        const url = await azure.request(async () => await sign(at(path), 'r', seconds, disposition))
        return { url, headers: {}, size: bytes }
      }),

    upload: async (path, seconds) =>
      await guard(path, async () => ({
        url: await azure.request(async () => await sign(at(path), 'w', seconds)),
        headers: { 'x-ms-blob-type': 'BlockBlob', 'Content-Type': mediaType(path) },
      })),

    parts: async (path, uploadId, count, seconds) =>
      await guard(path, async () => {
        const url = await azure.request(async () => await sign(at(path), 'w', seconds))
        return Array.from({ length: count }, (_, index) => {
          const id = encodeURIComponent(directBlockId(uploadId, index + 1))
          return { url: `${url}&comp=block&blockid=${id}`, headers: {} }
        })
      }),
  }
}
