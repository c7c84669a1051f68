import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'
import { createTrackingStore } from './tracking-store.ts'
import type { SqlTrackingStore } from './tracking-store.ts'

// Each store of a database remembers what it wrote to; the other one stands for another server.
describe.each(testEngines)('rows that a server knows, on $engine,', ({ engine, open }) => {
  let tracking: TestTracking
  let others: SqlTrackingStore
  let runId: string

  beforeEach(async () => {
    tracking = await openTracking(open)
    others = createTrackingStore(tracking.database, 'mlflow-artifacts:')
    runId = await tracking.newRun()
  })
  afterEach(() => tracking.close())

  /** At once, or one after another where there is one writer. */
  async function beside(calls: readonly (() => Promise<unknown>)[]): Promise<PromiseSettledResult<unknown>[]> {
    if (engine === 'PostgreSQL') return Promise.allSettled(calls.map((call) => call()))
    const done = []
    for (const call of calls) done.push(...(await Promise.allSettled([call()])))
    return done
  }

  const metric = (value: number) => tracking.log(runId, { metrics: [point('m', value, value)] })
  const latest = async () => (await tracking.readRun(runId)).data.metrics?.map(({ value }) => value)

  test('are looked at again after another server has ended the run and written its document', async () => {
    await metric(1)
    await others.runs.update(runId, { status: 'FINISHED', endTime: 9 }, at(9))
    while ((await others.settleRuns(10)) > 0);
    expect(await latest()).toEqual([1])
    await metric(2)
    expect(await latest()).toEqual([2])
    await others.settleRuns(10)
    await metric(3)
    expect(await latest()).toEqual([3])
  })

  test('do not let values through to a run that another server has deleted', async () => {
    await metric(1)
    await others.runs.delete(runId, at(2))
    await expect(metric(2)).rejects.toThrow(/must be in the 'active' state\. Current state is deleted/)
    await others.runs.restore(runId, at(3))
    await metric(3)
    expect(await latest()).toEqual([3])
  })

  test('do not let runs into an experiment that another server has deleted', async () => {
    const experimentId = await tracking.newExperiment('e', 's3://b/e')
    await tracking.newRun({ experimentId })
    await others.experiments.delete(experimentId, at(2))
    await expect(tracking.newRun({ experimentId })).rejects.toThrow(/Current state is deleted/)
    await others.experiments.restore(experimentId, at(3))
    const again = await tracking.readRun(await tracking.newRun({ experimentId }))
    expect(again.info.artifact_uri).toBe(`s3://b/e/${again.info.run_id}/artifacts`)
  })

  test('that are no longer as they were hold up nobody else in the same commit', async () => {
    const all: string[] = []
    while (all.length < 12) all.push(await tracking.newRun())
    await others.runs.delete(all[3] as string, at(2))
    await others.runs.update(all[5] as string, { status: 'FINISHED', endTime: 9 }, at(9))
    await others.settleRuns(10)
    const values = (index: number) => ({ metrics: [point('m', index)], params: [{ key: 'p', value: `${index}` }] })
    const done = await beside(all.map((id, index) => () => tracking.log(id, values(index))))
    expect(done.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([3])
    for (const [index, id] of all.entries()) {
      const { metrics, params } = (await tracking.readRun(id)).data
      expect(metrics?.map(({ value }) => value)).toEqual(index === 3 ? undefined : [index])
      expect(params?.map(({ value }) => value)).toEqual(index === 3 ? undefined : [`${index}`])
    }
  })

  test('take a param again as it was, and tell of one that was changed whoever logs beside', async () => {
    const param = (id: string, value: string) => tracking.log(id, { params: [{ key: 'p', value }] })
    const other = await tracking.newRun()
    await param(runId, 'a')
    await param(runId, 'a')
    await others.runs.log(runId, { metrics: [], params: [{ key: 'q', value: 'x' }], tags: [] })
    const done = await beside([() => param(runId, 'b'), () => param(other, 'c'), () => metric(1)])
    expect(done.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect((done[0] as PromiseRejectedResult).reason.message).toMatch(
      /Param with key='p' was already logged with value='a' .* Attempted logging new value 'b'/,
    )
    await expect(tracking.log(runId, { params: [{ key: 'q', value: 'y' }] })).rejects.toThrow(/value='x'/)
    expect((await tracking.readRun(runId)).data.params).toEqual([
      { key: 'p', value: 'a' },
      { key: 'q', value: 'x' },
    ])
    expect(await latest()).toEqual([1])
  })

  test('new keys are given once, whichever server takes them', async () => {
    const create = (store: SqlTrackingStore, runId: string) =>
      store.runs.create({ runId, experimentId: '0', name: 'n', userId: '', startTime: 1, tags: [] }, at(1))
    const ids = Array.from({ length: 150 }, (_, index) => `run${index}`)
    const created = await beside(ids.map((id, index) => () => create(index % 2 === 0 ? tracking : others, id)))
    expect(created.filter(({ status }) => status === 'rejected')).toEqual([])
    await beside(ids.map((id) => () => tracking.log(id, { tags: [{ key: 'own', value: id }] })))
    for (const id of ids) expect((await tracking.readRun(id)).data.tags).toEqual([{ key: 'own', value: id }])
  })
})
