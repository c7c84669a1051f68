import { createHash } from 'node:crypto'

import { invalidParameter } from '@trackway/api'

/** What a search asks for as text, the same for the same search: a key for page tokens. */
export function queryKeyOf(search: unknown): string {
  return JSON.stringify(search, (_name, value: unknown) =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))
      ? `${typeof value} ${value}`
      : value,
  )
}

/** A short fingerprint of a search, to tell a token of another search. */
export function fingerprint(query: string): string {
  return createHash('sha1').update(query).digest('base64url').slice(0, 12)
}

/**
 * A page token: where the next page begins, and of which search.
 *
 * @param queryKey all that a search asks for but the page: entity, filter, order, experiments (`queryKeyOf`).
 * @param position the sort values of the last row given, in the order of sorting: text, numbers (NaN and the
 * infinities too), bigints or null.
 */
export function encodePageToken(queryKey: string, position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([fingerprint(queryKey), ...position.map(pack)])).toString('base64url')
}

/**
 * The position in a token.
 * @throws ApiError INVALID_PARAMETER_VALUE where the token is none of ours or belongs to another search.
 */
export function decodePageToken(queryKey: string, token: string): unknown[] {
  const [query, ...position] = parseToken(token)
  if (query !== fingerprint(queryKey)) {
    throw invalidParameter(
      'Invalid page token, it belongs to another search: filter, order and experiments must be those of the first page.',
    )
  }
  return position.map(unpack)
}

function parseToken(token: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Array.isArray(parsed) && typeof parsed[0] === 'string') return parsed
  } catch {
    // Told below, as for JSON of another form.
  }
  throw invalidParameter('Invalid page token, it is not one that a search here has given.')
}

/** What JSON cannot hold goes into an array of a mark and digits. */
function pack(value: unknown): unknown {
  if (typeof value === 'bigint') return ['i', String(value)]
  return typeof value === 'number' && !Number.isFinite(value) ? ['d', String(value)] : value
}

function unpack(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  if (Array.isArray(value)) {
    const [mark, digits] = value.map(String)
    if (mark === 'd') return Number(digits)
    const exact = mark === 'i' && digits !== undefined && /^-?\d{1,19}$/.test(digits) ? BigInt(digits) : null
    if (exact !== null && BigInt.asIntN(64, exact) === exact) return exact
  }
  throw invalidParameter('Invalid page token, its position cannot be read.')
}
