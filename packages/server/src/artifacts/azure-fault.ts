import { ApiError, doesNotExist } from '@trackway/api'

import {
  credentialsRefused,
  networkCodes,
  placeMissing,
  replacedMeanwhile,
  storeAway,
  storeFailed,
} from './network-faults.ts'
import { isFolder, throughFile } from './storage-fault.ts'

/** Codes of Azure and of the network that say: not now. */
const passing = new Set([
  ...'ServerBusy InternalError OperationTimedOut ContainerBeingDeleted TimeoutError REQUEST_SEND_ERROR PARSE_ERROR'.split(
    ' ',
  ),
  ...networkCodes,
])

/** Names of errors of `@azure/identity`. */
const unknownToAzure = new Set(
  'CredentialUnavailableError AuthenticationError AggregateAuthenticationError AuthenticationRequiredError'.split(' '),
)

const badNames = new Set('InvalidUri InvalidResourceName OutOfRangeInput UnsupportedUriScheme'.split(' '))

/** The SDK's error as the ApiError that tells the client what happened to `path`, the artifact's own path. */
export function azureFault(error: unknown, path: string, container: string): ApiError {
  if (error instanceof ApiError) return error
  const code = azureErrorCode(error)
  const status = statusOf(error)
  const place = `container '${container}'`
  const because = { cause: error }
  if (code === 'ContainerNotFound' || code === 'FilesystemNotFound') {
    return placeMissing(place, error)
  }
  if (status === 404) return doesNotExist(`No such artifact: '${path}'`)
  if (status === 401 || status === 403 || unknownToAzure.has(code)) {
    return credentialsRefused(place, `'${path}' (${code})`, error)
  }
  if (status === 412) {
    return replacedMeanwhile(path, error)
  }
  if (code === 'PathConflict' || code === 'ResourceTypeMismatch') {
    return throughFile(path)
  }
  if (code === 'PathAlreadyExists' || code === 'DirectoryIsNotEmpty') return isFolder(path)
  if (code === 'InvalidBlobOrBlock') {
    return new ApiError(
      'RESOURCE_CONFLICT',
      `Another program's unfinished upload of '${path}' stands in the way. Choose another name, or delete it first.`,
      because,
    )
  }
  if (badNames.has(code) || status === 413 || status === 414) {
    return new ApiError('INVALID_PARAMETER_VALUE', `The artifact store refuses '${path}' (${code}).`, because)
  }
  if (passing.has(code) || status === 429 || (status !== undefined && status >= 500)) {
    return storeAway(path, code, error)
  }
  return storeFailed(path, code, error)
}

/** A store that did not answer in time. */
export function azureTimeout(cause: unknown): Error {
  const error = new Error('The artifact store did not answer in time.', { cause })
  error.name = 'TimeoutError'
  return error
}

/** Azure's name of an error, or the system's. A reply to HEAD has it in a header only. */
export function azureErrorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const { code, details } = error as { code?: unknown; details?: { errorCode?: unknown } }
  if (typeof details?.errorCode === 'string') return details.errorCode
  return typeof code === 'string' && code !== '' ? code : error.name
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode
  return typeof status === 'number' ? status : undefined
}
