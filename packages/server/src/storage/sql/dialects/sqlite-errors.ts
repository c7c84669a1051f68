import { ApiError } from '@trackway/api'

/** SQLite's or the operating system's code of an error; '' where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** SQLITE_IOERR_SHMSIZE: there is no room for the 32 KiB that the readers of a log share. */
export function isDiskFull(code: string): boolean {
  return code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE' || code === 'SQLITE_IOERR_SHMSIZE'
}

/** What the engine's errors mean to a caller; anything else is a fault of ours. */
export function toApiError(error: unknown): unknown {
  const code = codeOf(error)
  if (isDiskFull(code)) {
    return new ApiError('TEMPORARILY_UNAVAILABLE', 'The database cannot grow: the disk is full. Nothing was stored.', {
      cause: error,
    })
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new ApiError('TEMPORARILY_UNAVAILABLE', 'Another program has locked the database. Nothing was stored.', {
      cause: error,
    })
  }
  if (code.startsWith('SQLITE_READONLY')) {
    return new ApiError('TEMPORARILY_UNAVAILABLE', 'The database cannot be written. Nothing was stored.', {
      cause: error,
    })
  }
  return error
}
