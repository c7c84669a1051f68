import { ApiError } from '@trackway/api'

/** What any store on a network may answer, in the same words; what each one's codes mean stands in its own file. */

/** The system's codes of a network that did not carry something. */
export const networkCodes: readonly string[] =
  'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN'.split(' ')

/** @param place such as "bucket 'models'". */
export function placeMissing(place: string, cause: unknown): ApiError {
  return new ApiError(
    'RESOURCE_DOES_NOT_EXIST',
    `The ${place} of the artifact store does not exist. Create it, or name another to the server.`,
    { cause },
  )
}

/** @param what what was asked for, and the store's code where it gave one. */
export function credentialsRefused(place: string, what: string, cause?: unknown): ApiError {
  return new ApiError(
    'PERMISSION_DENIED',
    `The ${place} refuses the server's credentials for ${what}. ` +
      'Whoever runs the server must give it some that may do this.',
    { cause },
  )
}

export function replacedMeanwhile(path: string, cause?: unknown): ApiError {
  return new ApiError(
    'RESOURCE_CONFLICT',
    `The artifact '${path}' was replaced while it was being read. Ask for it again.`,
    { cause },
  )
}

export function storeAway(path: string, why: string | number, cause?: unknown): ApiError {
  return new ApiError(
    'TEMPORARILY_UNAVAILABLE',
    `The artifact store cannot be reached or is too busy for '${path}' (${why}); try again.`,
    { cause },
  )
}

export function storeFailed(path: string, why: string | number, cause: unknown): ApiError {
  return new ApiError('INTERNAL_ERROR', `The artifact store failed for '${path}' (${why}).`, { cause })
}
