import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from './test-engines.ts'
import { openTracking } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

describe.each(testEngines)('experiment headlines on $engine', ({ open }) => {
  let tracking: TestTracking

  beforeEach(async () => {
    tracking = await openTracking(open)
  })
  afterEach(() => tracking.close())

  const run = async (experimentId: string, startTime: number, values: Readonly<Record<string, number>>) => {
    const runId = await tracking.newRun({ experimentId, startTime })
    const metrics = Object.entries(values).map(([key, value]) => ({ key, value, timestamp: 1, step: 0 }))
    await tracking.log(runId, { metrics })
    return runId
  }
  const headlines = (...ids: string[]) => tracking.experiments.headlines(ids)

  test('have the best value, its run and the last values in the order of time', async () => {
    const id = await tracking.newExperiment('a')
    await run(id, 3, { 'val/acc': 0.7, 'val/loss': 2 })
    const best = await run(id, 1, { 'val/acc': 0.9, 'val/loss': 1 })
    await run(id, 2, { 'val/acc': NaN, 'val/loss': 3 })
    expect(await headlines(id)).toEqual([
      { experimentId: id, metric: 'val/acc', lowerIsBetter: false, best: 0.9, bestRunId: best, recent: [0.9, 0.7] },
    ])
  })

  test('follow the experiment’s tag, and know which way is better', async () => {
    const id = await tracking.newExperiment('a')
    await run(id, 1, { 'val/acc': 0.7, 'val/loss': 2 })
    const best = await run(id, 2, { 'val/acc': 0.9, 'val/loss': -1 })
    await tracking.experiments.setTag(id, { key: 'trackway.headline', value: 'val/loss' })
    expect(await headlines(id)).toMatchObject([{ metric: 'val/loss', best: -1, bestRunId: best, recent: [2, -1] }])
  })

  test('are left out where there is no number, and for experiments that do not exist', async () => {
    const empty = await tracking.newExperiment('empty')
    const odd = await tracking.newExperiment('odd')
    await run(odd, 1, { accuracy: Infinity })
    expect(await headlines(empty, odd, '999')).toEqual([])
  })

  test('pass over a metric that few runs have', async () => {
    const id = await tracking.newExperiment('a')
    for (const time of [1, 2, 3]) await run(id, time, { loss: time })
    await run(id, 4, { 'val/acc': 1 })
    expect(await headlines(id)).toMatchObject([{ metric: 'loss', best: 1 }])
  })

  test('pass over deleted runs', async () => {
    const id = await tracking.newExperiment('a')
    const gone = await run(id, 1, { accuracy: 0.9 })
    await run(id, 2, { accuracy: 0.4 })
    await tracking.runs.delete(gone, { user: '', time: 3 })
    expect(await headlines(id)).toMatchObject([{ best: 0.4, recent: [0.4] }])
  })
})
