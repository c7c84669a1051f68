import type { Sql } from 'sql-template-tag'

import type { ValueKind } from './insertion.ts'

/** The expressions that engines spell differently. The only other differences are in `dialects/` itself. */
export interface Engine {
  /** Whether `column` is one of the numbers or strings of a list. */
  among(column: Sql, list: readonly unknown[]): Sql
  /** SQL's LIKE, minding letter case. */
  like(column: Sql, pattern: string): Sql
  /** SQL's LIKE, whatever the letter case. */
  ilike(column: Sql, pattern: string): Sql
  /** A field of an object that is stored as JSON text, as text. */
  jsonText(column: Sql, field: string): Sql
  /** Whether a double is a number or an infinity: NaN is neither less nor greater than anything. */
  isNumber(column: Sql): Sql
  /** A value beside which nothing tells the engine what kind it is: in arithmetic, or selected by itself. */
  typed(kind: ValueKind, value: unknown): Sql
  /** Milliseconds since the epoch by the store's clock, which all servers of a store share. */
  readonly now: Sql
  /**
   * Behind a `select` within a transaction: the rows stay as they are until it ends. Others may share that ('share'),
   * or must wait ('update', 'update or skip': those that are taken are passed over).
   */
  lock(mode: 'share' | 'update' | 'update or skip'): Sql
  /** Behind a `from`: with the rows of a table that belong to those before, each time looked up by its key. */
  leftJoin(table: string, alias: string, on: Sql): Sql
  /** The first rows of several selects together, in an order that an index has for each of them. */
  merge(selects: readonly Sql[], order: Sql, limit: number): Sql
  /** A query of keys, in a column `id`, that no row of a table has: up to `count`, which are lost if they are not used. */
  newKeys(table: string, count: number): Sql
  /** A value as the engine's driver takes it. */
  bindable(value: unknown): unknown
}
