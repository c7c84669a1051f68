import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Curve, CurveRequest } from '../../tracking/store.ts'
import { randomNumbers } from '../../random-numbers.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

describe.each(testEngines)('curves on $engine', ({ open }) => {
  let tracking: TestTracking
  let runId: string

  beforeEach(async () => {
    tracking = await openTracking(open)
    runId = await tracking.newRun()
  })
  afterEach(() => tracking.close())

  async function curves(request: Partial<CurveRequest> = {}): Promise<Curve[]> {
    const all: CurveRequest = {
      runIds: [runId],
      keys: ['m'],
      axis: 'STEP',
      xKey: undefined,
      from: -Infinity,
      to: Infinity,
      buckets: 10,
      changedSince: undefined,
      ...request,
    }
    const found: Curve[] = []
    for await (const curve of tracking.metrics.curves(all)) found.push(curve)
    return found
  }
  const curve = async (request: Partial<CurveRequest> = {}): Promise<Curve> => (await curves(request))[0]!
  const logSteps = (values: readonly number[], id = runId, key = 'm') =>
    tracking.log(id, { metrics: values.map((value, step) => point(key, value, step, 1000 + step)) })

  test('a curve with few points is whole and in order', async () => {
    await tracking.log(runId, {
      metrics: [point('m', 3, 2), point('m', NaN, 1), point('m', -Infinity, 0), point('m', 4, 2)],
    })
    expect(await curve()).toEqual({
      runId,
      key: 'm',
      points: 4,
      x: [0, 1, 2, 2],
      last: [-Infinity, NaN, 3, 4],
      extremes: undefined,
    })
  })

  test('a single spike among 10,000 points survives, and so does the last point', async () => {
    const values = Array.from({ length: 10_000 }, (_, step) => (step === 6543 ? 100 : step / 10_000))
    for (let start = 0; start < values.length; start += 1000) {
      await tracking.log(runId, {
        metrics: values.slice(start, start + 1000).map((value, i) => point('m', value, start + i, start + i)),
      })
    }
    const { points, x, last, extremes } = await curve({ buckets: 100 })
    expect(points).toBe(10_000)
    expect(x.length).toBeLessThanOrEqual(101)
    expect(Math.max(...extremes!.max)).toBe(100)
    expect(extremes!.max.filter((value) => value > 1)).toEqual([100])
    expect([x.at(-1), last.at(-1)]).toEqual([9999, 0.9999])
  })

  test('buckets hold what a plain walk over the points finds', async () => {
    const random = randomNumbers(7)
    const values = Array.from({ length: 500 }, () => {
      const pick = random()
      return pick < 0.03 ? NaN : pick < 0.05 ? Infinity : random() * 10 - 5
    })
    await logSteps(values)
    const { x, last, extremes } = await curve({ buckets: 7 })
    expect(x.length).toBe(7)
    let begin = 0
    for (const [index, end] of x.entries()) {
      const bucket = values.slice(begin, end + 1)
      const numbers = bucket.filter((value) => !Number.isNaN(value))
      expect(last[index]).toBe(values[end])
      expect(extremes!.min[index]).toBe(Math.min(...numbers))
      expect(extremes!.max[index]).toBe(Math.max(...numbers))
      begin = end + 1
    }
    expect(begin).toBe(values.length)
  })

  test('a bucket of NaN only is NaN', async () => {
    await logSteps(Array.from({ length: 20 }, () => NaN))
    const { last, extremes } = await curve({ buckets: 2 })
    expect([last, extremes!.min, extremes!.max]).toEqual([
      [NaN, NaN],
      [NaN, NaN],
      [NaN, NaN],
    ])
  })

  test('of several points at one step the last counts', async () => {
    await tracking.log(runId, {
      metrics: Array.from({ length: 40 }, (_, i) => point('m', i, Math.floor(i / 4), i)),
    })
    expect((await curve({ buckets: 10 })).last).toEqual([3, 7, 11, 15, 19, 23, 27, 31, 35, 39])
  })

  test('runs that log at the same steps have the same x', async () => {
    const other = await tracking.newRun()
    await logSteps(Array.from({ length: 300 }, (_, i) => i))
    await logSteps(
      Array.from({ length: 300 }, (_, i) => -i),
      other,
    )
    const [one, two] = await curves({ runIds: [runId, other], buckets: 9 })
    expect(one!.x).toEqual(two!.x)
    expect(new Set([one!.runId, two!.runId])).toEqual(new Set([runId, other]))
  })

  test('gives keys and runs that are there, each once', async () => {
    const other = await tracking.newRun()
    await logSteps([1, 2])
    await logSteps([3], other, 'n')
    const found = await curves({ runIds: [runId, other, 'unknown'], keys: ['n', 'm', 'm', 'none'] })
    expect(found.map((one) => [one.key, one.runId])).toEqual([
      ['n', other],
      ['m', runId],
    ])
  })

  test('a range counts the points within it, both ends included', async () => {
    await logSteps(Array.from({ length: 100 }, (_, i) => i))
    expect(await curve({ from: 10, to: 14 })).toMatchObject({ points: 5, x: [10, 11, 12, 13, 14] })
    expect(await curve({ from: 10.5, to: 80.5 })).toMatchObject({ points: 70 })
    expect(await curves({ from: 200 })).toEqual([])
  })

  test('time counts from the epoch, relative time from the beginning of the run', async () => {
    const late = await tracking.newRun({ startTime: 900 })
    await logSteps([1, 2, 3], late)
    expect(await curve({ runIds: [late], axis: 'TIME' })).toMatchObject({ x: [1000, 1001, 1002], last: [1, 2, 3] })
    expect(await curve({ runIds: [late], axis: 'RELATIVE' })).toMatchObject({ x: [100, 101, 102] })
    await logSteps(
      Array.from({ length: 200 }, (_, i) => i),
      late,
      'long',
    )
    const long = await curve({ runIds: [late], keys: ['long'], axis: 'RELATIVE', buckets: 4 })
    expect([long.x.at(-1), long.last.at(-1), long.x.length]).toEqual([299, 199, 4])
  })

  test('leaves out what has no younger point', async () => {
    await logSteps([1, 2, 3])
    expect(await curves({ changedSince: 1002 })).toEqual([])
    expect(await curves({ changedSince: 1001 })).toHaveLength(1)
  })

  test('summaries count what is active', async () => {
    const id = await tracking.newExperiment('e')
    const gone = await tracking.newRun({ experimentId: id, startTime: 50 })
    await tracking.newRun({ experimentId: id, startTime: 10 })
    const ended = await tracking.newRun({ experimentId: id, startTime: 5 })
    await tracking.runs.update(ended, { status: 'FINISHED', endTime: 20 }, at(1))
    await tracking.runs.delete(gone, at(1))
    const empty = await tracking.newExperiment('empty')
    expect(await tracking.experiments.summaries([id, empty, '999'])).toEqual([
      { experimentId: id, runs: 2, running: 1, lastActivity: 20 },
      { experimentId: empty, runs: 0, running: 0, lastActivity: null },
      { experimentId: '999', runs: 0, running: 0, lastActivity: null },
    ])
    await tracking.experiments.delete(empty, at(1))
    expect((await tracking.experiments.summaries([])).map(({ experimentId }) => experimentId)).toEqual(['0', id])
    await expect(tracking.experiments.summaries(['x'])).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
  })
})
