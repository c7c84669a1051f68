import { exactJson } from '../tracking/exact-json.ts'
import type { Cell, RowBlocks, TableColumn } from './table.ts'

/**
 * One JSON array of objects, a row a line. An array, as then every reader of JSON takes the file, and none takes one that
 * broke off for a whole one; lines, as then tools for lines do, too. What is missing is left out.
 */
export async function* writeJson(columns: readonly TableColumn[], blocks: RowBlocks): AsyncGenerator<string> {
  const names = columns.map(({ name }) => `${JSON.stringify(name)}:`)
  let before = '[\n'
  for await (const rows of blocks) {
    if (rows.length === 0) continue
    yield before + rows.map((row) => object(names, row)).join(',\n')
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

function object(names: readonly string[], row: readonly Cell[]): string {
  const members = row.flatMap((cell, place) => (cell === null ? [] : [`${names[place]}${value(cell)}`]))
  return `{${members.join(',')}}`
}

function value(cell: Exclude<Cell, null>): string {
  return JSON.stringify(typeof cell === 'string' ? cell : exactJson(cell))
}
