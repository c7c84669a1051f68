import { describe, expect, it } from 'vitest'
import { textDiff } from './text-diff.ts'

describe('textDiff', () => {
  it('tells words of one line', () => {
    expect(textDiff('a quick fox', 'a slow fox')).toEqual([
      { text: 'a ', kind: 'same' },
      { text: 'quick', kind: 'removed' },
      { text: 'slow', kind: 'added' },
      { text: ' fox', kind: 'same' },
    ])
  })

  it('tells lines of texts with several', () => {
    expect(textDiff('a\nb\nc\n', 'a\nB\nc\n')).toEqual([
      { text: 'a\n', kind: 'same' },
      { text: 'b\n', kind: 'removed' },
      { text: 'B\n', kind: 'added' },
      { text: 'c\n', kind: 'same' },
    ])
  })

  it('ends in time with texts that have nothing in common', () => {
    const lines = (sign: string): string => Array.from({ length: 100_000 }, (_, line) => `${sign}${line}\n`).join('')
    const parts = textDiff(lines('a'), lines('b'))
    expect(parts.map(({ kind }) => kind)).toEqual(['removed', 'added'])
  }, 10_000)
})
