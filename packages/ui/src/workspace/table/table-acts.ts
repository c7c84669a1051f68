import type { QueriedRun } from '../run-queries.ts'
import type { GroupRow, RunRow } from './table-rows.ts'

/** What can be done in a table of runs. */
export interface TableActs {
  readonly toggle: (row: RunRow | GroupRow) => void
  /** Selects a run or takes it out; with `isRange`, all from the one before to this one. */
  readonly select: (run: QueriedRun, isRange: boolean) => void
  readonly selectAll: () => void
  readonly open: (run: QueriedRun) => void
  /** Shows a run in the panel at the side; undefined closes that. */
  readonly peek: (run: QueriedRun | undefined) => void
  readonly hide: (run: QueriedRun) => void
  readonly pin: (run: QueriedRun) => void
  /** Asks for a tag of a run: the one of this key, or a new one. */
  readonly editTag: (run: QueriedRun, key?: string) => void
  readonly rename: (run: QueriedRun) => void
  readonly sort: (column: string) => void
  readonly openMenu: (column: string, trigger: HTMLElement) => void
  readonly resize: (column: string, width: number) => void
  /** Puts a column before another one, or last. */
  readonly move: (column: string, before: string | undefined) => void
}
