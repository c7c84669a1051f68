import { ApiError, doesNotExist } from '@trackway/api'

import { errorCode } from './storage-fault.ts'

/** A web server's refusal of an artifact as the ApiError that tells the client what happened to `path`. */
export function httpRefusal(status: number, path: string, root: URL): ApiError {
  if (status === 404 || status === 410) return doesNotExist(`No such artifact: '${path}'`)
  if (status === 401 || status === 403 || status === 407) {
    return new ApiError(
      'PERMISSION_DENIED',
      `The web server ${root.host} refuses the server's credentials for '${path}' (${status}). ` +
        'Whoever runs the server must give it some that may do this.',
    )
  }
  if (status === 412 || status === 416) {
    return new ApiError(
      'RESOURCE_CONFLICT',
      `The artifact '${path}' was replaced while it was being read. Ask for it again.`,
    )
  }
  if (status === 408 || status === 429 || status >= 500) return away(path, String(status))
  return new ApiError('INTERNAL_ERROR', `The web server ${root.host} answered '${path}' with ${status}.`)
}

/** What went wrong on the way to a web server, likewise. */
export function httpFault(error: unknown, path: string, root: URL): ApiError {
  if (error instanceof ApiError) return error
  const code = errorCode(error)
  if (code !== undefined) return away(path, code, error)
  return new ApiError('INTERNAL_ERROR', `The web server ${root.host} failed for '${path}'.`, { cause: error })
}

function away(path: string, why: string, cause?: unknown): ApiError {
  return new ApiError(
    'TEMPORARILY_UNAVAILABLE',
    `The artifact store cannot be reached or is too busy for '${path}' (${why}); try again.`,
    { cause },
  )
}
