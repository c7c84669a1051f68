import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Curve, CurveRequest, MetricPoint } from '../../tracking/store.ts'
import { randomNumbers } from '../../random-numbers.ts'
import { testEngines } from './test-engines.ts'
import { openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

type Placed = { readonly x: number; readonly point: MetricPoint }

describe.each(testEngines)('curves on $engine, beside a plain walk', ({ open }) => {
  let tracking: TestTracking
  beforeEach(async () => {
    tracking = await openTracking(open)
  })
  afterEach(() => tracking.close())

  async function curves(request: Partial<CurveRequest>): Promise<Curve[]> {
    const found: Curve[] = []
    const whole = { from: -Infinity, to: Infinity, buckets: 10, changedSince: undefined, xKey: undefined }
    for await (const curve of tracking.metrics.curves({
      runIds: [],
      keys: ['m'],
      axis: 'STEP',
      ...whole,
      ...request,
    })) {
      found.push(curve)
    }
    return found
  }

  /** Each x stands for the points behind the one before it: whatever the buckets are, that must hold. */
  function expectCurveOf(points: readonly Placed[], curve: Curve | undefined, buckets: number): void {
    if (points.length === 0) {
      expect(curve).toBeUndefined()
      return
    }
    const sorted = points.toSorted((a, b) => a.x - b.x)
    expect(curve?.points).toBe(sorted.length)
    if (sorted.length <= buckets) {
      expect(curve?.extremes).toBeUndefined()
      expect([curve?.x, curve?.last]).toEqual([sorted.map(({ x }) => x), sorted.map(({ point: { value } }) => value)])
      return
    }
    const { x, last, extremes } = curve as Curve
    expect(x.length).toBeLessThanOrEqual(buckets)
    expect(x.at(-1)).toBe(sorted.at(-1)?.x)
    let previous = -Infinity
    for (const [index, end] of x.entries()) {
      const bucket = sorted.filter((one) => one.x > previous && one.x <= end)
      const values = bucket.map((one) => one.point.value)
      const numbers = values.filter((value) => !Number.isNaN(value))
      expect(bucket.at(-1)?.x).toBe(end)
      expect([last[index], extremes?.min[index], extremes?.max[index]]).toEqual([
        values.at(-1),
        numbers.length === 0 ? NaN : Math.min(...numbers),
        numbers.length === 0 ? NaN : Math.max(...numbers),
      ])
      previous = end
    }
  }

  function randomPoints(key: string, count: number, random: () => number): MetricPoint[] {
    const isOrdered = random() < 0.5
    let step = Math.floor(random() * 100) - 50
    let time = 1000
    const points = Array.from({ length: count }, () => {
      step += Math.floor(random() * 3)
      time += Math.floor(random() * 4)
      const pick = random()
      const value = pick < 0.1 ? NaN : pick < 0.13 ? Infinity : pick < 0.16 ? -Infinity : Math.round(random() * 50) / 4
      return isOrdered
        ? point(key, value, step, time)
        : point(key, value, Math.floor(random() * 200) - 100, 1000 + Math.floor(random() * 300))
    })
    // The same point again is the same point.
    return [...new Map(points.map((one) => [`${one.step} ${one.timestamp} ${one.value}`, one])).values()]
  }

  const rank = (value: number): number => (Number.isNaN(value) ? Infinity : value)
  /** As the store orders points; NaN comes after Infinity. */
  const inOrder = (points: readonly MetricPoint[]): MetricPoint[] =>
    points.toSorted(
      (a, b) =>
        Number(a.step) - Number(b.step) ||
        Number(a.timestamp) - Number(b.timestamp) ||
        (rank(a.value) === rank(b.value)
          ? Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value))
          : rank(a.value) - rank(b.value)),
    )

  test.each(Array.from({ length: 25 }, (_, seed) => seed))('of random points, seed %i', async (seed) => {
    const random = randomNumbers(seed + 1)
    const start = 900
    const runId = await tracking.newRun({ startTime: start })
    const count = 1 + Math.floor(random() * (seed % 2 === 0 ? 12 : 150))
    const [m, other] = [randomPoints('m', count, random), randomPoints('other', count, random)]
    const buckets = 2 + Math.floor(random() * 30)
    const bounds = [random() * 300 - 100, random() * 300 - 100].toSorted((a, b) => a - b) as [number, number]

    for (const part of [0.5, 1]) {
      // The second time, what was read before is no longer all.
      const [some, others] = [m.slice(0, Math.ceil(m.length * part)), other.slice(0, Math.ceil(other.length * part))]
      await tracking.log(runId, { metrics: [...some, ...others] })
      const partners = new Map(inOrder(others).map(({ step, value }) => [step, value]))
      for (const [axis, shift, xOf] of [
        ['STEP', 0, ({ step }: MetricPoint) => Number(step)],
        ['TIME', 1000, ({ timestamp }: MetricPoint) => Number(timestamp)],
        ['RELATIVE', 100, ({ timestamp }: MetricPoint) => Number(timestamp) - start],
        ['METRIC', 0, ({ step }: MetricPoint) => partners.get(step) ?? NaN],
      ] as const) {
        for (const [from, to] of [[-Infinity, Infinity], bounds.map((bound) => bound + shift)] as [number, number][]) {
          const placed = inOrder(some)
            .map((one) => ({ x: xOf(one), point: one }))
            .filter(({ x }) => Number.isFinite(x) && x >= from && x <= to)
          const xKey = axis === 'METRIC' ? 'other' : undefined
          const request = { runIds: [runId], axis, xKey, from, to, buckets }
          const first = await curves(request)
          expectCurveOf(placed, first[0], buckets)
          expect(await curves(request)).toEqual(first)
        }
      }
    }
  })

  test('over another metric are sorted by x, and lack what has no partner', async () => {
    const runId = await tracking.newRun()
    const alone = await tracking.newRun()
    const values = [5, 3, 4, NaN, 2, Infinity]
    await tracking.log(alone, { metrics: [point('m', 1)] })
    await tracking.log(runId, {
      metrics: [
        ...values.map((value, step) => point('x', value, step)),
        point('x', 1, 2, 7),
        ...[10, 11, 12, 13, 14, 15, 16].map((value, step) => point('m', value, step)),
      ],
    })
    const found = await curves({ runIds: [runId, alone], axis: 'METRIC', xKey: 'x' })
    expect(found).toEqual([
      { runId, key: 'm', points: 4, x: [1, 2, 3, 5], last: [12, 14, 11, 10], extremes: undefined },
    ])
    expect(await curves({ runIds: [runId], axis: 'METRIC', xKey: 'none' })).toEqual([])
  })

  test('over another metric go on after the first block of points', async () => {
    const runId = await tracking.newRun()
    const steps = Array.from({ length: 20_500 }, (_, step) => step)
    for (let begin = 0; begin < steps.length; begin += 2000) {
      const block = steps.slice(begin, begin + 2000)
      await tracking.log(runId, {
        metrics: block.flatMap((step) => [point('m', step, step), ...(step % 2 ? [] : [point('x', 0 - step, step)])]),
      })
    }
    const [curve] = await curves({ runIds: [runId], axis: 'METRIC', xKey: 'x', buckets: 2 })
    expect(curve).toMatchObject({ points: 10_250, x: [expect.any(Number), 0], last: [expect.any(Number), 0] })
    expect([curve?.extremes?.min[1], curve?.extremes?.max[0]]).toEqual([0, 20_498])
  })

  test('show a point that comes beside the latest one', async () => {
    const runId = await tracking.newRun()
    await tracking.log(runId, { metrics: [point('m', 1, 0), point('m', 5, 1)] })
    expect((await curves({ runIds: [runId] }))[0]?.last).toEqual([1, 5])
    await tracking.log(runId, { metrics: [point('m', 4, 1)] })
    expect((await curves({ runIds: [runId] }))[0]?.last).toEqual([1, 4, 5])
    await tracking.log(runId, { metrics: [point('m', 9, -3)] })
    expect((await curves({ runIds: [runId] }))[0]?.last).toEqual([9, 1, 4, 5])
  })

  test('of runs that changed have the grid of all runs', async () => {
    const [one, two] = [await tracking.newRun(), await tracking.newRun()]
    const long = Array.from({ length: 900 }, (_, step) => point('m', step, step, step))
    await tracking.log(one, { metrics: long })
    await tracking.log(two, { metrics: long.slice(0, 300).map((each) => ({ ...each, timestamp: 5000 })) })
    const all = await curves({ runIds: [one, two] })
    const changed = await curves({ runIds: [one, two], changedSince: 4000 })
    expect(changed).toEqual(all.filter(({ runId }) => runId === two))
  })
})
