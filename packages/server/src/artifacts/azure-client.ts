import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import type { ContainerClient, StoragePipelineOptions } from '@azure/storage-blob'

import { StartupError } from '../startup-error.ts'
import { azureLocation } from './azure-location.ts'
import { azureTimeout } from './azure-fault.ts'
import { createAzureSigning } from './azure-presigning.ts'
import type { AzureSigning } from './azure-presigning.ts'

export type Environment = Readonly<Record<string, string | undefined>>

declare global {
  /** A browser's type that the types of `@azure/identity` name; Node's own types have it elsewhere. */
  interface JsonWebKey {
    kty?: string
  }
}

/** Refused and lost requests are sent again at once, after 0.5 and after 1.5 seconds more. */
const retryOptions = { maxTries: 4, retryDelayInMs: 500, maxRetryDelayInMs: 4000 }
const usualTimeoutMs = 60_000
/** What must pass in the time of one request. */
const bytesInTime = 8 * 1024 * 1024

/** A folder of a container, and how to speak with it. */
export interface AzureContainer {
  readonly container: ContainerClient
  /** Names with slashes between them; '' is the whole container. */
  readonly prefix: string
  /** Absent where the server has no key to sign with. */
  readonly signing?: AzureSigning
  /** How long nothing may come from the store. */
  readonly timeoutMs: number
  /**
   * Runs a request with all its repetitions.
   * @param bytes how many it sends; many take longer.
   * @throws what `azureFault` takes for a store that is away, when the store does not answer.
   */
  request<T>(
    work: (abortSignal: AbortSignal) => Promise<T>,
    options?: { readonly signal?: AbortSignal | undefined; readonly bytes?: number },
  ): Promise<T>
}

/**
 * A client for the place that a URI names, set up by the variables that MLflow reads: `AZURE_STORAGE_CONNECTION_STRING`
 * (whose account and endpoint count), else `AZURE_STORAGE_ACCESS_KEY`, else `AZURE_STORAGE_SAS_TOKEN`, else whatever
 * Azure's DefaultAzureCredential finds; and `MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT`, seconds for a request.
 * @throws StartupError where the URI or a variable cannot be understood.
 */
export async function openAzureContainer(uri: string, env: Environment): Promise<AzureContainer> {
  const location = azureLocation(uri)
  const timeoutMs = timeoutOf(env['MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT'])
  const { service, signing } = await openService(location, env)
  return {
    container: service.getContainerClient(location.container),
    prefix: location.prefix,
    ...(signing ? { signing } : {}),
    timeoutMs,
    async request(work, { signal, bytes = 0 } = {}) {
      const deadline = new AbortController()
      const timer = setTimeout(() => deadline.abort(), timeoutMs * Math.max(1, bytes / bytesInTime))
      try {
        return await work(signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal)
      } catch (error) {
        throw deadline.signal.aborted ? azureTimeout(error) : error
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

async function openService(
  { account, endpoint }: { readonly account: string; readonly endpoint: string },
  env: Environment,
): Promise<{ service: BlobServiceClient; signing?: AzureSigning }> {
  const options: StoragePipelineOptions = { retryOptions }
  const connection = env['AZURE_STORAGE_CONNECTION_STRING']
  if (connection) return withKey(fromConnectionString(connection, options))

  const key = env['AZURE_STORAGE_ACCESS_KEY']
  if (key) return withKey(new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, key), options))

  const token = env['AZURE_STORAGE_SAS_TOKEN']?.replace(/^\?/, '')
  if (token) return { service: new BlobServiceClient(`${endpoint}?${token}`, undefined, options) }

  const { DefaultAzureCredential } = await import('@azure/identity')
  const service = new BlobServiceClient(endpoint, new DefaultAzureCredential(), options)
  return { service, signing: createAzureSigning(service) }
}

function withKey(service: BlobServiceClient): { service: BlobServiceClient; signing?: AzureSigning } {
  const { credential } = service
  // A connection string may hold a SAS instead of a key.
  if (!(credential instanceof StorageSharedKeyCredential)) return { service }
  return { service, signing: createAzureSigning(service, credential) }
}

function fromConnectionString(text: string, options: StoragePipelineOptions): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(text, options)
  } catch (error) {
    // The text has the key in it, so it is not repeated.
    throw new StartupError(
      'AZURE_STORAGE_CONNECTION_STRING cannot be understood. It takes what the Azure portal shows below "Access keys": ' +
        'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net',
      { cause: error },
    )
  }
}

function timeoutOf(text: string | undefined): number {
  if (!text) return usualTimeoutMs
  const seconds = Number(text)
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000
  throw new StartupError(`MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT takes a number of seconds above 0, got '${text}'.`)
}
