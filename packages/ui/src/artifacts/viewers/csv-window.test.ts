import { describe, expect, it } from 'vitest'
import { csvRows } from './csv-window.ts'

describe('csvRows', () => {
  it('takes quotes, line breaks in values and a byte-order mark as they are meant', () => {
    expect(csvRows('\uFEFFa,b\r\n"1,5","x\ny ""z"""\r\n', false)).toEqual({
      columns: ['a', 'b'],
      rows: [['1,5', 'x\ny "z"']],
    })
  })

  it('knows tabs and semicolons', () => {
    expect(csvRows('a\tb\n1\t2\n', false).rows).toEqual([['1', '2']])
    expect(csvRows('a;b\n1;2\n', false).columns).toEqual(['a', 'b'])
  })

  it('leaves out the row that a cut went through', () => {
    expect(csvRows('a,b\n1,2\n3,"hal', true).rows).toEqual([['1', '2']])
  })

  it('names columns that have no name', () => {
    expect(csvRows('a,\n1,2,3\n', false).columns).toEqual(['a', 'column 2', 'column 3'])
  })
})
