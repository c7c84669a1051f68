import { describe, expect, it } from 'vitest'
import { placeAfterKey } from './grid-keys.ts'

const size = { rows: 100, columns: 10, page: 20 }
const plain = { ctrlKey: false, metaKey: false, altKey: false }

describe('placeAfterKey', () => {
  it.each([
    ['ArrowDown', 6, 5],
    ['ArrowUp', 4, 5],
    ['ArrowLeft', 5, 4],
    ['ArrowRight', 5, 6],
    ['Home', 5, 0],
    ['End', 5, 9],
    ['PageDown', 25, 5],
    ['PageUp', 0, 5],
    ['j', 6, 5],
    ['k', 4, 5],
  ])('goes by %s to row %i, column %i', (key, row, column) => {
    expect(placeAfterKey({ ...plain, key }, { row: 5, column: 5 }, size)).toEqual({ row, column })
  })

  it('goes to the ends with Control', () => {
    const far = { ...plain, ctrlKey: true }
    expect(placeAfterKey({ ...far, key: 'End' }, { row: 5, column: 5 }, size)).toEqual({ row: 99, column: 9 })
    expect(placeAfterKey({ ...far, key: 'Home' }, { row: 5, column: 5 }, size)).toEqual({ row: 0, column: 0 })
    expect(placeAfterKey({ ...far, key: 'ArrowUp' }, { row: 5, column: 5 }, size)).toEqual({ row: 0, column: 5 })
  })

  it('stays in the grid: the header is row -1', () => {
    expect(placeAfterKey({ ...plain, key: 'ArrowUp' }, { row: 0, column: 0 }, size)).toEqual({ row: -1, column: 0 })
    expect(placeAfterKey({ ...plain, key: 'ArrowUp' }, { row: -1, column: 0 }, size)).toEqual({ row: -1, column: 0 })
    expect(placeAfterKey({ ...plain, key: 'j' }, { row: 99, column: 9 }, size)).toEqual({ row: 99, column: 9 })
  })

  it.each(['a', 'Enter', 'Tab'])('leaves %s to others', (key) => {
    expect(placeAfterKey({ ...plain, key }, { row: 0, column: 0 }, size)).toBeUndefined()
  })

  it('leaves keys with Alt to others', () => {
    expect(placeAfterKey({ ...plain, altKey: true, key: 'ArrowLeft' }, { row: 0, column: 5 }, size)).toBeUndefined()
  })
})
