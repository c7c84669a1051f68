/**
 * The schema vocabulary of the wire: protobuf-JSON, described as plain data.
 *
 * One schema gives a static type (`Static`), a decoder and an encoder (`codec.ts`) and JSON Schema
 * (`openapi.ts`). Nothing here runs at import time but object literals, so that worker threads and
 * browsers load the contract for nothing (docs/decisions/0001-schemas-as-data.md).
 */

/** A signed 64-bit integer: a number where that is exact, else a bigint. On the wire always digits. */
export type Int64 = number | bigint

declare const staticType: unique symbol

interface Typed<T> {
  /** Carries the static type only; never present at run time. */
  readonly [staticType]?: T
}

export interface StringSchema extends Typed<string> {
  readonly type: 'string'
  /** Whether a required value may be the empty string. Protobuf's JSON may leave such a field out. */
  readonly allowEmpty?: boolean
}
export interface Int64Schema extends Typed<Int64> {
  readonly type: 'int64'
}
export interface Int32Schema extends Typed<number> {
  readonly type: 'int32'
}
/** A double; NaN and the infinities travel as the strings "NaN", "Infinity", "-Infinity". */
export interface DoubleSchema extends Typed<number> {
  readonly type: 'double'
}
export interface BooleanSchema extends Typed<boolean> {
  readonly type: 'boolean'
}
export interface EnumSchema<V extends string = string> extends Typed<V> {
  readonly type: 'enum'
  readonly values: readonly V[]
  /** Protobuf's number of the first value: requests may give numbers instead of names. */
  readonly firstNumber: number
}
export interface ListSchema<T = unknown> extends Typed<T[]> {
  readonly type: 'list'
  readonly items: Schema<T>
}
export interface MapSchema extends Typed<Record<string, string>> {
  readonly type: 'map'
}
/** Any JSON value, given as it is: the only place where the contract does not say more. */
export interface JsonSchema extends Typed<unknown> {
  readonly type: 'json'
}
export interface MessageSchema<T = unknown> extends Typed<T> {
  readonly type: 'message'
  readonly fields: Readonly<Record<string, Field>>
}

export type Schema<T = unknown> = Typed<T> &
  (
    | StringSchema
    | Int64Schema
    | Int32Schema
    | DoubleSchema
    | BooleanSchema
    | EnumSchema
    | ListSchema
    | MapSchema
    | JsonSchema
    | MessageSchema
  )

/** A field of a message: optional unless wrapped in `required`. */
export interface Field {
  readonly schema: Schema
  readonly required: boolean
  readonly about?: string
}

type Required<S> = { readonly schema: S; readonly required: true; readonly about?: string }
type Optional<S> = { readonly schema: S; readonly required: false; readonly about?: string }
type FieldInput = AnySchema | Required<AnySchema> | Optional<AnySchema>
// Loose on purpose: a precise union here makes each message's inference quadratic.
type AnySchema = { readonly type: string }

/** The TypeScript type of a schema's values. */
export type Static<S> = S extends Typed<infer T> ? T : never

type RequiredKeys<F> = { [K in keyof F]: F[K] extends { required: true } ? K : never }[keyof F]
type OptionalKeys<F> = Exclude<keyof F, RequiredKeys<F>>
type FieldType<F> = F extends { schema: infer S } ? Static<S> : Static<F>
type Flatten<T> = { [K in keyof T]: T[K] }
type MessageType<F> = Flatten<
  { [K in RequiredKeys<F>]: FieldType<F[K]> } & { [K in OptionalKeys<F>]?: FieldType<F[K]> | undefined }
>

export const string: StringSchema = { type: 'string' }
/** A required string that may be empty, such as a tag's value; absent, it counts as empty. */
export const emptyableString: StringSchema = { type: 'string', allowEmpty: true }
export const int64: Int64Schema = { type: 'int64' }
export const int32: Int32Schema = { type: 'int32' }
export const double: DoubleSchema = { type: 'double' }
export const boolean: BooleanSchema = { type: 'boolean' }
export const stringMap: MapSchema = { type: 'map' }
export const json: JsonSchema = { type: 'json' }

export function oneOf<const V extends string>(values: readonly V[], firstNumber = 1): EnumSchema<V> {
  return { type: 'enum', values, firstNumber }
}

export function list<S extends AnySchema>(items: S): ListSchema<Static<S>> {
  return { type: 'list', items: items as unknown as Schema<Static<S>> }
}

/** Marks a field that must be there in a request, and always is there in a reply. */
export function required<S extends AnySchema>(schema: S, about?: string): Required<S> {
  return about === undefined ? { schema, required: true } : { schema, required: true, about }
}

/** An optional field with a sentence for the reference; a bare schema does where none is needed. */
export function optional<S extends AnySchema>(schema: S, about: string): Optional<S> {
  return { schema, required: false, about }
}

export function message<const F extends Record<string, FieldInput>>(fields: F): MessageSchema<MessageType<F>> {
  const entries = Object.entries(fields).map(([name, field]) => [
    name,
    'schema' in field ? field : { schema: field, required: false },
  ])
  return { type: 'message', fields: Object.fromEntries(entries) as Record<string, Field> }
}
