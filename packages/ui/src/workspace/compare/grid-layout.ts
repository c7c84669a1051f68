import type { DeltaKind } from './compare-state.ts'

export const rowHeight = 28
/** Of the header: with runs, and with facts when the table is turned. */
export const headHeights = { runs: 52, facts: 44 } as const

/** Widths in px of the column of names and of the others. */
export function columnWidths(isTurned: boolean, delta: DeltaKind, hasBaseline: boolean, isNarrow: boolean) {
  const value = !hasBaseline || delta === 'none' ? 144 : delta === 'both' ? 212 : 160
  return { names: isNarrow ? 136 : isTurned ? 240 : 232, value }
}
