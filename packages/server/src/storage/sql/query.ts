import type { Compilable, CompiledQuery, Kysely } from 'kysely'

import type { Engine } from './engine.ts'
import type { Schema } from './schema.ts'

/** A Kysely instance that builds queries and cannot run any. */
export type Builder = Kysely<Schema>

/**
 * A query written once with Kysely, compiled once for each engine and run with other parameters each time: building
 * a query costs more than running most of them.
 */
export interface Query<P, R> {
  readonly build: (db: Builder, parameters: P, engine: Engine) => Compilable<R>
  /** Columns with 64-bit integers that may exceed what a number holds. */
  readonly int64: readonly string[]
}

export function query<P, R>(
  build: (db: Builder, parameters: P, engine: Engine) => Compilable<R>,
  int64: readonly string[] = [],
): Query<P, R> {
  return { build, int64 }
}

/** Stands for a parameter while a query is compiled. */
class Placeholder {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

const placeholders = new Proxy({}, { get: (_target, name) => new Placeholder(String(name)) })

export interface PreparedText {
  readonly sql: string
  /** The values to bind, in order, out of a query's parameters. */
  readonly bind: (parameters: Readonly<Record<string, unknown>>) => unknown[]
}

export function compileQuery<P, R>(db: Builder, engine: Engine, definition: Query<P, R>): PreparedText {
  const compiled: CompiledQuery = definition.build(db, placeholders as P, engine).compile()
  const names = compiled.parameters.map((value) => (value instanceof Placeholder ? value.name : null))
  const constants = compiled.parameters
  return {
    sql: compiled.sql,
    bind: (parameters) => names.map((name, index) => (name === null ? constants[index] : parameters[name])),
  }
}
