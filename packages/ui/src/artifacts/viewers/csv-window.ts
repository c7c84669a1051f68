import Papa from 'papaparse'

export interface CsvRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/**
 * The rows of the beginning of a CSV or TSV file. Its first row names the columns; rows that are longer than it get
 * columns with numbers for names.
 * @param isCut whether the file goes on: then its last row is left out, as it may be half of one
 */
export function csvRows(text: string, isCut: boolean): CsvRows {
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: true })
  const [head = [], ...rows] = isCut ? data.slice(0, -1) : data
  const width = rows.reduce((most, row) => Math.max(most, row.length), head.length)
  const columns = Array.from({ length: width }, (_, index) => head[index]?.trim() || `column ${index + 1}`)
  return { columns, rows }
}
