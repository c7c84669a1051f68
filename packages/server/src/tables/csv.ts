import type { Cell, ColumnKind, RowBlocks, TableColumn } from './table.ts'

/**
 * RFC 4180 with a header. A missing value is empty, an empty text is `""`, as in PostgreSQL's COPY; times are ISO 8601.
 * A text that a spreadsheet would take for a formula stays as it is: quoted otherwise it would be another text to every
 * program that reads it.
 */
export async function* writeCsv(columns: readonly TableColumn[], blocks: RowBlocks): AsyncGenerator<string> {
  const kinds = columns.map(({ kind }) => kind)
  yield line(columns.map(({ name }) => quoted(name)))
  for await (const rows of blocks) {
    yield rows.map((row) => line(row.map((cell, place) => field(cell, kinds[place])))).join('')
  }
}

function line(fields: readonly string[]): string {
  return `${fields.join(',')}\r\n`
}

function field(cell: Cell, kind: ColumnKind | undefined): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return quoted(cell)
  return kind === 'time' ? isoTime(cell) : String(cell)
}

function quoted(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** What no calendar holds stays a number. */
function isoTime(time: number | bigint): string {
  const date = new Date(Number(time))
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString()
}
