import { ApiError, invalidParameter } from '@trackway/api'

/** PostgreSQL's or the operating system's code of an error; '' where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** What the driver says of a connection that went away under it; it gives these errors no code. */
const brokenOff =
  /^(Connection terminated|Client has encountered|timeout e|Query read timeout|Client was closed|Cannot use a pool)/

/** Classes and codes of errors after which a connection is of no use, or never was. */
const awayCodes = /^(08|57P0[1-5]|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT$)/

/** Whether the database cannot be reached, is starting or stopping, or cut the connection. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return awayCodes.test(codeOf(error)) || brokenOff.test(error.message)
}

/** Whether a statement failed only because one before it in its transaction did. */
export function isFollowUp(error: unknown): boolean {
  return codeOf(error) === '25P02'
}

/** Whether the same work may well succeed when it is done again: it met other work. */
export function isCollision(error: unknown): boolean {
  return /^(40001|40P01|23505|55P03)$/.test(codeOf(error))
}

/** What the engine's errors mean to a caller; anything else is a fault of ours. */
export function toApiError(error: unknown): unknown {
  if (error instanceof ApiError) return error
  const code = codeOf(error)
  const unavailable = (message: string): ApiError => new ApiError('TEMPORARILY_UNAVAILABLE', message, { cause: error })
  if (code === '53300') return unavailable('The database has no connection left for this server. Try again.')
  if (code === '53100') return unavailable('The database cannot grow: its disk is full. Nothing was stored.')
  if (code.startsWith('53')) return unavailable('The database has too little memory now. Try again.')
  if (code === '25006') return unavailable('The database cannot be written now: it is read-only. Nothing was stored.')
  if (isAway(error)) return unavailable('The database cannot be reached now. Try again.')
  if (code === '57014') return unavailable('The database took too long to answer. Try again, or ask for less.')
  if (isCollision(error)) return unavailable('The request met others that change the same. Try again.')
  if (code === '54000') return invalidParameter('A name is too long for an index of PostgreSQL (2,704 bytes).')
  return error
}
