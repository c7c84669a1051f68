import type { QueriedRun } from './run-queries.ts'

/** A run's values in the order of the columns; a reply without columns has none at all. */
export function valuesOf(run: QueriedRun): readonly unknown[] {
  return (run.values as readonly unknown[] | undefined) ?? []
}
