import { describe, expect, it } from 'vitest'
import { comparableText, diffBlocks, lineDiff } from './line-diff.ts'

const numbers = Array.from({ length: 20 }, (_, line) => `line ${line + 1}`)

describe('lineDiff', () => {
  it('numbers the lines of both texts', () => {
    expect(lineDiff('a\nb\nc', 'a\nB\nc\n').map(({ kind, text, from, to }) => [kind, text, from, to])).toEqual([
      ['same', 'a', 1, 1],
      ['removed', 'b', 2, undefined],
      ['added', 'B', undefined, 2],
      ['same', 'c', 3, 3],
    ])
  })

  it('takes texts of one line as lines, and an empty one for none', () => {
    expect(lineDiff('a b', 'a c').map(({ kind, text }) => [kind, text])).toEqual([
      ['removed', 'a b'],
      ['added', 'a c'],
    ])
    expect(lineDiff('', 'a').map(({ kind }) => kind)).toEqual(['added'])
  })
})

describe('diffBlocks', () => {
  it('leaves out what is far from any difference', () => {
    const blocks = diffBlocks(lineDiff(numbers.join('\n'), numbers.with(9, 'other').join('\n')))
    expect(blocks.map(({ kind, lines }) => [kind, lines.length])).toEqual([
      ['alike', 6],
      ['lines', 8],
      ['alike', 7],
    ])
  })

  it('is one block of texts that are alike', () => {
    expect(diffBlocks(lineDiff('a\nb\nc\n', 'a\nb\nc\n')).map(({ kind }) => kind)).toEqual(['alike'])
  })
})

describe('comparableText', () => {
  it('writes JSON anew and leaves alone what is none', () => {
    expect(comparableText('a.json', '{"a":1,\r\n"b":[]}')).toBe('{\n  "a": 1,\n  "b": []\n}')
    expect(comparableText('a.json', '{"a":NaN}')).toBe('{"a":NaN}')
    expect(comparableText('a.txt', 'x\r\ny')).toBe('x\ny')
  })
})
