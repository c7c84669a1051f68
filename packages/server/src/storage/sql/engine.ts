import type { Expression, SqlBool } from 'kysely'

/** The expressions that engines spell differently. The only other differences are in `dialects/` itself. */
export interface Engine {
  /** Whether `column` is one of the numbers or strings in a list given as JSON text. */
  among(column: Expression<unknown>, jsonList: string): Expression<SqlBool>
  /** SQL's LIKE, minding letter case. */
  like(column: Expression<unknown>, pattern: string): Expression<SqlBool>
  /** SQL's LIKE, whatever the letter case. */
  ilike(column: Expression<unknown>, pattern: string): Expression<SqlBool>
  /** Whether a double is a number or an infinity: NaN is neither less nor greater than anything. */
  isNumber(column: Expression<unknown>): Expression<SqlBool>
}
