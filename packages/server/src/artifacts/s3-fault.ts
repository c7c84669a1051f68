import { ApiError, doesNotExist, invalidParameter } from '@trackway/api'

import { isFolder } from './storage-fault.ts'

/** Codes of S3, of what speaks like it, and of the network, that say: not now. */
const passing = new Set(
  (
    'SlowDown ServiceUnavailable InternalError RequestTimeout RequestTimeoutException Throttling ThrottlingException ' +
    'TooManyRequestsException BandwidthLimitExceeded OperationAborted XMinioServerNotInitialized TimeoutError ' +
    'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN'
  ).split(' '),
)

const refused = new Set(
  (
    'AccessDenied InvalidAccessKeyId SignatureDoesNotMatch ExpiredToken InvalidToken TokenRefreshRequired ' +
    'AuthorizationHeaderMalformed CredentialsProviderError AccountProblem AllAccessDisabled RequestTimeTooSkewed'
  ).split(' '),
)

// S3 has no folders. What stands on a file system and speaks like it (versitygw, MinIO) has, and says that a file is one.
const throughFile = new Set(['ObjectParentIsFile', 'XMinioParentIsObject'])
const overFolder = new Set(['ExistingObjectIsDirectory', 'XMinioObjectExistsAsDirectory'])

/** The SDK's error as the ApiError that tells the client what happened to `path`, the artifact's own path. */
export function s3Fault(error: unknown, path: string, bucket: string): ApiError {
  if (error instanceof ApiError) return error
  const code = s3ErrorCode(error)
  const status = statusOf(error)
  const because = { cause: error }
  if (code === 'NoSuchBucket') {
    return new ApiError('RESOURCE_DOES_NOT_EXIST', noSuchBucket(bucket), because)
  }
  if (code === 'NoSuchKey' || code === 'NotFound' || status === 404) return doesNotExist(`No such artifact: '${path}'`)
  if (refused.has(code) || status === 401 || status === 403) {
    return new ApiError(
      'PERMISSION_DENIED',
      `The bucket '${bucket}' refuses the server's credentials for '${path}' (${code}). ` +
        'Whoever runs the server must give it some that may do this.',
      because,
    )
  }
  if (code === 'PreconditionFailed' || status === 412) {
    return new ApiError(
      'RESOURCE_CONFLICT',
      `The artifact '${path}' was replaced while it was being read. Ask for it again.`,
      because,
    )
  }
  if (code === 'EntityTooLarge' || code === 'EntityTooSmall' || code === 'KeyTooLongError') {
    return new ApiError('INVALID_PARAMETER_VALUE', `The artifact store refuses '${path}': ${messageOf(error)}`, because)
  }
  if (throughFile.has(code)) {
    return invalidParameter(`Artifact path '${path}' leads through a file, where a folder is needed.`)
  }
  if (overFolder.has(code)) return isFolder(path)
  if (passing.has(code) || status === 429 || (status !== undefined && status >= 500)) {
    return new ApiError(
      'TEMPORARILY_UNAVAILABLE',
      `The artifact store cannot be reached or is too busy for '${path}' (${code}); try again.`,
      because,
    )
  }
  return new ApiError('INTERNAL_ERROR', `The artifact store failed for '${path}' (${code}).`, because)
}

export function noSuchBucket(bucket: string): string {
  return `The bucket '${bucket}' of the artifact store does not exist. Create it, or name another to the server.`
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
