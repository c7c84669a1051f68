import type { Schema } from '@trackway/api'
import { parseJson } from '@trackway/api/codec'

/**
 * The typed value of a reply's JSON text: NaN and the infinities become numbers, an int64 too large for a number a
 * bigint. Nothing is refused: the reply of another server, older or newer, may lack fields or have more.
 */
export function replyValue<T>(schema: Schema<T>, text: string): T {
  return revive(schema, parseReply(text)) as T
}

function parseReply(text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    // MLflow's bulk histories hold bare NaN and Infinity, which is Python's JSON but nobody else's.
    const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?(?:NaN|Infinity)/g, (part) =>
      part[0] === '"' ? part : `"${part}"`,
    )
    if (quoted === text) throw error
    return parseJson(quoted)
  }
}

function revive(schema: Schema, value: unknown): unknown {
  switch (schema.type) {
    case 'double':
    case 'int32':
      return typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value
    case 'int64':
      return typeof value === 'string' || typeof value === 'bigint' ? int64(value) : value
    case 'list':
      return Array.isArray(value) ? value.map((entry) => revive(schema.items, entry)) : value
    case 'message':
      return isRecord(value) ? reviveFields(schema.fields, value) : value
    default:
      return value
  }
}

function reviveFields(
  fields: Readonly<Record<string, { readonly schema: Schema }>>,
  value: Record<string, unknown>,
): Record<string, unknown> {
  for (const [name, given] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (given === null) delete value[name]
    else if (field) value[name] = revive(field.schema, given)
  }
  return value
}

function int64(value: string | bigint): unknown {
  if (typeof value === 'string' && !/^-?\d+$/.test(value)) return value
  const near = Number(value)
  return Number.isSafeInteger(near) ? near : BigInt(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
