/**
 * Values across the wire: JSON or a query string → a typed request, a typed reply → JSON text.
 *
 * The wire is protobuf-JSON: an int64 comes as a number or a string of digits and goes out as digits, NaN and the
 * infinities are strings, `null` counts as absent, unknown fields are ignored, absent fields and empty lists are left
 * out. Error sentences follow MLflow's, whose clients show them to people.
 */
import { invalidParameter } from './errors.ts'
import type { Int64, MessageSchema, Schema } from './schema.ts'

/** A field's name, or an item's index in a list. */
type PathKey = string | number
/** The field's path is put together from its parent's and its key only when an error needs it. */
type Decode = (value: unknown, parent: string, key: PathKey) => unknown
type Encode = (value: never) => string

const decoders = new WeakMap<object, Decode>()
const encoders = new WeakMap<object, Encode>()

/**
 * The typed value of `value`, which came out of `parseJson`.
 * @throws ApiError INVALID_PARAMETER_VALUE that names the field, as in `metrics[0].value`.
 */
export function decode<T>(schema: Schema<T>, value: unknown): T {
  return decoderOf(schema)(value, '', '') as T
}

/** What is needed of `URLSearchParams`, which this package cannot name: it knows neither Node nor the DOM. */
export interface QueryParameters {
  getAll(name: string): string[]
}

/** The typed request in a query string and path parameters. Repeated, a list's parameter gives all its items; of any
 * other the first counts, as in MLflow. */
export function decodeQuery<T>(
  schema: Schema<T>,
  query: QueryParameters,
  pathParameters: Readonly<Record<string, string>> = {},
): T {
  const source: Record<string, unknown> = {}
  for (const [name, field] of Object.entries((schema as MessageSchema).fields)) {
    const values = query.getAll(name)
    if (values.length > 0) source[name] = field.schema.type === 'list' ? values : values[0]
  }
  return decode(schema, Object.assign(source, pathParameters))
}

/** The typed request in a JSON body and path parameters, which win where both have a field. */
export function decodeBody<T>(
  schema: Schema<T>,
  body: string,
  pathParameters: Readonly<Record<string, string>> = {},
): T {
  const parsed = parseBody(body)
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  return decode(schema, isObject ? { ...parsed, ...pathParameters } : parsed)
}

function parseBody(body: string): unknown {
  try {
    return parseJson(body)
  } catch (error) {
    const reason = body.trim() === '' ? 'it is empty' : error instanceof Error ? error.message : 'it cannot be read'
    throw invalidParameter(`The request's body is not valid JSON: ${reason}. Send a JSON object.`)
  }
}

/** The JSON text of a value. Numbers outside the safe integers come out exact when they are bigints. */
export function encode<T>(schema: Schema<T>, value: T): string {
  return encoderOf(schema)(value as never)
}

// An integer token of 16 digits or more may lie outside what a double holds exactly.
const longInteger = /[:[,\s]-?\d{16,}[,}\]\s]/

/**
 * `JSON.parse` that gives integers beyond 2^53 as bigints.
 * @throws SyntaxError where the text is no JSON.
 */
export function parseJson(text: string): unknown {
  if (!longInteger.test(text)) return JSON.parse(text)
  const exact = (_key: string, value: unknown, context?: { source: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context !== undefined && /^-?\d+$/.test(context.source)
      ? BigInt(context.source)
      : value
  try {
    // TypeScript does not know the reviver's third argument yet (ECMAScript proposal-json-parse-with-source).
    return JSON.parse(text, exact as (key: string, value: unknown) => unknown)
  } catch (error) {
    // A reviver, unlike plain parsing, uses the stack for each level.
    throw error instanceof RangeError ? new SyntaxError('it is nested too deeply', { cause: error }) : error
  }
}

function pathOf(parent: string, key: PathKey): string {
  if (typeof key === 'number') return `${parent}[${key}]`
  return parent === '' ? key : `${parent}.${key}`
}

function missing(path: string): Error {
  return invalidParameter(`Missing value for required parameter '${path}'.`)
}

function invalid(path: string, value: unknown, allowed: string): Error {
  return invalidParameter(`Invalid value ${shown(value)} for parameter '${path}' supplied: ${allowed}.`)
}

/** A value as an error message shows it: JSON, cut to 200 characters. */
function shown(value: unknown): string {
  const text = jsonOf(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)) ?? 'null'
  } catch {
    // More levels than the stack holds.
    return Array.isArray(value) ? '[…]' : '{…}'
  }
}

function decoderOf(schema: Schema): Decode {
  let decoder = decoders.get(schema)
  if (!decoder) {
    decoder = compileDecoder(schema)
    decoders.set(schema, decoder)
  }
  return decoder
}

