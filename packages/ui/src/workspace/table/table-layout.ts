import { useMemo } from 'react'
import { type Column, columnName, parseColumn } from '../column.ts'
import type { WorkspaceSearch } from '../workspace-state.ts'

export const rowHeights = { compact: 24, normal: 28, roomy: 36 } as const
export const headerHeight = 32

/** Ids of the columns that every table begins with. */
const selectColumn = 'select'
const nameColumn = 'name'

/** A column with its place, in pixels; `left` counts from the table's left edge. */
export interface PlacedColumn {
  /** Undefined for the first two, which are no values. */
  readonly column: Column | undefined
  readonly id: string
  readonly name: string
  readonly width: number
  readonly left: number
}

export interface TableLayout {
  readonly columns: readonly PlacedColumn[]
  /** How many of them stay while the others are scrolled. */
  readonly fixed: number
  readonly fixedWidth: number
  readonly width: number
}

/** Where the columns of a table are. */
export function useTableLayout(ids: readonly string[], state: WorkspaceSearch, isNarrow: boolean): TableLayout {
  const { widths, fix, group = [], agg = 'mean' } = state
  // A mean is shown with its spread.
  const leastMetric = group.length > 0 && agg === 'mean' ? 132 : 84
  return useMemo(
    () => layoutOf(ids, widths ?? {}, fix ?? [], isNarrow, leastMetric),
    [ids, widths, fix, isNarrow, leastMetric],
  )
}

function layoutOf(
  ids: readonly string[],
  widths: Readonly<Record<string, number>>,
  fix: readonly string[],
  isNarrow: boolean,
  leastMetric = 84,
): TableLayout {
  const shown = ids.map(parseColumn).filter((column) => column !== undefined)
  // On a telephone, columns that stay would leave no room for the others.
  const fixed = isNarrow ? [] : shown.filter(({ id }) => fix.includes(id))
  const ordered = [...fixed, ...shown.filter((column) => !fixed.includes(column))]
  let left = 0
  const columns = [
    { column: undefined, id: selectColumn, name: 'Select', width: 32 },
    { column: undefined, id: nameColumn, name: 'Run', width: widths[nameColumn] ?? (isNarrow ? 168 : 256) },
    ...ordered.map((column) => ({
      column,
      id: column.id,
      name: columnName(column),
      width: widths[column.id] ?? usualWidth(column, leastMetric),
    })),
  ].map((column) => {
    const placed = { ...column, left }
    left += column.width
    return placed
  })
  const count = fixed.length + 2
  return { columns, fixed: count, fixedWidth: columns[count]?.left ?? left, width: left }
}

function usualWidth(column: Column, leastMetric: number): number {
  const named = 44 + columnName(column).length * 6.2 + (column.value === 'LAST' ? 0 : 28)
  if (column.id === 'attributes.experiment_id') return 180
  const least = { metric: leastMetric, attribute: 84, param: 92, tag: 92 }[column.kind]
  return Math.round(Math.min(column.kind === 'tag' ? 200 : 168, Math.max(least, named)))
}
