import { invalidParameter } from '@trackway/api'

import type { PointRows } from './store.ts'

type Point = PointRows[number]

/** A page token of a metric's history: the series and the last point given. */
export function writeHistoryToken(series: string, [step, timestamp, value]: Point): string {
  return Buffer.from(JSON.stringify([series, String(step), String(timestamp), String(value)])).toString('base64url')
}

/** @throws ApiError INVALID_PARAMETER_VALUE where the token is none of ours or belongs to another history. */
export function readHistoryToken(series: string, token: string): Point {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    parts = null
  }
  if (!Array.isArray(parts) || parts.length !== 4 || !parts.slice(1, 3).every(isInt64)) {
    throw invalidParameter('Invalid page token, it is not one that a history here has given.')
  }
  if (parts[0] !== series)
    throw invalidParameter('Invalid page token, it belongs to the history of another metric or run.')
  return [exact(String(parts[1])), exact(String(parts[2])), Number(parts[3])]
}

function isInt64(part: unknown): boolean {
  const digits = String(part)
  return /^-?\d{1,19}$/.test(digits) && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits)
}

function exact(digits: string): number | bigint {
  const near = Number(digits)
  return Number.isSafeInteger(near) ? near : BigInt(digits)
}
