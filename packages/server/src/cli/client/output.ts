import { jsonText } from '../terminal/json-text.ts'
import { printable } from '../terminal/printable.ts'
import { writeTable } from '../terminal/table.ts'
import type { Column } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface Output {
  readonly terminal: Terminal
  readonly output: 'table' | 'json'
}

/**
 * Writes all items, while they come: a table, or one JSON array of them as the wire has them.
 * @param none - the sentence for people where there is no item.
 */
export async function writeList<T>(
  { terminal, output }: Output,
  items: AsyncIterable<T> | Iterable<T>,
  columns: readonly Column<T>[],
  none: string,
): Promise<void> {
  if (output === 'table') {
    if ((await writeTable(terminal, columns, items)) === 0) terminal.warn(printable(none))
    return
  }
  let before = '['
  for await (const item of items) {
    await terminal.write(`${before}\n${jsonText(item, 2).replace(/^/gm, '  ')}`)
    before = ','
  }
  await terminal.write(before === '[' ? '[]\n' : '\n]\n')
}

/** Writes what was done: a sentence, or what the server answered. */
export async function writeDone({ terminal, output }: Output, sentence: string, reply: unknown): Promise<void> {
  await terminal.write(output === 'json' ? `${jsonText(reply, 2)}\n` : `${printable(sentence)}\n`)
}

/** At most `limit` items; all when it is undefined. What lies behind is not asked for. */
export async function* limited<T>(items: AsyncIterable<T>, limit: number | undefined): AsyncGenerator<T> {
  let left = limit ?? Infinity
  for await (const item of items) {
    yield item
    left -= 1
    if (left <= 0) return
  }
}

/** The size of a page that a limit needs, so that nothing is read for nothing. */
export function pageSize(limit: number | undefined, most = 1000): number {
  return Math.min(limit ?? most, most)
}
