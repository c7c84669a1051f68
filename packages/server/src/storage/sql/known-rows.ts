import type { Sql } from 'sql-template-tag'

import type { Database } from './database.ts'

/** What is true of some rows of a table for long, and makes what was read of them once worth keeping. */
export interface Condition {
  /** Its rows are known by a column `id`. */
  readonly table: string
  readonly holds: Sql
}

/**
 * What was read of rows of which a condition was true. Work that may leave it to the commit to find that it no longer is
 * need not read them again, which saves it a round trip to a database on the network.
 */
export interface KnownRows<T extends { readonly id: number }> {
  /** The row, should the work be able to rely on it; it fails at its end, and is carried out again, if it may not. */
  recall(database: Database, key: string): T | undefined
  /** Keeps a row of which the condition is true in the transaction under way. */
  remember(database: Database, key: string, row: T): void
}

/** Those kept longest are forgotten first. */
const capacity = 10_000

export function createKnownRows<T extends { readonly id: number }>(condition: Condition): KnownRows<T> {
  const rows = new Map<string, T>()
  return {
    recall(database, key) {
      const row = database.isHopeful ? rows.get(key) : undefined
      if (!row) return undefined
      database.demand(condition, row.id)
      database.onRollback(() => rows.delete(key))
      return row
    },
    remember(database, key, row) {
      if (rows.size >= capacity) rows.delete(rows.keys().next().value as string)
      rows.set(key, row)
      database.onRollback(() => rows.delete(key))
    },
  }
}
