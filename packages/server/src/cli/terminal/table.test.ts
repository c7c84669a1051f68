import { describe, expect, it } from 'vitest'

import { writeTable } from './table.ts'
import type { Column } from './table.ts'
import { TestTerminal } from './test-terminal.ts'
import { textWidth } from './text-width.ts'

interface Row {
  readonly name: string
  readonly count: number
  readonly note: string
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', value: ({ name }) => name, style: () => 'bold' },
  { title: 'COUNT', value: ({ count }) => String(count), align: 'right', whole: true },
  { title: 'NOTE', value: ({ note }) => note, spare: true },
]
const row = (name: string, count = 1, note = ''): Row => ({ name, count, note })

async function table(rows: Iterable<Row>, width?: number): Promise<string[]> {
  const terminal = new TestTerminal(width)
  await writeTable(terminal, columns, rows)
  return terminal.lines
}

describe('writeTable', () => {
  it('aligns columns, whatever the letters', async () => {
    expect(await table([row('churn', 3, 'x'), row('需要', 12, 'y'), row('🚀', 7)])).toEqual([
      'NAME   COUNT  NOTE',
      'churn      3  x',
      '需要      12  y',
      '🚀         7',
    ])
  })

  it('cuts spare columns first, then leaves them out, then cuts the widest', async () => {
    const rows = [row('a-rather-long-model-name', 1, 'a note that is longer than the name')]
    expect(await table(rows, 60)).toEqual([
      'NAME                      COUNT  NOTE',
      'a-rather-long-model-name      1  a note that is longer than…',
    ])
    expect(await table(rows, 40)).toEqual(['NAME                      COUNT', 'a-rather-long-model-name      1'])
    expect(await table(rows, 20)).toEqual(['NAME           COUNT', 'a-rather-lon…      1'])
  })

  it('fits every line into the terminal', async () => {
    const rows = Array.from({ length: 500 }, (_, index) =>
      row('需要予測🚀'.repeat(index % 20), index, 'n'.repeat(index)),
    )
    for (const width of [24, 80, 120]) {
      for (const line of await table(rows, width)) expect(textWidth(line), line).toBeLessThanOrEqual(width)
    }
  })

  it('cuts nothing where no terminal is', async () => {
    const note = 'n'.repeat(500)
    const [, line] = await table([row('m'.repeat(300), 1, note)])
    expect(line).toBe(`${'m'.repeat(300)}      1  ${note}`)
  })

  it('writes rows while they come', async () => {
    const terminal = new TestTerminal(80)
    const seen: number[] = []
    function* rows(): Generator<Row> {
      for (let index = 0; index < 300; index++) {
        seen.push(terminal.lines.length)
        yield row(`model-${index}`)
      }
    }
    expect(await writeTable(terminal, columns, rows())).toBe(300)
    expect(seen[199]).toBe(0)
    expect(seen[299]).toBe(300)
    expect(terminal.lines).toHaveLength(301)
  })

  it('writes nothing for no rows', async () => {
    expect(await table([])).toEqual([])
  })

  it('is coloured only where asked, and aligned all the same', async () => {
    const terminal = new TestTerminal(80, true)
    await writeTable(terminal, columns, [row('a'), row('bbbbbb')])
    expect(terminal.output).toContain('\u001b[1ma\u001b[22m           1')
    expect((await table([row('a')], 80)).join('')).not.toContain('\u001b')
  })

  it('sends no escape sequence that a cell holds', async () => {
    expect((await table([row('evil\u001b[2J\nmodel')])).join('|')).toContain('evil\\u001b[2J model')
  })
})
