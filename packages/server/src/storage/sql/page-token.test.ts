import { expect, test } from 'vitest'

import { decodePageToken, encodePageToken, queryKeyOf } from './page-token.ts'

test('decodePageToken gives back text, numbers, bigints, non-finite doubles and nulls', () => {
  const position = ['ü"', 1.5, -3, 9007199254740993n, -9223372036854775808n, NaN, Infinity, -Infinity, null]
  const token = encodePageToken('q', position)
  expect(token).toMatch(/^[\w-]+$/)
  expect(decodePageToken('q', token)).toEqual(position)
})

test('decodePageToken refuses the token of another search', () => {
  const token = encodePageToken('runs a', [1])
  expect(() => decodePageToken('runs b', token)).toThrow(/^Invalid page token, it belongs to another search/)
})

test.each([
  ['text', 'nonsense'],
  ['nothing', ''],
  ["MLflow's own tokens", Buffer.from('{"offset": 2}').toString('base64')],
  ['a JSON value', Buffer.from('5').toString('base64')],
])('decodePageToken refuses %s', (_what, token) => {
  expect(() => decodePageToken('q', token)).toThrow(/^Invalid page token, /)
})

test('decodePageToken refuses a forged position', () => {
  const query = JSON.parse(Buffer.from(encodePageToken('q', []), 'base64url').toString())[0]
  for (const forged of [{ a: 1 }, true, ['i', 'x'], ['z', '1'], ['i', '9223372036854775808'], []]) {
    const token = Buffer.from(JSON.stringify([query, forged])).toString('base64url')
    expect(() => decodePageToken('q', token)).toThrow(/^Invalid page token, /)
  }
})

test('queryKeyOf tells apart bigints, their digits and the infinities', () => {
  const values = [1, '1', 1n, Infinity, -Infinity, null, '1n']
  expect(new Set(values.map((value) => queryKeyOf({ value }))).size).toBe(values.length)
  expect(queryKeyOf([{ a: 2n ** 60n }])).toBe(queryKeyOf([{ a: 2n ** 60n }]))
})