function compileDecoder(schema: Schema): Decode {
  switch (schema.type) {
    case 'string':
      return (value, parent, key) => {
        if (typeof value !== 'string') throw invalid(pathOf(parent, key), value, 'it must be a string')
        return value
      }
    case 'int64':
      return decodeInt64
    case 'int32':
      return (value, parent, key) => {
        const whole = decodeInt64(value, parent, key)
        if (whole > 2147483647 || whole < -2147483648)
          throw invalid(pathOf(parent, key), value, 'it must be a 32-bit integer')
        return Number(whole)
      }
    case 'double':
      return decodeDouble
    case 'boolean':
      return (value, parent, key) => {
        if (value === true || value === 'true') return true
        if (value === false || value === 'false') return false
        throw invalid(pathOf(parent, key), value, 'it must be true or false')
      }
    case 'enum': {
      const values = new Set<unknown>(schema.values)
      return (value, parent, key) => {
        const number = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))
        const name = number ? schema.values[Number(value) - schema.firstNumber] : value
        if (values.has(name)) return name
        throw invalid(pathOf(parent, key), value, `it must be one of ${schema.values.join(', ')}`)
      }
    }
    case 'map':
      return (value, parent, key) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) {
          throw invalid(pathOf(parent, key), value, 'it must be an object of strings')
        }
        const path = pathOf(parent, key)
        for (const [name, entry] of Object.entries(value)) {
          if (typeof entry !== 'string') throw invalid(pathOf(path, name), entry, 'it must be a string')
        }
        return value
      }
    case 'json':
      return (value) => value
    case 'list': {
      const item = decoderOf(schema.items)
      return (value, parent, key) => {
        if (!Array.isArray(value)) throw invalid(pathOf(parent, key), value, 'it must be a list')
        const path = pathOf(parent, key)
        return value.map((entry, index) => item(entry, path, index))
      }
    }
    case 'message':
      return compileMessageDecoder(schema)
  }
}

function compileMessageDecoder(schema: MessageSchema): Decode {
  const fields = Object.entries(schema.fields).map(([name, field]) => ({
    name,
    required: field.required,
    // What stands for a field that is left out.
    fallback: field.required && field.schema.type === 'string' && field.schema.allowEmpty ? '' : undefined,
    refusesEmpty: field.required && field.schema.type === 'string' && field.schema.allowEmpty !== true,
    refusesEmptyList: field.required && field.schema.type === 'list',
    decode: decoderOf(field.schema),
  }))
  return (value, parent, key) => {
    const path = pathOf(parent, key)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw path === ''
        ? invalidParameter(`The request's body must be a JSON object, got ${shown(value)}.`)
        : invalid(path, value, 'it must be an object')
    }
    const source = value as Record<string, unknown>
    const message: Record<string, unknown> = {}
    for (const field of fields) {
      const given = source[field.name]
      if (given === undefined || given === null) {
        if (field.fallback !== undefined) message[field.name] = field.fallback
        else if (field.required) throw missing(pathOf(path, field.name))
      } else if (
        (field.refusesEmpty && given === '') ||
        (field.refusesEmptyList && Array.isArray(given) && given.length === 0)
      ) {
        throw missing(pathOf(path, field.name))
      } else {
        message[field.name] = field.decode(given, path, field.name)
      }
    }
    return message
  }
}

const maxInt64 = 2n ** 63n - 1n

function decodeInt64(value: unknown, parent: string, key: PathKey): Int64 {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  const digits = typeof value === 'string' && /^-?\d{1,20}$/.test(value)
  if (typeof value === 'bigint' || digits || (typeof value === 'number' && Number.isInteger(value))) {
    const whole = BigInt(value as string | number | bigint)
    if (whole >= -maxInt64 - 1n && whole <= maxInt64) {
      const near = Number(whole)
      return Number.isSafeInteger(near) ? near : whole
    }
  }
  throw invalid(pathOf(parent, key), value, 'it must be a 64-bit integer')
}

// `Number` alone would also take '', '0x10' and '0b1'.
const writtenNumber = /^\s*[+-]?(?:[\d.]+(?:e[+-]?\d+)?|Infinity)\s*$/i

function decodeDouble(value: unknown, parent: string, key: PathKey): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string') {
    if (value === 'NaN') return NaN
    const number = writtenNumber.test(value) ? Number(value) : NaN
    if (!Number.isNaN(number)) return number
  }
  throw invalid(pathOf(parent, key), value, 'it must be a number, "NaN", "Infinity" or "-Infinity"')
}

/** A double as JSON text: digits, or the strings "NaN", "Infinity" and "-Infinity". */
export function encodeDouble(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`
}

function encoderOf(schema: Schema): Encode {
  let encoder = encoders.get(schema)
  if (!encoder) {
    encoder = compileEncoder(schema)
    encoders.set(schema, encoder)
  }
  return encoder
}

function compileEncoder(schema: Schema): Encode {
  switch (schema.type) {
    case 'string':
    case 'enum':
    case 'map':
    case 'json':
      return (value: unknown) => JSON.stringify(value)
    case 'int64':
    case 'int32':
    case 'boolean':
      return (value: Int64 | boolean) => String(value)
    case 'double':
      return encodeDouble
    case 'list': {
      const item = encoderOf(schema.items)
      return (value: never[]) => {
        let text = '['
        for (let index = 0; index < value.length; index++) {
          text += (index === 0 ? '' : ',') + item(value[index] as never)
        }
        return `${text}]`
      }
    }
    case 'message':
      return compileMessageEncoder(schema)
  }
}

function compileMessageEncoder(schema: MessageSchema): Encode {
  const fields = Object.entries(schema.fields).map(([name, field]) => ({
    name,
    label: `${JSON.stringify(name)}:`,
    encode: encoderOf(field.schema),
  }))
  return (value: Record<string, unknown>) => {
    let text = '{'
    for (const { name, label, encode } of fields) {
      const field = value[name]
      if (field === undefined || field === null || (Array.isArray(field) && field.length === 0)) continue
      text += (text.length === 1 ? '' : ',') + label + encode(field as never)
    }
    return `${text}}`
  }
}
