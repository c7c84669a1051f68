import { describe, expect, it } from 'vitest'
import { durationText, isoTime, metricText, timeText } from './display-text.ts'

describe('durationText', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1 s'],
    [12_340, '12.3 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min 59 s'],
    [3_900_000, '1 h 5 min'],
    [90_000_000, '1 d 1 h'],
    [-1, '–'],
  ])('of %i ms is %s', (ms, text) => {
    expect(durationText(1_000, 1_000 + ms)).toBe(text)
  })
})

describe('metricText', () => {
  it.each([
    [0, '0'],
    [1234567, '1234567'],
    [0.123456, '0.1235'],
    [12345.678, '12345.7'],
    [1.5e-9, '1.5e-9'],
    [1.7976931348623157e308, '1.798e+308'],
    [NaN, 'NaN'],
    [-Infinity, '-∞'],
  ])('of %d is %s', (value, text) => {
    expect(metricText(value)).toBe(text)
  })
})

describe('timeText', () => {
  it('shows a time that no date can be as its number', () => {
    expect(timeText(9223372036854775807n)).toBe('9223372036854775807')
    expect(isoTime(9223372036854775807n)).toBeUndefined()
  })

  it('shows the day', () => {
    expect(timeText(1_700_000_000_000)).toContain('2023')
    expect(isoTime(1_700_000_000_000)).toBe('2023-11-14T22:13:20.000Z')
  })
})
