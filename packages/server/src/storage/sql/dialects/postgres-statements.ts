import type { Sql } from 'sql-template-tag'

import type { Columns, Insertion, RowOf } from '../insertion.ts'
import type { Condition } from '../known-rows.ts'
import { Placeholder, prepareQuery } from '../query.ts'
import type { Query } from '../query.ts'
import type { Statement } from './postgres-batch.ts'
import { arrayText, postgresEngine, postgresTypes } from './postgres-engine.ts'

type Parameters = Readonly<Record<string, unknown>>

/** Turns definitions into statements, each of which gets its text once. */
export interface Statements {
  ofQuery<P>(definition: Query<P, unknown>, parameters: P): Statement
  /** More than one where rows of the same key are given: a statement may not bring up a row twice. */
  ofInsertion<C extends Columns>(definition: Insertion<C>, rows: readonly RowOf<C>[]): readonly Statement[]
  /** Fails where a condition is not true of one of the rows; else nobody changes them until the transaction ends. */
  ofCondition(condition: Condition, ids: readonly number[]): Statement
  /** A query that was built for one request: planned with its values, as a search's best plan depends on them. */
  ofSql(statement: Sql): Statement
}

export function createStatements(): Statements {
  const queries = new Map<object, (parameters: Parameters) => Statement>()
  const insertions = new Map<object, (rows: readonly Parameters[]) => readonly Statement[]>()
  const conditions = new Map<object, (ids: readonly number[]) => Statement>()
  let names = 0

  function prepare(definition: Query<unknown, unknown>): (parameters: Parameters) => Statement {
    const { statement, bind } = prepareQuery(definition, postgresEngine)
    const { text, places } = numbered(statement)
    const { copied, isBrief } = definition
    const prepared = { name: `q${++names}`, text, isWriting: isWriting(text), copied, isBrief, shape: {} }
    return (parameters) => {
      const values = bind(parameters)
      return { ...prepared, values: places.map((place) => values[place]) }
    }
  }

  function prepareInsertion({ table, columns, onConflict, key, isOrdered }: Insertion<Columns>) {
    const kinds = Object.entries(columns)
    const into = `insert into ${table} (${Object.keys(columns).join(', ')})`
    const one = kinds.map((_, index) => `$${index + 1}`).join(', ')
    const many = kinds.map(([, kind], index) => `$${index + 1}::${postgresTypes[kind]}[]`).join(', ')
    const end = `${onConflict.sql}${isOrdered ? ' returning id' : ''}`
    const name = `i${++names}`
    const single = { name, text: `${into} values (${one}) ${end}`, isWriting: true, shape: {} }
    const bulk = { name: `${name}n`, text: `${into} select * from unnest(${many}) ${end}`, isWriting: true, shape: {} }
    const statementOf = (rows: readonly Parameters[]): Statement => {
      const [first] = rows
      if (rows.length === 1 && first) {
        return { ...single, values: kinds.map(([column]) => postgresEngine.bindable(first[column])) }
      }
      return { ...bulk, values: kinds.map(([column]) => arrayText(rows.map((row) => row[column]))) }
    }
    return (rows: readonly Parameters[]) =>
      (key.length > 0 && rows.length > 1 ? roundsOf(rows, key) : [rows]).map(statementOf)
  }

  function prepareCondition({ table, holds }: Condition) {
    // What fails on purpose is a division by zero. Rows are found by their keys alone, whatever indexes there are.
    const text = `select 1 / cast(count(*) filter (where ${holds.sql}) = cardinality($1::integer[]) as integer)
      from (select * from ${table} where id = any($1) for share) as held`
    const prepared = { name: `c${++names}`, text, isWriting: false, shape: {} }
    return (ids: readonly number[]): Statement => ({ ...prepared, values: [arrayText(ids)] })
  }

  function entry<T>(map: Map<object, T>, definition: object, prepared: () => T): T {
    let made = map.get(definition)
    if (!made) map.set(definition, (made = prepared()))
    return made
  }

  return {
    ofQuery: (definition, parameters) =>
      entry(queries, definition, () => prepare(definition as Query<unknown, unknown>))(parameters as Parameters),
    ofInsertion: (definition, rows) => entry(insertions, definition, () => prepareInsertion(definition))(rows),
    ofCondition: (condition, ids) => entry(conditions, condition, () => prepareCondition(condition))(ids),
    ofSql: ({ text, values }) => ({
      text,
      values: values.map((value) => postgresEngine.bindable(value)),
      isWriting: isWriting(text),
      shape: {},
    }),
  }
}

/** A text in which a parameter that stands in several places has one number: only then are the places one expression. */
function numbered({ strings, values }: Sql): { text: string; places: readonly number[] } {
  const places: number[] = []
  const numbers = new Map<unknown, number>()
  let text = strings[0] ?? ''
  for (const [index, value] of values.entries()) {
    const key = value instanceof Placeholder ? value.name : index
    let number = numbers.get(key)
    if (number === undefined) {
      places.push(index)
      numbers.set(key, (number = places.length))
    }
    text += `$${number}${strings[index + 1] ?? ''}`
  }
  return { text, places }
}

function isWriting(text: string): boolean {
  return !/^\s*select\b/i.test(text)
}

/** Rows in rounds, none of which has two of one key; what comes later in `rows` is in a later round. */
function roundsOf(rows: readonly Parameters[], key: readonly string[]): readonly (readonly Parameters[])[] {
  const rounds: Parameters[][] = []
  const taken = new Map<string, number>()
  for (const row of rows) {
    const place = JSON.stringify(key.map((column) => row[column]))
    const round = taken.get(place) ?? 0
    taken.set(place, round + 1)
    const others = rounds[round]
    if (others) others.push(row)
    else rounds.push([row])
  }
  return rounds
}

const control = (name: string, text: string): Statement => ({ name, text, values: [], isWriting: false, shape: {} })

/** What begins, parts and ends transactions. */
export const transactionControl = {
  begin: control('begin', 'begin'),
  beginReading: control('begin_reading', 'begin isolation level repeatable read read only'),
  savepoint: control('savepoint', 'savepoint job'),
  rollbackToSavepoint: control('undo', 'rollback to savepoint job'),
  releaseSavepoint: control('release', 'release savepoint job'),
  commit: control('commit', 'commit'),
  rollback: control('rollback', 'rollback'),
} as const
