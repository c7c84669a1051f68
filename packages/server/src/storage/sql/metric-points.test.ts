import type { Int64 } from '@trackway/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { MetricPoint, PointRows } from '../../tracking/store.ts'
import { randomNumbers } from '../../random-numbers.ts'
import { testEngines } from './test-engines.ts'
import { openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

const compareInts = (a: Int64, b: Int64) => (a < b ? -1 : a > b ? 1 : 0)
const rank = (value: number) => (Number.isNaN(value) ? [1, 0] : [0, value]) as [number, number]
const compareValues = (a: number, b: number) =>
  rank(a)[0] - rank(b)[0] || (rank(a)[1] < rank(b)[1] ? -1 : rank(a)[1] > rank(b)[1] ? 1 : 0)

describe.each(testEngines)('the points of a metric on $engine', ({ open }) => {
  let tracking: TestTracking
  let runId: string

  beforeEach(async () => {
    tracking = await openTracking(open)
    runId = await tracking.newRun()
  })
  afterEach(() => tracking.close())

  const log = (...metrics: MetricPoint[]) => tracking.log(runId, { metrics })
  const latest = async (key = 'm') => {
    const found = (await tracking.readRun(runId)).data.metrics?.find((metric) => metric.key === key)
    return found && [found.step, found.timestamp, found.value]
  }
  async function history(key = 'm'): Promise<PointRows> {
    const all: PointRows[number][] = []
    for await (const block of tracking.metrics.history(runId, key, { after: undefined, limit: undefined }))
      all.push(...block)
    return all
  }

  const cases: [string, MetricPoint[], unknown[]][] = [
    ['the highest step', [point('m', 9, 1, 9), point('m', 1, 2, 1)], [2, 1, 1]],
    ['of one step the latest time', [point('m', 9, 1, 1), point('m', 1, 1, 2)], [1, 2, 1]],
    ['of one step and time the highest value', [point('m', -4, 1, 1), point('m', 4, 1, 1)], [1, 1, 4]],
    ['of one step and time Infinity above numbers', [point('m', 1e308), point('m', Infinity)], [0, 0, 'Infinity']],
    ['of one step and time numbers above -Infinity', [point('m', -Infinity), point('m', -1e308)], [0, 0, -1e308]],
    ['of one step and time NaN above everything', [point('m', Infinity), point('m', NaN)], [0, 0, 'NaN']],
    ['a number at a higher step than NaN', [point('m', NaN, 1), point('m', 0, 2)], [2, 0, 0]],
    ['a negative step above a lower one', [point('m', 1, -5), point('m', 2, -2)], [-2, 0, 2]],
    [
      'steps apart by 1 beyond 2^53',
      [point('m', 2, 9007199254740992n), point('m', 1, 9007199254740993n)],
      [9007199254740993n, 0, 1],
    ],
    [
      'times apart by 1 beyond 2^53',
      [point('m', 2, 0, 9007199254740993n), point('m', 1, 0, 9007199254740995n)],
      [0, 9007199254740995n, 1],
    ],
  ]

  describe.each(cases)('the latest is %s', (_title, points, expected) => {
    test.each([
      ['in one batch', (all: MetricPoint[]) => [all]],
      ['in one batch, backwards', (all: MetricPoint[]) => [all.toReversed()]],
      ['one by one', (all: MetricPoint[]) => all.map((one) => [one])],
      ['one by one, backwards', (all: MetricPoint[]) => all.toReversed().map((one) => [one])],
    ])('%s', async (_how, split) => {
      for (const batch of split(points)) await log(...batch)
      expect(await latest()).toEqual(expected)
      expect(await history()).toHaveLength(2)
    })
  })

  test('the same point again is stored once, in a batch, later, and as NaN', async () => {
    await log(point('m', 1, 1, 1), point('m', 1, 1, 1), point('m', NaN, 1, 1), point('m', NaN, 1, 1))
    await log(point('m', NaN, 1, 1))
    await log(point('m', 1, 1, 1), point('m', 1, 1, 2))
    expect(await history()).toEqual([
      [1, 1, 1],
      [1, 1, NaN],
      [1, 2, 1],
    ])
  })

  test('doubles stay as they are; -0 counts as 0', async () => {
    const values = [
      0.1,
      5e-324,
      -1.7976931348623157e308,
      2 ** 53 + 2,
      1e21,
      Infinity,
      -Infinity,
      NaN,
      123456789012345680,
    ]
    await log(...values.map((value, step) => point('m', value, step)))
    expect((await history()).map(([, , value]) => value)).toEqual(values)
    await log(point('zero', -0), point('zero', 0))
    expect((await history('zero')).map(([, , value]) => value + 0)).toEqual([0])
    expect(await latest('zero')).toEqual([0, 0, 0])
  })

  test('random points in random batches: the latest and the history are those of all points together', async () => {
    const random = randomNumbers(7)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
    const ints: Int64[] = [-1, 0, 1, 2, 9007199254740992n, 9007199254740993n]
    const values = [-Infinity, -1, 0, 2.5, Infinity, NaN]
    for (let round = 0; round < 40; round++) {
      runId = await tracking.newRun()
      const ordered = round % 2 === 0
      const all = Array.from({ length: 1 + Math.floor(random() * 25) }, () =>
        point('m', pick(values), pick(ints), pick(ints.slice(1))),
      )
      if (ordered) {
        // Steps and times grow together; only values of one step and time are in any order.
        const steps = all.map((one) => one.step).toSorted(compareInts)
        const times = all.map((one) => one.timestamp).toSorted(compareInts)
        all.forEach((one, index) => (all[index] = point('m', one.value, steps[index], times[index])))
      }
      for (let start = 0; start < all.length;) {
        const size = 1 + Math.floor(random() * 6)
        await log(...all.slice(start, start + size))
        start += size
      }
      const distinct = [...new Map(all.map((one) => [`${one.step}/${one.timestamp}/${one.value}`, one])).values()]
      const newest = distinct.toSorted(
        (a, b) =>
          compareInts(a.step, b.step) || compareInts(a.timestamp, b.timestamp) || compareValues(a.value, b.value),
      )
      const last = newest.at(-1)!
      const wire = Number.isFinite(last.value) ? last.value : String(last.value)
      expect([round, ...(await latest())!]).toEqual([round, last.step, last.timestamp, wire])
      const inTime = distinct.toSorted(
        (a, b) =>
          compareInts(a.timestamp, b.timestamp) || compareInts(a.step, b.step) || compareValues(a.value, b.value),
      )
      expect(await history()).toEqual(inTime.map((one) => [one.step, one.timestamp, one.value]))
    }
  })
})
