import { expect, test } from 'vitest'

import { readHistoryToken, writeHistoryToken } from './history-token.ts'
import type { PointRows } from './store.ts'

const forge = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url')

test.each<[PointRows[number]]>([
  [[0, 0, 0]],
  [[-3, 1_700_000_000_000, 0.1]],
  [[9007199254740993n, 9223372036854775807n, NaN]],
  [[-9223372036854775808n, 0, Infinity]],
  [[1, 2, -Infinity]],
  [[1, 2, 5e-324]],
])('a token gives its point back: %s', (point) => {
  const token = writeHistoryToken('run/ü "key"', point)
  expect(token).toMatch(/^[\w-]+$/)
  expect(readHistoryToken('run/ü "key"', token)).toEqual(point)
})

test('a token of another series is refused', () => {
  const token = writeHistoryToken('run/a', [1, 2, 3])
  expect(() => readHistoryToken('run/b', token)).toThrow(
    'Invalid page token, it belongs to the history of another metric or run.',
  )
})

test.each([
  'nonsense',
  Buffer.from('{"offset": 2}').toString('base64'),
  forge(null),
  forge([]),
  forge(['r/m', '1', '2']),
  forge(['r/m', 'x', '2', '3']),
  forge(['r/m', '1', '2.5', '3']),
  forge(['r/m', '9223372036854775808', '2', '3']),
  forge(['r/m', '1', '-9223372036854775809', '3']),
  forge(['r/m', '1', '1'.repeat(400), '3']),
])('a forged token is refused: %s', (token) => {
  expect(() => readHistoryToken('r/m', token)).toThrow(
    'Invalid page token, it is not one that a history here has given.',
  )
})
