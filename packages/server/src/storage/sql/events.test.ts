import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { eventsAfter, lastEventId, recordEvent } from './events.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

describe.each(testEngines)('events on $engine', ({ open }) => {
  let tracking: TestTracking
  const me = { user: 'ana', time: 1000 }

  beforeEach(async () => {
    tracking = await openTracking(open)
  })
  afterEach(() => tracking.close())

  const all = () => eventsAfter(tracking.database, 0, 1000)
  const kinds = async () => (await all()).map(({ kind }) => kind)

  test('lastEventId is 0 in a new store and grows by one with each event', async () => {
    expect(await lastEventId(tracking.database)).toBe(0)
    await recordEvent(tracking.database, 'run.created', me, {})
    await recordEvent(tracking.database, 'run.created', me, {})
    expect(await lastEventId(tracking.database)).toBe(2)
  })

  test('recordEvent keeps who, when and what', async () => {
    await recordEvent(tracking.database, 'comment.created', me, {
      name: 'a"\u0000\u{1F600}',
      version: '1',
      gone: undefined,
    })
    expect(await all()).toEqual([
      {
        id: 1,
        kind: 'comment.created',
        timestamp: 1000,
        user_id: 'ana',
        data: { name: 'a"\u0000\u{1F600}', version: '1' },
      },
    ])
  })

  test('recordEvent leaves nothing behind when its transaction is rolled back', async () => {
    const change = tracking.database.transaction(async (inner) => {
      await recordEvent(inner, 'run.created', me, {})
      throw new Error('no')
    })
    await expect(change).rejects.toThrow('no')
    expect(await all()).toEqual([])
  })

  test('eventsAfter gives pages in order', async () => {
    for (let i = 0; i < 5; i++) await recordEvent(tracking.database, 'run.created', at(i), { i })
    expect((await eventsAfter(tracking.database, 1, 3)).map(({ id }) => id)).toEqual([2, 3, 4])
    expect(await eventsAfter(tracking.database, 5, 3)).toEqual([])
  })

  test('changes of experiments are recorded, refused ones are not', async () => {
    const { experiments } = tracking
    const id = await experiments.create({ name: 'e', artifactLocation: undefined, tags: [] }, me)
    await expect(experiments.create({ name: 'e', artifactLocation: undefined, tags: [] }, me)).rejects.toThrow(
      'already exists',
    )
    await experiments.rename(id, 'f', me)
    await experiments.rename(id, 'f', me)
    await experiments.delete(id, me)
    await expect(experiments.delete(id, me)).rejects.toThrow('No Experiment')
    await experiments.restore(id, me)
    expect((await all()).map(({ kind, data, user_id }) => [kind, data, user_id])).toEqual([
      ['experiment.created', { experiment_id: id, name: 'e' }, 'ana'],
      ['experiment.renamed', { experiment_id: id, name: 'f' }, 'ana'],
      ['experiment.deleted', { experiment_id: id }, 'ana'],
      ['experiment.restored', { experiment_id: id }, 'ana'],
    ])
  })

  test('a run that ends is recorded once, as finished or failed', async () => {
    const { runs } = tracking
    const finished = await tracking.newRun({ name: 'one', startTime: 7 })
    const failed = await tracking.newRun()
    const killed = await tracking.newRun()
    await runs.update(finished, { status: 'FINISHED', endTime: 9 }, me)
    await runs.update(finished, { status: 'FINISHED', endTime: 10 }, me)
    await runs.update(failed, { status: 'FAILED' }, me)
    await runs.update(killed, { status: 'KILLED' }, me)
    await runs.update(killed, { name: 'other' }, me)
    expect(await kinds()).toEqual([...Array(3).fill('run.created'), 'run.finished', 'run.failed', 'run.failed'])
    expect((await all()).slice(3).map(({ data }) => data)).toEqual([
      {
        run_id: finished,
        run_name: 'one',
        experiment_id: '0',
        status: 'FINISHED',
        start_time: 7,
        end_time: 9,
      },
      expect.objectContaining({ run_id: failed, status: 'FAILED' }),
      expect.objectContaining({ run_id: killed, status: 'KILLED' }),
    ])
  })

  test('deleting and restoring a run are recorded where they change something', async () => {
    const runId = await tracking.newRun()
    await tracking.runs.restore(runId, me)
    await tracking.runs.delete(runId, me)
    await tracking.runs.delete(runId, me)
    await tracking.runs.restore(runId, me)
    await expect(tracking.runs.delete('nope', me)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect(await kinds()).toEqual(['run.created', 'run.deleted', 'run.restored'])
  })

  test('values of runs add no events', async () => {
    const runId = await tracking.newRun()
    await tracking.log(runId, { params: [{ key: 'a', value: '1' }], tags: [{ key: 'b', value: '2' }] })
    expect(await kinds()).toEqual(['run.created'])
  })
})
