import { describe, expect, test } from 'vitest'

import {
  checkDistinctParams,
  checkKey,
  checkLength,
  checkMaxResults,
  checkTimestamp,
  fitValue,
  lastOfEach,
} from './rules.ts'

const refused = (start: string) =>
  expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(start) })
const failure = (call: () => void): unknown => {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}

describe('checkKey', () => {
  test.each([
    'a',
    'val/loss',
    'a.b-c_d: e',
    ' ',
    'ünï',
    '日本',
    '٣',
    'a..b',
    '...',
    '.hidden',
    'a/.b',
    '-',
    ':',
    'e\u0301',
  ])('takes %j', (key) => {
    expect(failure(() => checkKey('key', key))).toBeUndefined()
  })

  test.each(['a\n', 'a\t', 'a*', 'a"b', "it's", 'a\\b', 'a,b', '$x', '(', 'a@b', '😀', '\ud800', 'a\u0000'])(
    'refuses the characters of %j, and shows it',
    (key) => {
      expect(failure(() => checkKey('tags[0].key', key))).toEqual(
        refused(`Invalid value ${JSON.stringify(key)} for parameter 'tags[0].key' supplied: Names may only contain`),
      )
    },
  )

  test.each([
    ['', '.'],
    ['.', '.'],
    ['..', '..'],
    ['../x', '../x'],
    ['a/../b', 'b'],
    ['a//b', 'a/b'],
    ['a/./b', 'a/b'],
    ['./a', 'a'],
    ['/a', '/a'],
  ])('refuses %j, which is another name as a path: %s', (key, resolved) => {
    expect(failure(() => checkKey('key', key))).toEqual(refused(`This name would resolve to '${resolved}'`))
  })

  test('refuses names that end in a slash', () => {
    expect(failure(() => checkKey('key', 'a/'))).toEqual(refused('must not resolve to other names'))
  })
})

describe('checkLength', () => {
  test('counts code points, not UTF-16 units', () => {
    expect(failure(() => checkLength('key', '𝒳'.repeat(250), 250))).toBeUndefined()
    expect(failure(() => checkLength('key', '𝒳'.repeat(251), 250))).toEqual(
      refused("'key' exceeds the maximum length of 250 characters: it has 251"),
    )
    expect(failure(() => checkLength('key', 'a'.repeat(251), 250))).toEqual(refused("'key' exceeds"))
  })
})

describe('fitValue', () => {
  test('cuts at code points', () => {
    expect(fitValue('v', 'abc', 3, true)).toBe('abc')
    expect(fitValue('v', 'abcd', 3, true)).toBe('abc')
    expect(fitValue('v', '𝒳𝒳𝒳', 3, true)).toBe('𝒳𝒳𝒳')
    expect(fitValue('v', 'a𝒳b𝒳', 3, true)).toBe('a𝒳b')
  })

  test('refuses what it may not cut', () => {
    expect(fitValue('Param value', '𝒳𝒳𝒳', 3, false)).toBe('𝒳𝒳𝒳')
    expect(failure(() => fitValue('Param value', 'abcd', 3, false))).toEqual(
      refused("'Param value' exceeds the maximum length of 3 characters"),
    )
  })
})

test('checkTimestamp refuses times before the epoch, with the metric', () => {
  for (const time of [0, 5, 2n ** 62n]) expect(failure(() => checkTimestamp('timestamp', time, "'m'"))).toBeUndefined()
  for (const time of [-1, -(2n ** 62n)]) {
    expect(failure(() => checkTimestamp('metrics[1].timestamp', time, "'m' (value=1)"))).toEqual(
      refused(
        `Invalid value ${time} for parameter 'metrics[1].timestamp' supplied: metric 'm' (value=1). Timestamp must be`,
      ),
    )
  }
})

test('checkMaxResults takes 1 to the most', () => {
  for (const count of [1, 77, 100]) expect(checkMaxResults(count, 100)).toBe(count)
  for (const count of [0, -1, 101, 1.5, NaN]) {
    expect(failure(() => checkMaxResults(count, 100))).toEqual(
      refused(
        `Invalid value ${count} for parameter 'max_results' supplied. It must be a positive integer, at most 100`,
      ),
    )
  }
})

const pairs = (...entries: [string, string][]) => entries.map(([key, value]) => ({ key, value }))

test('lastOfEach keeps the last value of each key', () => {
  expect(lastOfEach(pairs(['a', '1'], ['b', '2'], ['a', '3']))).toEqual(pairs(['a', '3'], ['b', '2']))
  expect(lastOfEach([])).toEqual([])
})

test('checkDistinctParams names each repeated key once, equal values or not', () => {
  expect(failure(() => checkDistinctParams(pairs(['a', '1'], ['b', '1'])))).toBeUndefined()
  expect(failure(() => checkDistinctParams(pairs(['a', '1'], ['b', '2'], ['a', '1'], ['b', '3'], ['a', '2'])))).toEqual(
    refused("Duplicate parameter keys have been submitted: ['a', 'b']. Please ensure"),
  )
})
