import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { EncodedReply } from '../../tracking/encoded-reply.ts'
import { createRunImportanceHandlers } from '../../tracking/run-importance.ts'
import { testEngines } from './test-engines.ts'
import { openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

type Handler = ReturnType<typeof createRunImportanceHandlers>['runImportance']
type Importance = Exclude<Awaited<ReturnType<Handler>>, EncodedReply>

describe.each(testEngines)('runImportance() on $engine', ({ open }) => {
  let tracking: TestTracking

  beforeEach(async () => {
    tracking = await openTracking(open)
  })
  afterEach(() => tracking.close())

  const ask = async (request: Partial<Parameters<Handler>[0]> = {}) =>
    (await createRunImportanceHandlers(tracking).runImportance(
      { experiment_ids: ['0'], metric: 'metrics.loss', ...request },
      { user: '' },
    )) as Importance

  async function logRuns(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const run = await tracking.newRun({ name: `run ${index}`, startTime: index + 1 })
      await tracking.log(run, {
        metrics: index === 0 ? [point('loss', NaN)] : index === 1 ? [] : [point('loss', (index * 7) % 20)],
        params: [
          { key: 'batch size', value: String((index * 7) % 20) },
          { key: 'other', value: String(index % 3) },
          { key: 'same', value: 'x' },
        ],
      })
    }
  }

  test('tells which param a metric depends on, of the runs that have a number', async () => {
    await logRuns(40)
    const { total, used, params = [], explained } = await ask()
    expect({ total, used }).toEqual({ total: 40, used: 38 })
    expect(params.map(({ field }) => field)).toEqual(['params.`batch size`', 'params.other'])
    expect(params[0]).toMatchObject({ key: 'batch size', runs: 38, measure: 'SPEARMAN' })
    expect(params[0]?.correlation).toBeCloseTo(1, 9)
    expect(explained).toBeGreaterThan(0.7)
  })

  test('looks at the runs that a filter leaves, and says nothing of too few', async () => {
    await logRuns(30)
    const found = await ask({ filter: "params.other = '1' AND metrics.loss > 4" })
    expect(found.used).toBeLessThan(10)
    expect(found).toMatchObject({ params: [], total: found.used })
    expect(await ask({ experiment_ids: ['404'] })).toMatchObject({ total: 0, used: 0, params: [] })
    expect(await ask({ metric: 'metrics.unknown' })).toMatchObject({ total: 30, used: 0, params: [] })
  })

  test('takes metrics only', async () => {
    await expect(ask({ metric: 'params.other' })).rejects.toThrow("Invalid metric 'params.other'")
  })
})
