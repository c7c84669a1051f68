import type { Database } from './database.ts'
import { query } from './query.ts'

/** Keys for rows to come, so that a row can be added together with those that point to it. */
export interface NewKeys {
  /** A key that no row has, nor gets by another way. */
  take(database: Database): Promise<number>
}

/**
 * @param table whose keys are in a column `id`.
 * @param atOnce how many are taken at once, where that saves a round trip; those that are not used leave gaps.
 */
export function createNewKeys(table: string, atOnce: number): NewKeys {
  const free: number[] = []
  const reserve = query<Record<never, never>, { id: number }>((_, engine) => engine.newKeys(table, atOnce))
  return {
    async take(database) {
      const key = free.pop()
      if (key !== undefined) return key
      const [first, ...others] = (await database.all(reserve, {})).map(({ id }) => id)
      if (first === undefined) throw new Error(`No key was given for ${table}`)
      free.push(...others.toReversed())
      return first
    },
  }
}
