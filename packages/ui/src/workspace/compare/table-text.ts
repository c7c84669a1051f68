import type { ShownRun } from '../shown-runs.ts'
import type { CompareLine } from './compare-lines.ts'
import { wholeText } from './fact.ts'

/** The facts shown with whole values: names in the first column, or in the first row when turned. */
export function tableOf(
  runs: readonly Pick<ShownRun, 'name'>[],
  lines: readonly CompareLine[],
  isTurned: boolean,
): readonly (readonly string[])[] {
  const facts = lines.flatMap((line) => (line.kind === 'fact' ? [line.fact] : []))
  const rows = [
    ['', ...runs.map(({ name }) => name)],
    ...facts.map((fact) => [fact.name, ...runs.map((_, run) => wholeText(fact, fact.values[run]))]),
  ]
  return isTurned ? (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? '')) : rows
}

/** RFC 4180. */
export function csvTable(rows: readonly (readonly string[])[]): string {
  return rows
    .map((row) => row.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','))
    .join('\r\n')
}

/** A table of GitHub's Markdown; what would end a cell or begin markup is escaped. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...body.map(line)].join('\n')
}

function markdownCell(text: string): string {
  return text.replaceAll(/[\\|`*_<>[\]]/g, String.raw`\$&`).replaceAll(/\r?\n|\r/g, '<br>')
}
