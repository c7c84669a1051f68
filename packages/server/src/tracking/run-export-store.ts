import type { ColumnValue, PageRequest, RunColumn, RunSearch, RunSelection } from './store.ts'

export interface RunKeys {
  readonly metrics: readonly string[]
  readonly params: readonly string[]
}

/** What files of runs need of a storage. */
export interface RunExportStore {
  /** All runs that a search finds, block by block: of each the values of the columns, in their order. */
  export(
    search: Omit<RunSearch, keyof PageRequest>,
    columns: readonly RunColumn[],
  ): AsyncIterable<readonly (readonly ColumnValue[])[]>
  /** The keys of the metrics and params that the runs have, sorted. */
  keys(selection: RunSelection): Promise<RunKeys>
}
