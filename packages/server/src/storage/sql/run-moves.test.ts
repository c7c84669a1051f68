import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createRunMoveHandlers } from '../../tracking/run-moves.ts'
import type { DatasetInput } from '../../tracking/store.ts'
import { createEventStore } from './event-store.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

const input = (name: string, context: string, source = 's', digest = 'x'): DatasetInput => ({
  dataset: { name, digest, source_type: 'local', source },
  tags: [{ key: 'mlflow.data.context', value: context }],
})

describe.each(testEngines)('moveRuns() on $engine', ({ open }) => {
  let tracking: TestTracking
  let handlers: ReturnType<typeof createRunMoveHandlers>
  let target: string
  let first: string
  let second: string

  beforeEach(async () => {
    tracking = await openTracking(open)
    handlers = createRunMoveHandlers(tracking)
    target = await tracking.newExperiment('target')
    first = await tracking.newRun({ name: 'first' })
    second = await tracking.newRun({ name: 'second' })
  })
  afterEach(() => tracking.close())

  const move = (runIds: readonly string[], experimentId = target) =>
    handlers.moveRuns({ run_ids: [...runIds], experiment_id: experimentId }, { user: 'ana' })
  const found = (experiment: string, filter = '') => tracking.findRuns({ experiments: [experiment], filter })
  const movedEvents = async () =>
    (await createEventStore(tracking.database).after(0, 100)).filter((event) => event.kind === 'run.moved')
  const summaries = async (experiment: string) =>
    (await tracking.datasets.summaries([experiment], 10)).map(({ name, context }) => [name, context])

  test('moves runs with their values, and leaves their artifacts', async () => {
    await tracking.log(first, { metrics: [point('loss', 1)], params: [{ key: 'lr', value: '0.1' }] })
    const before = await tracking.readRun(first)
    expect(await move([first])).toEqual({ moved: 1 })
    expect(await tracking.readRun(first)).toEqual({ ...before, info: { ...before.info, experiment_id: target } })
    expect([await found('0'), await found(target, 'metrics.loss = 1')]).toEqual([[second], [first]])
  })

  test('counts and tells of those only that were elsewhere, each once', async () => {
    await move([first])
    expect(await move([first, second, second])).toEqual({ moved: 1 })
    expect(await move([first, second])).toEqual({ moved: 0 })
    expect(await movedEvents()).toMatchObject([
      { user_id: 'ana', data: { run_id: first, experiment_id: target, from_experiment_id: '0' } },
      { user_id: 'ana', data: { run_id: second, experiment_id: target, from_experiment_id: '0' } },
    ])
  })

  test.each(['from_experiment_id', 'experiment_id'])('is found among the events of its %s', async (field) => {
    await move([first])
    const experimentIds = [field === 'experiment_id' ? target : '0']
    const search = { after: 0, newestFirst: false, maxResults: 10, pageToken: undefined }
    const select = async (ids: readonly string[]) => {
      const selection = { kinds: ['run.moved'], experimentIds: ids, names: [] }
      return (await createEventStore(tracking.database).search({ ...search, selection })).items.length
    }
    expect([await select(experimentIds), await select(['77'])]).toEqual([1, 0])
  })

  test.each([
    ['an unknown run', 'RESOURCE_DOES_NOT_EXIST', 'Run with id=nope not found', () => move([first, 'nope'])],
    ['an unknown experiment', 'RESOURCE_DOES_NOT_EXIST', 'No Experiment with id=99', () => move([first], '99')],
    [
      'a deleted run',
      'INVALID_PARAMETER_VALUE',
      "must be in the 'active' state",
      async () => {
        await tracking.runs.delete(second, at(2))
        return move([first, second])
      },
    ],
    [
      'a deleted experiment',
      'INVALID_PARAMETER_VALUE',
      "must be in the 'active' state",
      async () => {
        await tracking.experiments.delete(target, at(2))
        return move([first])
      },
    ],
    ['no run', 'INVALID_PARAMETER_VALUE', 'From 1 to 1000 runs', () => move([])],
    ['too many', 'INVALID_PARAMETER_VALUE', 'got 1001', () => move(Array.from({ length: 1001 }, () => first))],
    ['no id of an experiment', 'INVALID_PARAMETER_VALUE', "Invalid experiment ID 'x'", () => move([first], 'x')],
  ])('refuses %s and moves none', async (_what, code, message, refused) => {
    await expect(refused()).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    expect([(await tracking.readRun(first)).info.experiment_id, await movedEvents()]).toEqual(['0', []])
  })

  test('takes datasets along: searches and search-datasets show them where their runs are', async () => {
    await tracking.datasets.logInputs(first, [input('shared', 'train'), input('own', 'eval')], [])
    await tracking.datasets.logInputs(second, [input('shared', 'test')], [])
    const { inputs } = await tracking.readRun(first)
    await move([first])
    expect((await tracking.readRun(first)).inputs).toEqual(inputs)
    expect(await found(target, "dataset.name = 'own' and dataset.context = 'eval'")).toEqual([first])
    expect(await summaries('0')).toEqual([['shared', 'test']])
    expect(await summaries(target)).toEqual([
      ['own', 'eval'],
      ['shared', 'train'],
    ])
    // The same dataset again is the one that the run has, not another.
    await tracking.datasets.logInputs(first, [input('own', 'again')], [])
    expect((await tracking.readRun(first)).inputs).toEqual(inputs)
    await move([first], '0')
    expect([(await tracking.readRun(first)).inputs, await summaries(target)]).toEqual([inputs, []])
  })

  test('brings runs of several experiments together that know one dataset', async () => {
    const third = await tracking.newRun({ experimentId: await tracking.newExperiment('third') })
    await tracking.datasets.logInputs(first, [input('d', 'train')], [])
    await tracking.datasets.logInputs(third, [input('d', 'test'), input('d', 'eval', 's', 'y')], [])
    const inputsOf = async () => [(await tracking.readRun(first)).inputs, (await tracking.readRun(third)).inputs]
    const before = await inputsOf()
    expect(await move([first, third])).toEqual({ moved: 2 })
    expect(await inputsOf()).toEqual(before)
    expect(await summaries(target)).toEqual([
      ['d', 'test'],
      ['d', 'train'],
      ['d', 'eval'],
    ])
  })

  test('a settled run shows the dataset as the new experiment knows it', async () => {
    const there = await tracking.newRun({ experimentId: target })
    await tracking.datasets.logInputs(there, [input('d', 'train', 'known')], [])
    for (const runId of [first, second]) await tracking.runs.update(runId, { status: 'FINISHED' }, at(9))
    await tracking.datasets.logInputs(first, [input('d', 'train', 'other')], [])
    expect(await tracking.settleRuns(10)).toBe(2)
    await move([first, second])
    expect((await tracking.readRun(first)).inputs).toMatchObject({ dataset_inputs: [{ dataset: { source: 'known' } }] })
    const { info } = await tracking.readRun(second)
    expect([info.experiment_id, await tracking.settleRuns(10)]).toEqual([target, 1])
  })
})
