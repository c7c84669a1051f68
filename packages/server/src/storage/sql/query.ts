import type { Sql } from 'sql-template-tag'

import type { Engine } from './engine.ts'

/**
 * A statement written once, made into an engine's text once and run with other parameters each time.
 * `P` are its parameters, `R` its rows.
 */
export interface Query<P, R> {
  readonly build: (parameters: P, engine: Engine) => Sql
  /** Columns with 64-bit integers that may exceed what a number holds. */
  readonly int64: readonly string[]
  /** Columns that are only copied: of text, they may come as bytes, of numbers, as text. */
  readonly copied: readonly string[]
  /** Finds few rows, by their keys: it may share a connection and a round trip with what others ask at the same time. */
  readonly isBrief: boolean
  /** Carries the row type only. */
  readonly row?: R
}

export function query<P, R>(
  build: (parameters: P, engine: Engine) => Sql,
  int64: readonly string[] = [],
  copied: readonly string[] = [],
): Query<P, R> {
  return { build, int64, copied, isBrief: false }
}

/** A query that finds few rows, by their keys. */
export function brief<P, R>(definition: Query<P, R>): Query<P, R> {
  return { ...definition, isBrief: true }
}

/** Stands for a parameter while a statement's text is made. */
export class Placeholder {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

const placeholders = new Proxy({}, { get: (_target, name) => new Placeholder(String(name)) })

/** Takes the values to bind, in order, out of a query's parameters. */
export type Bind = (parameters: Readonly<Record<string, unknown>>) => unknown[]

export function prepareQuery<P, R>(definition: Query<P, R>, engine: Engine): { statement: Sql; bind: Bind } {
  const statement = definition.build(placeholders as P, engine)
  const names = statement.values.map((value) => (value instanceof Placeholder ? value.name : null))
  const constants = statement.values
  return {
    statement,
    bind: (parameters) =>
      names.map((name, index) => engine.bindable(name === null ? constants[index] : parameters[name])),
  }
}
