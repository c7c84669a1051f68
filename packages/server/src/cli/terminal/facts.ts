import { printable } from './printable.ts'
import { styled, type Terminal } from './terminal.ts'
import { cutText, textWidth } from './text-width.ts'

/** What is known of one thing: a name and its value a line. A value that is undefined or empty has no line. */
export type Facts = readonly (readonly [name: string, value: string | undefined])[]

/** Writes facts below each other, the values aligned and, as they are what was asked for, never cut. */
export async function writeFacts(terminal: Terminal, facts: Facts): Promise<void> {
  const known = facts.flatMap(([name, value]) => (value ? [{ name, value: printable(value) }] : []))
  const width = Math.max(0, ...known.map(({ name }) => name.length))
  const lines = known.map(({ name, value }) => `  ${styled(terminal, 'dim', name.padEnd(width))}  ${value}\n`)
  await terminal.write(lines.join(''))
}

/** Writes the title above facts: what the thing is called, and its description, whose paragraphs stay apart. */
export async function writeTitle(terminal: Terminal, title: string, description = ''): Promise<void> {
  const width = terminal.width ?? 100
  const paragraphs = description.split(/\r?\n/).flatMap((line) => wrapped(printable(line), width))
  const text = description === '' ? '' : `${paragraphs.join('\n').trim()}\n`
  await terminal.write(`${styled(terminal, 'bold', printable(title))}\n${text}\n`)
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Several values in one line, cut where the list is long. */
export function inOneLine(values: readonly string[], width = 200): string {
  return cutText(values.join(', '), width)
}
