import { ApiError, doesNotExist } from '@trackway/api'

import { credentialsRefused, networkCodes, placeMissing, storeAway, storeFailed } from './network-faults.ts'
import { errorCode } from './storage-fault.ts'

const passing = new Set([...networkCodes, 'ESOCKETTIMEDOUT'])

/**
 * The SDK's error as the ApiError that tells the client what happened to `path`, the artifact's own path.
 * @param isBucketMissing what a 404 means.
 */
export function gcsFault(error: unknown, path: string, bucket: string, isBucketMissing: boolean): ApiError {
  if (error instanceof ApiError) return error
  const status = gcsStatus(error)
  const place = `bucket '${bucket}'`
  const text = error instanceof Error ? error.message : String(error)
  if (status === 404 && !isBucketMissing) return doesNotExist(`No such artifact: '${path}'`)
  if (status === 404) {
    return placeMissing(place, error)
  }
  if (status === 401 || status === 403 || /default credentials|invalid_grant/i.test(text)) {
    return credentialsRefused(place, `'${path}'`, error)
  }
  if (
    status === 408 ||
    status === 429 ||
    (status !== undefined && status >= 500) ||
    passing.has(errorCode(error) ?? '') ||
    /socket hang up|premature close|timed? ?out|retry limit exceeded|terminated/i.test(text)
  ) {
    return storeAway(path, status ?? errorCode(error) ?? 'cut off', error)
  }
  return storeFailed(path, status ?? 'no status', error)
}

/** The HTTP status of the store's answer. */
export function gcsStatus(error: unknown): number | undefined {
  const { code, status } = (error ?? {}) as { code?: unknown; status?: unknown }
  const found = Number(code ?? status)
  return Number.isInteger(found) && found >= 100 ? found : undefined
}
