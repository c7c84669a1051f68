import type { Sql } from 'sql-template-tag'

import type { Engine } from './engine.ts'
import type { Columns, Insertion, RowOf } from './insertion.ts'
import type { Condition } from './known-rows.ts'
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
  /** `rows` that are taken once, one after the other: each is good until the next is taken. */
  scan<P>(definition: Query<P, unknown>, parameters: P): Promise<Iterable<readonly unknown[]>>
  /** Runs a statement and tells how many rows it changed. */
  run<P>(definition: Query<P, unknown>, parameters: P): Promise<number>
  /** Adds rows, and tells how many were added or changed. */
  insert<C extends Columns>(definition: Insertion<C>, rows: readonly RowOf<C>[]): Promise<number>
  /**
   * Adds rows that stay though the transaction under way is undone, where the engine can do that: others may rely on
   * them at once.
   */
  insertApart<C extends Columns>(definition: Insertion<C>, rows: readonly RowOf<C>[]): Promise<number>
  /**
   * Adds rows just before the transaction under way is committed, together with those of others: for rows that the rest
   * of the work does not read. Nobody learns how many were added.
   */
  insertLast<C extends Columns>(definition: Insertion<C>, rows: readonly RowOf<C>[]): Promise<void>
  /** Adds now what `insertLast` has kept back. Only for work that holds nothing that others may wait for. */
  flush(): Promise<void>
  /**
   * Whether work may take something for granted and leave it to the commit to find that it is not so: a `demand` that is
   * not met, or rows of `insertLast` that are refused. It is then carried out again, with this being false, and has to
   * look.
   */
  readonly isHopeful: boolean
  /** Has the transaction fail at its end unless a condition is true of a row, which stays so until then. Where `isHopeful`. */
  demand(condition: Condition, id: number): void
  /** Runs a query that was built for this request, such as a search. Rows as arrays. */
  dynamic(statement: Sql): Promise<readonly unknown[][]>
  /** Reads of `work` see the store at one moment: never half of what somebody writes meanwhile. */
  snapshot<T>(work: (database: Database) => Promise<T>): Promise<T>
  /**
   * All of `work` or nothing of it. `work` may be carried out again where it was undone for another's sake.
   * @param scope names the one thing that the work is about, such as a run, where it changes nothing else, and holds on
   *   to the rows that it relies on: an engine with many writers carries it out beside the work of other scopes. Without
   *   it the work is alone among its like, whichever server of the store it comes from.
   * A transaction within one joins it: an engine may be unable to undo only the inner one, so that work must not go on
   * after it has failed.
   */
  transaction<T>(work: (database: Database) => Promise<T>, scope?: string): Promise<T>
  /** Calls `undo` if the transaction under way is rolled back: for what is remembered outside the store. */
  onRollback(undo: () => void): void
}

/** A double as it comes out of a column: engines without NaN keep it as text. */
export function readDouble(value: unknown): number {
  return typeof value === 'number' ? value : NaN
}

/**
 * Waits for steps that were begun together, all of them, then fails as the first that failed: none goes on when a
 * transaction has ended. On a network they share a round trip.
 */
export async function together(steps: readonly Promise<unknown>[]): Promise<void> {
  for (const step of await Promise.allSettled(steps)) if (step.status === 'rejected') throw step.reason
}
