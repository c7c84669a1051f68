import type { Int64 } from '@trackway/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { MetricPoint, PointRows } from '../../tracking/store.ts'
import { randomNumbers } from '../../random-numbers.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

describe.each(testEngines)('the metric store on $engine', ({ open }) => {
  let tracking: TestTracking
  let runId: string

  beforeEach(async () => {
    tracking = await openTracking(open)
    runId = await tracking.newRun()
  })
  afterEach(() => tracking.close())

  const log = (metrics: MetricPoint[], id = runId) => tracking.log(id, { metrics })

  async function history(after?: PointRows[number], limit?: number): Promise<PointRows[number][]> {
    const points: PointRows[number][] = []
    for await (const block of tracking.metrics.history(runId, 'm', { after, limit })) points.push(...block)
    return points
  }

  async function paged(size: number): Promise<PointRows> {
    const all: PointRows[number][] = []
    for (;;) {
      const page = await history(all.at(-1), size)
      expect(page.length).toBeLessThanOrEqual(size)
      all.push(...page)
      if (page.length < size) return all
    }
  }

  const sample = async (limit: number, startStep?: number, endStep?: number): Promise<PointRows> =>
    (await tracking.metrics.sample([runId], 'm', { limit, startStep, endStep }))[0]!.points

  test('history is in order of time, then step, then value, NaN last', async () => {
    await log([
      point('m', 1, 3, 1),
      point('m', 2, 1, 2),
      point('m', NaN, 2, 2),
      point('m', Infinity, 2, 2),
      point('m', -Infinity, 2, 2),
      point('m', 0, -9, 3),
      point('other', 5, 5, 5),
    ])
    expect(await history()).toEqual([
      [3, 1, 1],
      [1, 2, 2],
      [2, 2, -Infinity],
      [2, 2, Infinity],
      [2, 2, NaN],
      [-9, 3, 0],
    ])
  })

  test.each([
    ['times go back while steps grow', [1, 2, 3], [50, 70, 60]],
    ['steps go back while times grow', [1, 3, 2], [50, 60, 70]],
    ['the first point is the newest', [9, 1, 2], [90, 10, 20]],
  ])('history is in order of time where %s, in one batch or several', async (_title, steps, times) => {
    const points = steps.map((step, index) => point('m', step, step, times[index]))
    const expected = points
      .map((one) => [one.step, one.timestamp, one.value])
      .toSorted((a, b) => Number(a[1]) - Number(b[1]))
    for (const size of [1, 2, 3]) {
      runId = await tracking.newRun()
      for (let start = 0; start < 3; start += size) await log(points.slice(start, start + size))
      expect(await history()).toEqual(expected)
      expect(await paged(1)).toEqual(expected)
    }
  })

  test('history of an unknown run or metric is empty, of a deleted run whole', async () => {
    expect(await history()).toEqual([])
    await log([point('m', 1)])
    await tracking.runs.delete(runId, at(5))
    expect(await history()).toEqual([[0, 0, 1]])
    runId = 'nope'
    expect(await history()).toEqual([])
  })

  test.each([
    ['in order', false],
    ['out of order', true],
  ])('a history %s paged with any size is the whole history', async (_title, disordered) => {
    const random = randomNumbers(3)
    const values = [-Infinity, -1, 0, 2.5, Infinity, NaN]
    const large = 9007199254740990n
    const points: MetricPoint[] = []
    for (let index = 0; index < 60; index++) {
      const step = Math.floor(index / 5)
      const at = (disordered ? Math.floor(random() * 12) : step) - 4
      const exact = (n: number): Int64 => (n > 2 ? large + BigInt(n) : n)
      points.push(point('m', values[Math.floor(random() * 6)]!, exact(step), exact(at + 5)))
    }
    await log(points.slice(0, 20))
    await log(points.slice(20))
    const whole = await history()
    expect(whole.length).toBeGreaterThan(30)
    for (let size = 1; size <= whole.length + 1; size++) expect(await paged(size)).toEqual(whole)
  })

  test('paging goes on where it was when a point out of order makes the series a disordered one', async () => {
    await log(Array.from({ length: 10 }, (_, index) => point('m', index, index, 10 + index)))
    const first = await history(undefined, 4)
    await log([point('m', 99, 0, 100)])
    expect([...first, ...(await history(first.at(-1)))]).toEqual([
      ...Array.from({ length: 10 }, (_, index) => [index, 10 + index, index]),
      [0, 100, 99],
    ])
  })

  test('a long history comes in blocks, each point once', async () => {
    await tracking.fill(async () => {
      for (let start = 0; start < 20_001; start += 1000) {
        const size = Math.min(1000, 20_001 - start)
        await log(Array.from({ length: size }, (_, index) => point('m', start + index, start + index, 7)))
      }
    })
    const sizes: number[] = []
    const range = { after: undefined, limit: undefined }
    for await (const block of tracking.metrics.history(runId, 'm', range)) sizes.push(block.length)
    expect(sizes).toEqual([10_000, 10_000, 1])
    expect((await history()).every(([step], index) => step === index)).toBe(true)
    expect(await history([19_998, 7, 19_998])).toHaveLength(2)
    expect(await history(undefined, 10_001)).toHaveLength(10_001)
  })

  test.each([
    [1, [9]],
    [2, [0, 9]],
    [3, [0, 4, 9]],
    [4, [0, 3, 6, 9]],
    [7, [0, 2, 4, 6, 7, 8, 9]],
    [9, [0, 2, 3, 4, 5, 6, 7, 8, 9]],
    [10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [2500, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ])('sample of 10 points to %i gives those that MLflow gives', async (limit, steps) => {
    await log(Array.from({ length: 10 }, (_, step) => point('m', step / 2, step, 5)).toReversed())
    expect(await sample(limit)).toEqual(steps.map((step) => [step, 5, step / 2]))
  })

  test('sample looks at the steps asked for, both ends among them', async () => {
    await log(Array.from({ length: 10 }, (_, step) => point('m', step, step - 5)))
    expect((await sample(3, -3, 3)).map(([step]) => step)).toEqual([-3, 0, 3])
    expect((await sample(100, 4, 4)).map(([step]) => step)).toEqual([4])
    expect(await sample(100, 5, 9)).toEqual([])
  })

  test('sample lists runs as asked, unknown ones left out, and keeps NaN and steps beyond 2^53', async () => {
    const other = await tracking.newRun()
    const large = 9223372036854775807n
    await log([point('m', NaN, large), point('m', -Infinity, -large - 1n), point('m', 1, large - 1n)])
    await log([point('m', 5, 1)], other)
    const range = { limit: 2, startStep: undefined, endStep: undefined }
    expect(await tracking.metrics.sample([other, 'nope', runId], 'm', range)).toEqual([
      { runId: other, points: [[1, 0, 5]] },
      {
        runId,
        points: [
          [-large - 1n, 0, -Infinity],
          [large, 0, NaN],
        ],
      },
    ])
  })

  test('sample of a series with gaps or repeats is what NTILE gives', async () => {
    const random = randomNumbers(11)
    for (let round = 0; round < 60; round++) {
      runId = await tracking.newRun()
      const count = 1 + Math.floor(random() * 24)
      const unit = round % 2 === 0 ? 0 : 2
      let step = -5
      const steps = Array.from({ length: count }, () => (step += random() < 0.3 ? unit : 1))
      await log(steps.map((at, index) => point('m', index, at, index)))
      const all = steps.map((at, index) => [at, index, index] as const)
      for (let limit = 1; limit <= count + 1; limit++) {
        expect(await sample(limit), `${steps.join()} to ${limit}`).toEqual(ntile(all, limit))
      }
    }
  })

  test('sample of a series that lacks as many steps as it repeats is even over places or steps', async () => {
    await log([0, 1, 2, 4, 5, 5, 6, 7, 8, 9].map((step, index) => point('m', index, step, index)))
    const steps = (await sample(3)).map(([step]) => step)
    expect([
      [0, 5, 9],
      [0, 4, 9],
    ]).toContainEqual(steps)
  })
})

/** The first point of each of `limit` buckets of as equal a size as can be, the larger first; then the last point. */
function ntile<T>(points: readonly T[], limit: number): T[] {
  const firsts: T[] = []
  for (let bucket = 0, start = 0; bucket < limit && start < points.length; bucket++) {
    firsts.push(points[start]!)
    start += Math.floor(points.length / limit) + (bucket < points.length % limit ? 1 : 0)
  }
  if (points.length > limit) firsts[limit - 1] = points.at(-1)!
  return firsts
}
