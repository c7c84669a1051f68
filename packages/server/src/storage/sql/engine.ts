import type { Sql } from 'sql-template-tag'

/** The expressions that engines spell differently. The only other differences are in `dialects/` itself. */
export interface Engine {
  /** Whether `column` is one of the numbers or strings in a list given as JSON text. */
  among(column: Sql, jsonList: string): Sql
  /** SQL's LIKE, minding letter case. */
  like(column: Sql, pattern: string): Sql
  /** SQL's LIKE, whatever the letter case. */
  ilike(column: Sql, pattern: string): Sql
  /** A field of an object that is stored as JSON text, as text. */
  jsonText(column: Sql, field: string): Sql
  /** Whether a double is a number or an infinity: NaN is neither less nor greater than anything. */
  isNumber(column: Sql): Sql
  /** A value as the engine's driver takes it. */
  bindable(value: unknown): unknown
}
