import { ApiError, doesNotExist } from '@trackway/api'

import { errorCode } from './storage-fault.ts'

const network = new Set(
  'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT ESOCKETTIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN'.split(' '),
)

/**
 * The SDK's error as the ApiError that tells the client what happened to `path`, the artifact's own path.
 * @param isBucketMissing what a 404 means.
 */
export function gcsFault(error: unknown, path: string, bucket: string, isBucketMissing: boolean): ApiError {
  if (error instanceof ApiError) return error
  const status = gcsStatus(error)
  const because = { cause: error }
  const text = error instanceof Error ? error.message : String(error)
  if (status === 404 && !isBucketMissing) return doesNotExist(`No such artifact: '${path}'`)
  if (status === 404) {
    return new ApiError(
      'RESOURCE_DOES_NOT_EXIST',
      `The bucket '${bucket}' of the artifact store does not exist. Create it, or name another to the server.`,
      because,
    )
  }
  if (status === 401 || status === 403 || /default credentials|invalid_grant/i.test(text)) {
    return new ApiError(
      'PERMISSION_DENIED',
      `The bucket '${bucket}' refuses the server's credentials for '${path}'. ` +
        'Whoever runs the server must give it some that may do this.',
      because,
    )
  }
  if (
    status === 408 ||
    status === 429 ||
    (status !== undefined && status >= 500) ||
    network.has(errorCode(error) ?? '') ||
    /socket hang up|premature close|timed? ?out|retry limit exceeded|terminated/i.test(text)
  ) {
    return new ApiError(
      'TEMPORARILY_UNAVAILABLE',
      `The artifact store cannot be reached or is too busy for '${path}' (${status ?? errorCode(error) ?? 'cut off'}); try again.`,
      because,
    )
  }
  return new ApiError('INTERNAL_ERROR', `The artifact store failed for '${path}' (${status ?? 'no status'}).`, because)
}

/** The HTTP status of the store's answer. */
export function gcsStatus(error: unknown): number | undefined {
  const { code, status } = (error ?? {}) as { code?: unknown; status?: unknown }
  const found = Number(code ?? status)
  return Number.isInteger(found) && found >= 100 ? found : undefined
}
