import { posix } from 'node:path'

import { invalidParameter } from '@trackway/api'
import type { Int64 } from '@trackway/api'

import type { KeyValue } from './store.ts'

/** The lengths that MLflow allows, in characters (code points). */
export const limits = {
  key: 250,
  paramValue: 6000,
  tagValue: 8000,
  experimentTagValue: 20_000,
  experimentName: 500,
  artifactLocation: 2048,
} as const

export const batchLimits = { metrics: 1000, params: 100, tags: 100, total: 1000 } as const

const allowedInKeys = /^[/\p{L}\p{N}\p{M}_.\- :]*$/u

/**
 * Checks the name of a metric, param or tag. Clients may keep values as files named so, hence no `../x`.
 * @param path the request's field, for the message.
 */
export function checkKey(path: string, key: string): void {
  if (!allowedInKeys.test(key)) {
    throw invalidParameter(
      `Invalid value ${JSON.stringify(key)} for parameter '${path}' supplied: Names may only contain alphanumerics, ` +
        'underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).',
    )
  }
  // Only names with a slash or a leading dot can be changed by normalising.
  if (key === '' || key.includes('/') || key.startsWith('.')) {
    const resolved = posix.normalize(key)
    if (
      key === '' ||
      resolved !== key ||
      key === '.' ||
      key === '..' ||
      key.startsWith('../') ||
      key.startsWith('/') ||
      key.endsWith('/')
    ) {
      throw invalidParameter(
        `Invalid value ${JSON.stringify(key)} for parameter '${path}' supplied: Names may be treated as files in ` +
          'certain cases, and must not resolve to other names when treated as such. This name would resolve to ' +
          `'${resolved}'`,
      )
    }
  }
}

/** @param what names the thing in the message, as MLflow names it: 'Metric name', 'Param key', 'key'. */
export function checkLength(what: string, text: string, limit: number): void {
  if (text.length > limit && codePoints(text) > limit) {
    throw invalidParameter(
      `'${what}' exceeds the maximum length of ${limit} characters: it has ${codePoints(text)}, and begins with ` +
        `${JSON.stringify(text.slice(0, 40))}.`,
    )
  }
}

/** A value cut to what is allowed, or refused when values are not to be cut. */
export function fitValue(what: string, value: string, limit: number, truncate: boolean): string {
  if (value.length <= limit) return value
  if (!truncate) checkLength(what, value, limit)
  return codePoints(value) > limit ? [...value].slice(0, limit).join('') : value
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** @param metric describes the point for the message. */
export function checkTimestamp(path: string, timestamp: Int64, metric: string): void {
  if (timestamp < 0) {
    throw invalidParameter(
      `Invalid value ${timestamp} for parameter '${path}' supplied: metric ${metric}. Timestamp must be a nonnegative ` +
        'long (64-bit integer).',
    )
  }
}

/** @throws ApiError where `maxResults` is not from 1 to `most`. */
export function checkMaxResults(maxResults: number, most: number): number {
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > most) {
    throw invalidParameter(
      `Invalid value ${maxResults} for parameter 'max_results' supplied. It must be a positive integer, at most ${most}.`,
    )
  }
  return maxResults
}

/** The last of several values for one key counts. */
export function lastOfEach(pairs: readonly KeyValue[]): KeyValue[] {
  return pairs.length < 2 ? [...pairs] : [...new Map(pairs.map((pair) => [pair.key, pair])).values()]
}

/** @throws ApiError where one request has two params of the same key, be their values equal or not. */
export function checkDistinctParams(params: readonly KeyValue[]): void {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const { key } of params) (seen.has(key) ? twice : seen).add(key)
  if (twice.size > 0) {
    throw invalidParameter(
      `Duplicate parameter keys have been submitted: [${[...twice].map((key) => `'${key}'`).join(', ')}]. ` +
        'Please ensure the request contains only one param value per param key.',
    )
  }
}
