import type { Int64 } from '@trackway/api'

// TypeScript's library does not know it yet (ECMAScript proposal-json-parse-with-source).
const json = JSON as unknown as { rawJSON(text: string): unknown }

/** What JSON.stringify would refuse or lose: integers beyond 2^53, NaN and the infinities. */
export function exactJson(value: Int64): unknown {
  if (typeof value === 'bigint') return json.rawJSON(String(value))
  return Number.isFinite(value) ? value : String(value)
}
