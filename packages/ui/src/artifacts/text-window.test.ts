import { describe, expect, it } from 'vitest'
import type { ReadRange } from './byte-range.ts'
import { createTextReader } from './text-window.ts'

/** A file in memory, which counts what is read of it. */
function file(text: string) {
  const state = { bytes: new TextEncoder().encode(text), read: 0 }
  const read: ReadRange = async (from, length) => {
    const start = from < 0 ? Math.max(0, state.bytes.length + from) : from
    const bytes = state.bytes.slice(start, start + length)
    state.read += bytes.length
    return { bytes, size: state.bytes.length }
  }
  return { state, reader: createTextReader(read) }
}

const numbered = (count: number): string => Array.from({ length: count }, (_, at) => `line ${at + 1}\n`).join('')

describe('createTextReader', () => {
  it('reads a small file whole, with the line that nothing ends', async () => {
    const { reader } = file('a\r\nbé\n\nopen')
    const window = await reader.head()
    expect(window.lines).toEqual(['a', 'bé', '', 'open'])
    expect(window).toMatchObject({ firstLine: 1, reachesEnd: true, start: 0 })
  })

  it('has no line for an empty file', async () => {
    const window = await file('').reader.head()
    expect(window).toMatchObject({ lines: [], size: 0, reachesEnd: true })
  })

  it('follows a file that grows in the middle of a line', async () => {
    const { state, reader } = file('one\ntw')
    const first = await reader.tail()
    expect(first.lines).toEqual(['one', 'tw'])
    expect(await reader.after(first)).toBe(first)
    state.bytes = new TextEncoder().encode('one\ntwo\nthree')
    expect((await reader.after(first)).lines).toEqual(['one', 'two', 'three'])
  })

  it('begins again where a file was written anew', async () => {
    const { state, reader } = file(numbered(100))
    const first = await reader.tail()
    state.bytes = new TextEncoder().encode('new\n')
    expect((await reader.after(first)).lines).toEqual(['new'])
  })

  it('shows the end of a large file from one read, and what is before it on demand', async () => {
    const { state, reader } = file(numbered(450_000))
    const end = await reader.tail()
    expect(state.read).toBeLessThanOrEqual(256 * 1024)
    expect(end.lines.at(-1)).toBe('line 450000')
    expect(end.firstLine).toBeUndefined()
    const more = await reader.before(end)
    expect(more.lines.slice(-end.lines.length)).toEqual(end.lines)
    const numbers = more.lines.map((line) => Number(line.slice(5)))
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at))
  })

  it('holds a few megabytes at most and keeps count of the lines', async () => {
    const { reader } = file(numbered(450_000))
    let window = await reader.head()
    while (!window.reachesEnd) window = await reader.after(window)
    expect(window.end - window.start).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(window.lines[0]).toBe(`line ${window.firstLine}`)
    const back = await reader.before(window)
    expect(back.lines[0]).toBe(`line ${back.firstLine}`)
    expect(back.reachesEnd).toBe(false)
    const again = await reader.after(back)
    expect(again.lines.at(-1)).toBe(`line ${(again.firstLine ?? 0) + again.lines.length - 1}`)
  })

  it('finds a line by its number, and says where it is too far', async () => {
    const { reader } = file(numbered(1_150_000))
    const found = await reader.line(150_000)
    expect(found?.lines[150_000 - (found.firstLine ?? 0)]).toBe('line 150000')
    expect(await reader.line(1_299_999)).toBeUndefined()
  })

  it('begins at a whole line from any byte', async () => {
    const window = await file(numbered(100_000)).reader.at(500_003)
    expect(window.lines[0]).toMatch(/^line \d+$/)
    expect(window.start).toBeGreaterThan(500_003)
  })

  it('moves on through a line without end, in pieces', async () => {
    const { reader } = file('x'.repeat(1_000_000))
    let window = await reader.head()
    expect(Math.max(...window.lines.map(({ length }) => length))).toBeLessThanOrEqual(5000)
    while (!window.reachesEnd) window = await reader.after(window)
    expect(window.lines.join('')).toHaveLength(1_000_000)
  })
})
