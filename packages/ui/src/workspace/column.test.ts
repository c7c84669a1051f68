import { describe, expect, it } from 'vitest'
import { askedColumns, columnOf, parseColumn, parseOrder, orderText } from './column.ts'

describe('parseColumn', () => {
  it.each([
    ['metrics.loss', { kind: 'metric', key: 'loss', value: 'LAST' }],
    ['min(metrics.`a``b c`)', { kind: 'metric', key: 'a`b c', value: 'MIN', field: 'metrics.`a``b c`' }],
    ['params."batch size"', { kind: 'param', key: 'batch size', value: 'LAST' }],
    ['tags.a.b', { kind: 'tag', key: 'a.b' }],
    ['attributes.duration', { kind: 'attribute', key: 'duration' }],
  ])('reads %s', (id, column) => {
    expect(parseColumn(id)).toMatchObject({ id, ...column })
  })

  it.each(['', 'loss', 'metrics.', 'min(params.lr)', 'attributes.nothing', 'foo.a'])('knows no column %j', (id) => {
    expect(parseColumn(id)).toBeUndefined()
  })
})

describe('columnOf', () => {
  it('writes what parseColumn reads', () => {
    expect(parseColumn(columnOf('metrics.loss', 'MAX'))).toMatchObject({ field: 'metrics.loss', value: 'MAX' })
    expect(columnOf('params.lr')).toBe('params.lr')
  })
})

describe('askedColumns', () => {
  it('leaves out what comes with a run anyway, and what is more than a server gives', () => {
    const ids = ['attributes.start_time', 'attributes.user_id', 'max(metrics.a)', 'params.b']
    expect(askedColumns(ids.map(parseColumn).filter((column) => column !== undefined))).toEqual([
      { field: 'attributes.user_id' },
      { field: 'metrics.a', value: 'MAX' },
      { field: 'params.b' },
    ])
    const many = Array.from({ length: 130 }, (_, place) => parseColumn(`metrics.m${place}`))
    expect(askedColumns(many.filter((column) => column !== undefined))).toHaveLength(100)
  })
})

describe('parseOrder', () => {
  it('reads what orderText writes, and an order without a direction', () => {
    const order = { column: 'min(metrics.`a DESC b`)', isDescending: true }
    expect(parseOrder(orderText(order))).toEqual(order)
    expect(parseOrder('metrics.loss')).toEqual({ column: 'metrics.loss', isDescending: false })
    expect(parseOrder(undefined)).toBeUndefined()
  })
})
