import { describe, expect, it } from 'vitest'
import { parseColumn } from '../column.ts'
import { groupCell, loggedValue } from './cell-value.ts'
import type { GroupRow } from './table-rows.ts'

describe('loggedValue', () => {
  it.each([
    ['metric', 0.123456, '0.1235', '0.123456'],
    ['metric', 0.0000123456, '1.235e-5', '0.0000123456'],
    ['metric', 'NaN', 'NaN', 'NaN'],
    ['metric', '-Infinity', '-∞', '-Infinity'],
    ['param', '0.000123456789', '0.0001235', '0.000123456789'],
    ['param', '1e-3', '1e-3', '1e-3'],
  ] as const)('shows the %s %s as %s, with the whole of it', (kind, value, text, full) => {
    expect(loggedValue(value, kind)).toEqual({ text, full: kind === 'metric' ? String(value) : full, isNumber: true })
  })

  it('shows what is missing as nothing, and texts as they are', () => {
    expect(loggedValue(null, 'metric').text).toBe('')
    expect(loggedValue('<b>', 'param')).toEqual({ text: '<b>', full: '<b>', isNumber: false })
    expect(loggedValue('x'.repeat(8000), 'tag').full).toHaveLength(8000)
  })
})

describe('groupCell', () => {
  const column = parseColumn('metrics.loss')
  const row = (aggregate: unknown): GroupRow => ({
    kind: 'group',
    key: 'k',
    depth: 0,
    isOpen: false,
    places: new Map([['metrics.loss', 0]]),
    group: { values: ['a'], runs: 3, running: 0, last_start_time: 0, aggregates: [aggregate] },
  })

  it('shows a mean with its spread, and the rest in full', () => {
    if (!column) throw new Error('No column')
    const cell = groupCell(column, row({ count: 3, left_out: 1, mean: 0.5, min: 0, max: 1, std: 0.123456 }), 'mean', 0)
    expect(cell.text).toBe('0.5 ± 0.12')
    expect(cell.full).toContain('left out 1')
    expect(groupCell(column, row({ count: 1, mean: 2, min: 2, max: 2 }), 'mean', 0).text).toBe('2')
    expect(groupCell(column, row({ count: 1, mean: 2, min: 2, max: 2 }), 'std', 0).text).toBe('')
    expect(groupCell(column, row(null), 'max', 0).text).toBe('')
  })
})
