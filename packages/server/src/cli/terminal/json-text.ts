import { printableJson } from './printable.ts'

// ECMAScript's JSON.rawJSON, which TypeScript does not know yet.
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown }

/** A message of the wire as JSON text: NaN and the infinities as strings, integers beyond 2^53 with all digits. */
export function jsonText(value: unknown, indent?: number): string {
  return printableJson(JSON.stringify(value, wireValue, indent) ?? 'null')
}

function wireValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return rawJSON(String(value))
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
