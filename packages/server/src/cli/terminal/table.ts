import { printable } from './printable.ts'
import { styled, type Style, type Terminal } from './terminal.ts'
import { cutText, textWidth } from './text-width.ts'

export interface Column<T> {
  readonly title: string
  readonly value: (row: T) => string
  readonly align?: 'right'
  readonly style?: (row: T) => Style | undefined
  /** Never cut: somebody copies it. */
  readonly whole?: true
  /** Cut before all others, and left out where that is not enough. */
  readonly spare?: true
}

const gap = '  '
const leastWidth = 8
const leastSpareWidth = 16
// Of so many rows the widths are taken; the rows behind these come out one by one.
const measuredRows = 200
const widestUnlimited = 60

/**
 * Writes rows below their titles. On a terminal every line fits, as far as whole columns leave room: spare columns are
 * cut first, then the widest. Elsewhere nothing is cut. Nothing is written where there are no rows.
 * @returns how many rows there were.
 */
export async function writeTable<T>(
  terminal: Terminal,
  columns: readonly Column<T>[],
  rows: AsyncIterable<T> | Iterable<T>,
): Promise<number> {
  const waiting: Line<T>[] = []
  let layout: Layout<T> | undefined
  let count = 0
  const begin = async (): Promise<Layout<T>> => {
    const begun = fitting(naturalWidths(columns, waiting), terminal.width)
    const titles = begun.map(({ column, width }) => padded(column.title, width, column.align))
    const text = waiting.map((line) => lineText(terminal, begun, line)).join('')
    await terminal.write(`${styled(terminal, 'dim', titles.join(gap).trimEnd())}\n${text}`)
    return begun
  }
  for await (const row of rows) {
    count += 1
    const line = { row, cells: new Map(columns.map((column) => [column, printable(column.value(row))])) }
    if (layout !== undefined) await terminal.write(lineText(terminal, layout, line))
    else if (waiting.push(line) === measuredRows) layout = await begin()
  }
  if (layout === undefined && count > 0) await begin()
  return count
}

interface Line<T> {
  readonly row: T
  readonly cells: ReadonlyMap<Column<T>, string>
}

/** The columns that are shown, each with its width. */
type Layout<T> = readonly { readonly column: Column<T>; readonly width: number }[]

function naturalWidths<T>(columns: readonly Column<T>[], lines: readonly Line<T>[]): Layout<T> {
  return columns.map((column) => ({
    column,
    width: Math.max(column.title.length, ...lines.map(({ cells }) => textWidth(cells.get(column) ?? ''))),
  }))
}

function fitting<T>(natural: Layout<T>, room: number | undefined): Layout<T> {
  if (room === undefined) {
    // One long name among many must not spread all other lines.
    return natural.map(({ column, width }) => ({ column, width: Math.min(width, widestUnlimited) }))
  }
  const spare = narrowed(natural, room, leastSpareWidth, (column) => column.spare === true)
  if (excessOf(spare, room) <= 0) return spare
  const needed = natural.filter(({ column }) => column.spare !== true)
  return narrowed(needed, room, leastWidth, (column) => column.whole !== true)
}

function excessOf<T>(layout: Layout<T>, room: number): number {
  return layout.reduce((sum, { width }) => sum + width + gap.length, -gap.length) - room
}

/** Takes from the widest of the columns that may be cut, until all fit or all of them are at their least. */
function narrowed<T>(
  layout: Layout<T>,
  room: number,
  least: number,
  mayBeCut: (column: Column<T>) => boolean,
): Layout<T> {
  const widths = layout.map(({ width }) => width)
  const cuttable = layout.flatMap(({ column }, index) => (mayBeCut(column) ? [index] : []))
  for (let excess = excessOf(layout, room); excess > 0; excess--) {
    const widest = Math.max(0, ...cuttable.map((index) => widths[index] ?? 0))
    const index = cuttable.find((each) => widths[each] === widest)
    if (index === undefined || widest <= least) break
    widths[index] = widest - 1
  }
  return layout.map(({ column }, index) => ({ column, width: widths[index] ?? 0 }))
}

function lineText<T>(terminal: Terminal, layout: Layout<T>, { row, cells }: Line<T>): string {
  const parts = layout.map(({ column, width }, index) => {
    const cell = cells.get(column) ?? ''
    const shown = terminal.width === undefined || column.whole === true ? cell : cutText(cell, width)
    // The last column needs no blanks behind it.
    const isLast = index === layout.length - 1 && column.align === undefined
    const colour = column.style?.(row)
    const text = colour === undefined ? shown : styled(terminal, colour, shown)
    const blanks = ' '.repeat(isLast ? 0 : Math.max(0, width - textWidth(shown)))
    return column.align === 'right' ? blanks + text : text + blanks
  })
  return `${parts.join(gap).trimEnd()}\n`
}

function padded(text: string, width: number, align: 'right' | undefined): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)))
  return align === 'right' ? blanks + text : text + blanks
}
