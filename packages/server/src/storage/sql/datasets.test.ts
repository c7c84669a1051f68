import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { at } from './test-tracking.ts'
import type { DatasetInput, TrackingStore } from '../../tracking/store.ts'
import { readInputs } from './run-inputs.ts'
import { findRun } from './run-rows.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'
import { createTrackingStore } from './tracking-store.ts'

const input = (name: string, digest: string, tags: Record<string, string> = {}, source = 's'): DatasetInput => ({
  dataset: { name, digest, source_type: 'local', source },
  tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
})

describe.each(testEngines)('the dataset store on $engine', ({ open }) => {
  let opened: TestDatabase
  let datasets: TrackingStore['datasets']
  let runs: TrackingStore['runs']
  let experimentId: string
  let otherExperimentId: string

  beforeEach(async () => {
    opened = await open()
    const store = createTrackingStore(opened.database, 'mlflow-artifacts:')
    ;({ datasets, runs } = store)
    const { experiments } = store
    experimentId = await experiments.create({ name: 'a', artifactLocation: undefined, tags: [] }, at(1))
    otherExperimentId = await experiments.create({ name: 'b', artifactLocation: undefined, tags: [] }, at(1))
  })
  afterEach(() => opened.close())

  async function newRun(experiment = experimentId): Promise<string> {
    const runId = crypto.randomUUID().replaceAll('-', '')
    await runs.create({ runId, experimentId: experiment, name: 'r', userId: '', startTime: 1, tags: [] }, at(1))
    return runId
  }

  async function fieldsOf(...runIds: string[]): Promise<unknown[]> {
    const keys = await Promise.all(runIds.map(async (runId) => (await findRun(opened.database, runId)).id))
    const fields = await readInputs(opened.database, keys)
    return keys.map((key) => (fields.has(key) ? JSON.parse(`{${fields.get(key)}}`) : undefined))
  }

  test('readInputs gives datasets with tags, model inputs and outputs of each run', async () => {
    const [first, second, third] = [await newRun(), await newRun(), await newRun()]
    const dataset = {
      name: 'd',
      digest: 'x',
      source_type: 'local',
      source: '{"a": "ü"}',
      schema: '{}',
      profile: '{"n":1}',
    }
    await datasets.logInputs(
      first,
      [{ dataset, tags: [{ key: 'mlflow.data.context', value: 'train' }] }],
      ['m-1', 'm-1'],
    )
    await datasets.logInputs(second, [input('e', 'y')], [])
    await datasets.logOutputs(second, [
      { modelId: 'm-3', step: 9007199254740993n },
      { modelId: 'm-2', step: 0 },
    ])
    const keyOf = (runId: string) => findRun(opened.database, runId).then((run) => run.id)
    const raw = await readInputs(opened.database, [await keyOf(second)])
    expect(raw.get(await keyOf(second))).toContain('{"model_id":"m-3","step":9007199254740993}')
    expect(await fieldsOf(first, second, third)).toEqual([
      {
        inputs: {
          dataset_inputs: [{ tags: [{ key: 'mlflow.data.context', value: 'train' }], dataset }],
          model_inputs: [{ model_id: 'm-1' }],
        },
        outputs: {},
      },
      {
        inputs: { dataset_inputs: [{ dataset: input('e', 'y').dataset }] },
        outputs: {
          model_outputs: [
            { model_id: 'm-2', step: 0 },
            { model_id: 'm-3', step: Number(9007199254740993n) },
          ],
        },
      },
      undefined,
    ])
  })

  test('logInputs keeps the first dataset of a name and digest, also for other runs of the experiment', async () => {
    const [first, second, elsewhere] = [await newRun(), await newRun(), await newRun(otherExperimentId)]
    await datasets.logInputs(first, [input('d', 'x', {}, 'first')], [])
    await datasets.logInputs(second, [input('d', 'x', {}, 'second')], [])
    await datasets.logInputs(elsewhere, [input('d', 'x', {}, 'elsewhere')], [])
    const sources = (await fieldsOf(first, second, elsewhere)).map(
      (fields) => (fields as { inputs: { dataset_inputs: DatasetInput[] } }).inputs.dataset_inputs[0]!.dataset.source,
    )
    expect(sources).toEqual(['first', 'first', 'elsewhere'])
  })

  test('logInputs of the same dataset again keeps the tags of the first time', async () => {
    const run = await newRun()
    await datasets.logInputs(run, [input('d', 'x', { a: '1' }), input('d', 'x', { a: '2' })], [])
    await datasets.logInputs(run, [input('d', 'x', { a: '3', b: '4' })], [])
    expect(await fieldsOf(run)).toMatchObject([{ inputs: { dataset_inputs: [{ tags: [{ key: 'a', value: '1' }] }] } }])
  })

  test('logInputs stores nothing where a part of it fails', async () => {
    const run = await newRun()
    const twice = { ...input('d', 'x'), tags: [1, 2].map((value) => ({ key: 'same', value: String(value) })) }
    await expect(datasets.logInputs(run, [input('c', 'w'), twice], [])).rejects.toBeInstanceOf(Error)
    expect(await fieldsOf(run)).toEqual([undefined])
    expect(await datasets.summaries([experimentId], 10)).toEqual([])
  })

  test('logInputs and logOutputs refuse unknown and deleted runs', async () => {
    const run = await newRun()
    await runs.delete(run, at(5))
    for (const call of [
      (runId: string) => datasets.logInputs(runId, [input('d', 'x')], []),
      (runId: string) => datasets.logOutputs(runId, [{ modelId: 'm-1', step: 0 }]),
    ]) {
      await expect(call('nope')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
      await expect(call(run)).rejects.toThrow(`The run ${run} must be in the 'active' state. Current state is deleted.`)
    }
  })

  test('logOutputs of the same model again keeps the first step', async () => {
    const run = await newRun()
    await datasets.logOutputs(run, [{ modelId: 'm-1', step: 3 }])
    await datasets.logOutputs(run, [{ modelId: 'm-1', step: 4 }])
    expect(await fieldsOf(run)).toMatchObject([{ outputs: { model_outputs: [{ model_id: 'm-1', step: 3 }] } }])
  })

  test('summaries lists each dataset once for each context, up to the limit', async () => {
    const [first, second, elsewhere] = [await newRun(), await newRun(), await newRun(otherExperimentId)]
    const train = { 'mlflow.data.context': 'train' }
    await datasets.logInputs(first, [input('d', 'x', train), input('b', 'y')], [])
    await datasets.logInputs(second, [input('d', 'x', { 'mlflow.data.context': 'eval' })], [])
    await datasets.logInputs(await newRun(), [input('d', 'x', train)], [])
    await datasets.logInputs(elsewhere, [input('e', 'z')], [])
    const expected = [
      { experiment_id: experimentId, name: 'b', digest: 'y', context: undefined },
      { experiment_id: experimentId, name: 'd', digest: 'x', context: 'eval' },
      { experiment_id: experimentId, name: 'd', digest: 'x', context: 'train' },
    ]
    expect(await datasets.summaries([experimentId, '9999'], 10)).toEqual(expected)
    expect(await datasets.summaries([experimentId], 2)).toEqual(expected.slice(0, 2))
    await expect(datasets.summaries(['abc'], 2)).rejects.toThrow("Invalid experiment ID 'abc'.")
  })
})
