/** A value of a table; null for none. */
export type Cell = string | number | bigint | null

/** What a column holds: text, doubles (NaN and the infinities too), integers, or ms since the epoch. */
export type ColumnKind = 'text' | 'double' | 'int64' | 'time'

export interface TableColumn {
  readonly name: string
  readonly kind: ColumnKind
}

/** Rows that come block by block; each has one cell for each column. */
export type RowBlocks = AsyncIterable<readonly (readonly Cell[])[]>

/** Writes a table piece by piece: it is never whole in memory. */
export type TableWriter = (
  columns: readonly TableColumn[],
  blocks: RowBlocks,
) => AsyncGenerator<string | Uint8Array, void, undefined>
