import { describe, expect, it } from 'vitest'

import { parseField } from './field.ts'
import { conditionText, fieldText } from './filter-text.ts'
import { parseFilter } from './parser.ts'

describe('fieldText', () => {
  it.each(['a', 'val/loss', 'a b', 'a:b', 'é', '1st', '-x', 'and', 'a.b', 'a"b', 'a`b', "a'b"])(
    'writes the param %j so that it is read again',
    (key) => {
      expect(parseField('runs', fieldText({ on: 'param', key }))).toMatchObject({ on: 'param', key })
    },
  )
})

describe('conditionText', () => {
  it.each([
    '',
    'a',
    "it's",
    'say "x"',
    `both ' and "`,
    "''",
    'C:\\runs',
    "\\'",
    '\\"',
    'a\nb',
    '<b>',
    "' OR 1 = 1",
    '😀',
    'NaN',
    '1e-3',
    ' AND ',
    '\\\\.',
  ])('writes the text %j so that it is read again, also between others', (value) => {
    const text = conditionText({ on: 'tag', key: 'a b' }, value)
    expect(parseFilter('runs', `params.x = 'y' AND ${text} AND params."z" = "w"`)).toEqual([
      { on: 'param', key: 'x', comparator: '=', value: 'y' },
      { on: 'tag', key: 'a b', comparator: '=', value },
      { on: 'param', key: 'z', comparator: '=', value: 'w' },
    ])
  })

  it('writes numbers and none', () => {
    expect(parseFilter('runs', String(conditionText({ on: 'attribute', key: 'end_time' }, 9007199254740993n)))).toEqual(
      [{ on: 'attribute', key: 'end_time', comparator: '=', value: 9007199254740993n }],
    )
    expect(parseFilter('runs', String(conditionText({ on: 'param', key: 'lr' }, null)))).toEqual([
      { on: 'param', key: 'lr', comparator: 'IS NULL', value: null },
    ])
  })

  it.each(['C:\\', `\\'\\"`])('leaves out %j, which the language cannot write', (value) => {
    expect(conditionText({ on: 'param', key: 'a' }, value)).toBeUndefined()
  })
})
