import { ApiError, doesNotExist, invalidParameter } from '@trackway/api'

/** The system's error as the ApiError that tells the client what happened to `path`, the artifact's own path. */
export function storageFault(error: unknown, path: string): ApiError {
  if (error instanceof ApiError) return error
  const code = errorCode(error)
  switch (code) {
    case 'ENOENT':
      return doesNotExist(`No such artifact: '${path}'`)
    case 'ENOTDIR':
    case 'EEXIST':
      return throughFile(path)
    case 'EISDIR':
      return isFolder(path)
    case 'ENAMETOOLONG':
      return invalidParameter(`Artifact path '${path}' is too long for the server's file system.`)
    case 'ELOOP':
      return invalidParameter(`Artifact path '${path}' leads through a loop of symbolic links.`)
    case 'ENOSPC':
    case 'EDQUOT':
      return unavailable(
        `The disk of the artifact folder is full, so '${path}' was not stored. Free space and try again.`,
      )
    case 'EROFS':
      return unavailable(`The artifact folder is on a read-only file system: '${path}' was not changed.`)
    case 'EACCES':
    case 'EPERM':
      return unavailable(`The server's user has no permission in the artifact folder for '${path}'.`)
    case 'EMFILE':
    case 'ENFILE':
      return unavailable(`The server has too many files open to reach '${path}' now; try again.`)
    default:
      return new ApiError('INTERNAL_ERROR', `The artifact storage failed for '${path}' (${code ?? 'unknown error'}).`, {
        cause: error,
      })
  }

  function unavailable(message: string): ApiError {
    return new ApiError('TEMPORARILY_UNAVAILABLE', message, { cause: error })
  }
}

export function isFolder(path: string): ApiError {
  return invalidParameter(`Artifact path refers to a directory, not a file: '${path}'`)
}

export function throughFile(path: string): ApiError {
  return invalidParameter(`Artifact path '${path}' leads through a file, where a folder is needed.`)
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
