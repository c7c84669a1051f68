import { invalidParameter } from '@trackway/api'

import type { UploadedPart } from './artifact-store.ts'

/** As many parts as S3 takes, and so MLflow's client sends at most. */
export const mostParts = 10_000

/** @throws ApiError INVALID_PARAMETER_VALUE for a number of parts that no upload can have. */
export function checkPartCount(parts: number): void {
  if (Number.isInteger(parts) && parts >= 1 && parts <= mostParts) return
  throw invalidParameter(`Invalid value ${parts} for parameter 'num_parts': it must be from 1 to ${mostParts}.`)
}

/** @throws ApiError INVALID_PARAMETER_VALUE where an upload of `parts` parts has no such part. */
export function checkPartNumber(partNumber: number, parts: number): void {
  if (Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= parts) return
  throw invalidParameter(
    `Invalid value ${partNumber} for parameter 'part_number': this upload has parts 1 to ${parts}.`,
  )
}

/** @throws ApiError INVALID_PARAMETER_VALUE unless all parts of an upload are given, in order. */
export function checkPartList(given: readonly UploadedPart[], expected: number): void {
  if (given.length === expected && given.every(({ partNumber }, index) => partNumber === index + 1)) return
  const got = given.map(({ partNumber }) => partNumber).join(', ')
  throw invalidParameter(
    `Invalid value for parameter 'parts': it must list the parts 1 to ${expected} in this order, got ${got.slice(0, 200)}.`,
  )
}

export function invalidEtag({ partNumber, etag }: UploadedPart): Error {
  return invalidParameter(`Invalid etag ${JSON.stringify(etag.slice(0, 100))} of part ${partNumber}.`)
}

export function unknownUpload(path: string, id: string): Error {
  return invalidParameter(
    `No upload with id=${JSON.stringify(id.slice(0, 100))} of '${path}' is under way: it never began, or was completed or aborted.`,
  )
}
