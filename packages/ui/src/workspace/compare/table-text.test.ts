import { describe, expect, it } from 'vitest'
import { compareLines } from './compare-lines.ts'
import type { Fact } from './fact.ts'
import { csvTable, markdownTable, tableOf } from './table-text.ts'

const facts: readonly Fact[] = [
  { id: 'metrics.loss', group: 'Metrics', name: 'loss', kind: 'metric', values: [0.123_456, Number.NaN, undefined] },
  { id: 'params.p', group: 'Params', name: 'p|q', kind: 'text', values: ['a,"b"', '<b>\nx', '1'] },
]
const runs = ['one', 'two', 'three'].map((name) => ({ name }))
const { lines } = compareLines(facts, {})

describe('tableOf', () => {
  it('has whole values, and turns', () => {
    expect(tableOf(runs, lines, false)[1]).toEqual(['loss', '0.123456', 'NaN', ''])
    expect(tableOf(runs, lines, true)[2]).toEqual(['two', 'NaN', '<b>\nx'])
  })
})

describe('csvTable', () => {
  it('quotes what would end a field', () => {
    expect(csvTable(tableOf(runs, lines, false))).toBe(
      ',one,two,three\r\nloss,0.123456,NaN,\r\np|q,"a,""b""","<b>\nx",1',
    )
  })
})

describe('markdownTable', () => {
  it('keeps values within their cells and from being markup', () => {
    const rows = markdownTable(tableOf(runs, lines, false)).split('\n')
    expect(rows[1]).toBe('| --- | --- | --- | --- |')
    expect(rows[3]).toBe(String.raw`| p\|q | a,"b" | \<b\><br>x | 1 |`)
  })
})
