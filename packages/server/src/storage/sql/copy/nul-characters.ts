import { StartupError } from '../../../startup-error.ts'
import type { SchemaTable } from './schema-tables.ts'
import { keyOf } from './table-rows.ts'
import type { Row, Value } from './table-rows.ts'

/**
 * Rows whose texts an engine takes that does not store U+0000.
 * @param replacement stands for each.
 * @throws StartupError that names the row, where there is no replacement.
 */
export function replaceNuls(
  table: SchemaTable,
  texts: readonly string[],
  rows: readonly Row[],
  replacement: string | undefined,
): readonly Row[] {
  if (texts.length === 0) return rows
  return rows.map((row) => {
    const found = texts.filter((column) => hasNul(row[column]))
    const [first] = found
    if (first === undefined) return row
    if (replacement === undefined) {
      const key = table.key.map((column, index) => `${column} ${JSON.stringify(String(keyOf(table, row)[index]))}`)
      throw new StartupError(
        `${table.name}.${first} holds the character U+0000 in the row with ${key.join(', ')}; PostgreSQL does not store ` +
          'it. Change that text, or say by --replace-nul what to put in its place, such as --replace-nul "?".',
      )
    }
    const changed: Record<string, Value> = { ...row }
    for (const column of found) changed[column] = String(row[column]).replaceAll('\0', replacement)
    return changed
  })
}

function hasNul(value: Value | undefined): boolean {
  return typeof value === 'string' && value.includes('\0')
}
