import type { Int64 } from '@trackway/api'

import type { ColumnValue, Page, PageRequest, RunColumn } from './store.ts'

/** What groups are ordered by; `place` is that of a field or of a column, and 0 where there is nothing to choose. */
export interface GroupOrderTerm {
  readonly by: 'RUNS' | 'LAST_START_TIME' | 'VALUE' | 'COUNT' | 'MEAN' | 'MIN' | 'MAX' | 'STD'
  readonly place: number
  readonly ascending: boolean
}

export interface GroupRequest extends PageRequest {
  readonly fields: readonly RunColumn[]
  readonly columns: readonly RunColumn[]
  readonly orderBy: readonly GroupOrderTerm[]
}

/** The finite numbers of a column over some runs; `leftOut` runs have something else. What cannot be told is undefined. */
export interface Aggregate {
  readonly count: number
  readonly leftOut: number
  readonly mean: number | undefined
  readonly min: number | undefined
  readonly max: number | undefined
  /** Of a sample: n - 1. */
  readonly std: number | undefined
}

/** Runs with the same values of some fields, null for none. An aggregate is null where no run has the column. */
export interface RunGroup {
  readonly values: readonly ColumnValue[]
  readonly runs: number
  readonly running: number
  readonly lastStartTime: Int64
  readonly aggregates: readonly (Aggregate | null)[]
}

/** A page of groups, how many groups there are, and how many runs match. */
export interface GroupPage extends Page<RunGroup> {
  readonly total: number
  readonly matching: number
}
