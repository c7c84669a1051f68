import { expect, test } from 'vitest'
import { durationTicks, logTicks, numberTicks } from './axis-ticks.ts'
import { timeTicks } from './time-ticks.ts'

const labels = (ticks: readonly { readonly label: string }[]): string[] => ticks.map(({ label }) => label)

test('numberTicks are as precise as they are apart, and never two alike', () => {
  expect(labels(numberTicks({ low: 0, high: 1 }, 5))).toEqual(['0.0', '0.2', '0.4', '0.6', '0.8', '1.0'])
  expect(labels(numberTicks({ low: -20_000, high: 40_000 }, 3))).toEqual(['-20k', '0', '20k', '40k'])
  expect(labels(numberTicks({ low: 1_000_000, high: 1_000_004 }, 4))).toEqual([
    '1.000000M',
    '1.000001M',
    '1.000002M',
    '1.000003M',
    '1.000004M',
  ])
  expect(labels(numberTicks({ low: 0, high: 4e-6 }, 2))).toEqual(['0', '2e-6', '4e-6'])
  expect(labels(numberTicks({ low: 0, high: 2e14 }, 2))).toEqual(['0', '100000000000000', '200000000000000'])
})

test('logTicks are powers of ten with room between them, and round numbers within one power', () => {
  expect(labels(logTicks({ low: 0.0009, high: 12 }, 8))).toEqual(['0.001', '0.01', '0.1', '1', '10'])
  expect(labels(logTicks({ low: 1e-12, high: 1e12 }, 4))).toEqual(['1e-12', '1e-5', '100', '1e+9'])
  expect(labels(logTicks({ low: 0.15, high: 2.6 }, 5))).toEqual(['0.2', '0.5', '1', '2'])
  expect(logTicks({ low: 0, high: 1 }, 5)).toEqual([])
  expect(logTicks({ low: 5e-324, high: Number.MAX_VALUE }, 5).length).toBeGreaterThan(2)
  expect(logTicks({ low: 2, high: 9 }, 4).length).toBeGreaterThan(1)
})

test('durationTicks count in the unit that suits the longest', () => {
  expect(labels(durationTicks({ low: 0, high: 7_200_000 }, 2))).toEqual(['0 h', '1 h', '2 h'])
  expect(durationTicks({ low: 0, high: 7_200_000 }, 2)[1]?.at).toBe(3_600_000)
  expect(labels(durationTicks({ low: 0, high: 400 }, 2))).toEqual(['0 ms', '200 ms', '400 ms'])
})

test('timeTicks are round in the zone of the browser from milliseconds to centuries', () => {
  const start = new Date(2026, 0, 31, 22, 0).getTime()
  const hours = timeTicks({ low: start, high: start + 5 * 3_600_000 }, 5, 'en-GB')
  expect(labels(hours).map((text) => text.replace(/^0/, ''))).toEqual([
    '22:00',
    '23:00',
    '1 Feb',
    '1:00',
    '2:00',
    '3:00',
  ])
  expect(labels(timeTicks({ low: start, high: start + 4 * 86_400_000 }, 4, 'en-GB'))).toEqual([
    '1 Feb',
    '2 Feb',
    '3 Feb',
    '4 Feb',
  ])
  expect(labels(timeTicks({ low: start, high: start + 200 * 86_400_000 }, 3, 'en-GB'))).toEqual([
    'Mar 2026',
    'May 2026',
    'Jul 2026',
  ])
  for (const span of [1, 900, 20_000, 4e6, 9e7, 3e9, 4e10, 9e11, 6e12]) {
    const found = timeTicks({ low: start, high: start + span }, 5)
    expect(found.length, `${span} ms`).toBeGreaterThan(0)
    expect(found.length, `${span} ms`).toBeLessThan(12)
    for (const { at } of found) expect(at >= start && at <= start + span).toBe(true)
  }
})
