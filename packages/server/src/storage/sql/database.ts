import type { Sql } from 'sql-template-tag'

import type { Engine } from './engine.ts'
import type { Query } from './query.ts'

/** A handle on the store. Inside `transaction` the handle passed on is the one to use. */
export interface Database {
  readonly engine: Engine
  /** Rows as objects. */
  all<P, R>(definition: Query<P, R>, parameters: P): Promise<R[]>
  /** The first row, or undefined. */
  first<P, R>(definition: Query<P, R>, parameters: P): Promise<R | undefined>
  /** Rows as arrays in the order of the selected columns: for the queries that read thousands of rows. */
  rows<P>(definition: Query<P, unknown>, parameters: P): Promise<readonly unknown[][]>
  /** Runs a statement and tells how many rows it changed. */
  run<P>(definition: Query<P, unknown>, parameters: P): Promise<number>
  /** Runs a statement once for each set of parameters and tells how many rows they changed in all. */
  runMany<P>(definition: Query<P, unknown>, parameters: readonly P[]): Promise<number>
  /** Runs a query that was built for this request, such as a search. Rows as arrays. */
  dynamic(statement: Sql): Promise<readonly unknown[][]>
  /** Reads of `work` see the store at one moment: never half of what somebody writes meanwhile. */
  snapshot<T>(work: () => Promise<T>): Promise<T>
  /** All of `work` or nothing of it. One at a time on a handle: the next begins when this one is done. */
  transaction<T>(work: (database: Database) => Promise<T>): Promise<T>
  /** Calls `undo` if the transaction under way is rolled back: for what is remembered outside the store. */
  onRollback(undo: () => void): void
}

/** A double as it comes out of a column: engines without NaN keep it as text. */
export function readDouble(value: unknown): number {
  return typeof value === 'number' ? value : NaN
}
