import { describe, expect, it } from 'vitest'

import { jsonText } from './json-text.ts'
import { printable } from './printable.ts'

const escape = '\u001b[31m'
const title = '\u009d0;owned\u0007'
const reversed = '\u202egnp.exe'

describe('printable', () => {
  it('shows what would steer a terminal instead of sending it', () => {
    expect(printable(`a${escape}b${title}c${reversed}d\u007f\b`)).toBe(
      'a\\u001b[31mb\\u009d0;owned\\u0007c\\u202egnp.exed\\u007f\\u0008',
    )
  })

  it('keeps a text in one line', () => {
    expect(printable('first\r\n\tsecond\u2028third')).toBe('first second\\u2028third')
  })

  it('leaves every script as it is', () => {
    const text = 'naïve 需要予測 👩‍👩‍👧 עברית हिन्दी'
    expect(printable(text)).toBe(text)
  })
})

describe('jsonText', () => {
  it('holds no character that steers a terminal, and means the same', () => {
    const value = { name: `x${escape}${title}${reversed}\n` }
    const text = jsonText(value, 2)
    expect(text).not.toMatch(/[^\n\x20-\x7e]/)
    expect(JSON.parse(text)).toEqual(value)
  })

  it('writes numbers as the wire does', () => {
    expect(jsonText({ big: 9007199254740993n, loss: NaN, most: -Infinity, one: 1 })).toBe(
      '{"big":9007199254740993,"loss":"NaN","most":"-Infinity","one":1}',
    )
  })
})
