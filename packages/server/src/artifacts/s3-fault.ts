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

/** Codes of S3, of what speaks like it, and of the network, that say: not now. */
const passing = new Set([
  ...(
    'SlowDown ServiceUnavailable InternalError RequestTimeout RequestTimeoutException Throttling ThrottlingException ' +
    'TooManyRequestsException BandwidthLimitExceeded OperationAborted XMinioServerNotInitialized TimeoutError'
  ).split(' '),
  ...networkCodes,
])

const refused = new Set(
  (
    'AccessDenied InvalidAccessKeyId SignatureDoesNotMatch ExpiredToken InvalidToken TokenRefreshRequired ' +
    'AuthorizationHeaderMalformed CredentialsProviderError AccountProblem AllAccessDisabled RequestTimeTooSkewed'
  ).split(' '),
)

// S3 has no folders. What stands on a file system and speaks like it (versitygw, MinIO) has, and says that a file is one.
const filesAbove = new Set(['ObjectParentIsFile', 'XMinioParentIsObject'])
const overFolder = new Set(['ExistingObjectIsDirectory', 'XMinioObjectExistsAsDirectory'])

/** The SDK's error as the ApiError that tells the client what happened to `path`, the artifact's own path. */
export function s3Fault(error: unknown, path: string, bucket: string): ApiError {
  if (error instanceof ApiError) return error
  const code = s3ErrorCode(error)
  const status = statusOf(error)
  const place = `bucket '${bucket}'`
  const because = { cause: error }
  if (code === 'NoSuchBucket') {
    return placeMissing(place, error)
  }
  if (code === 'NoSuchKey' || code === 'NotFound' || status === 404) return doesNotExist(`No such artifact: '${path}'`)
  if (refused.has(code) || status === 401 || status === 403) {
    return credentialsRefused(place, `'${path}' (${code})`, error)
  }
  if (code === 'PreconditionFailed' || status === 412) {
    return replacedMeanwhile(path, error)
  }
  if (code === 'EntityTooLarge' || code === 'EntityTooSmall' || code === 'KeyTooLongError') {
    return new ApiError('INVALID_PARAMETER_VALUE', `The artifact store refuses '${path}': ${messageOf(error)}`, because)
  }
  if (filesAbove.has(code)) {
    return throughFile(path)
  }
  if (overFolder.has(code)) return isFolder(path)
  if (passing.has(code) || status === 429 || (status !== undefined && status >= 500)) {
    return storeAway(path, code, error)
  }
  return storeFailed(path, code, error)
}

/** S3's name of an error, or the system's. */
export function s3ErrorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const { code, Code } = error as { code?: unknown; Code?: unknown }
  if (typeof code === 'string' && code !== '') return code
  return typeof Code === 'string' && Code !== '' ? Code : error.name
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
