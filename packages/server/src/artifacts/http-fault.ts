import { ApiError, doesNotExist } from '@trackway/api'

import { credentialsRefused, replacedMeanwhile, storeAway } from './network-faults.ts'
import { errorCode } from './storage-fault.ts'

/** A web server's refusal of an artifact as the ApiError that tells the client what happened to `path`. */
export function httpRefusal(status: number, path: string, root: URL): ApiError {
  if (status === 404 || status === 410) return doesNotExist(`No such artifact: '${path}'`)
  if (status === 401 || status === 403 || status === 407) {
    return credentialsRefused(`web server ${root.host}`, `'${path}' (${status})`)
  }
  if (status === 412 || status === 416) {
    return replacedMeanwhile(path)
  }
  if (status === 408 || status === 429 || status >= 500) return storeAway(path, status)
  return new ApiError('INTERNAL_ERROR', `The web server ${root.host} answered '${path}' with ${status}.`)
}

/** What went wrong on the way to a web server, likewise. */
export function httpFault(error: unknown, path: string, root: URL): ApiError {
  if (error instanceof ApiError) return error
  const code = errorCode(error)
  if (code !== undefined) return storeAway(path, code, error)
  return new ApiError('INTERNAL_ERROR', `The web server ${root.host} failed for '${path}'.`, { cause: error })
}
