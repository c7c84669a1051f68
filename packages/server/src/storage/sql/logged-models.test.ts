import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { at } from './test-tracking.ts'
import type { MetricPoint, NewLoggedModel, TrackingStore } from '../../tracking/store.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'
import { createTrackingStore } from './tracking-store.ts'

describe.each(testEngines)('the logged model store on $engine', ({ open }) => {
  let opened: TestDatabase
  let models: TrackingStore['loggedModels']
  let runs: TrackingStore['runs']
  let experiments: TrackingStore['experiments']
  let experimentId: string
  const runId = 'a'.repeat(32)

  beforeEach(async () => {
    opened = await open()
    ;({ loggedModels: models, runs, experiments } = createTrackingStore(opened.database, 'mlflow-artifacts:'))
    experimentId = await experiments.create({ name: 'a', artifactLocation: undefined, tags: [] }, at(1))
    await runs.create({ runId, experimentId, name: 'r', userId: '', startTime: 1, tags: [] }, at(1))
  })
  afterEach(() => opened.close())

  const create = (modelId: string, more: Partial<NewLoggedModel> = {}) =>
    models.create({
      modelId,
      experimentId,
      name: 'net',
      modelType: undefined,
      sourceRunId: undefined,
      params: [],
      tags: [],
      now: 10,
      ...more,
    })

  const log = (...metrics: MetricPoint[]) => runs.log(runId, { metrics, params: [], tags: [] })
  const get = (modelId: string) => models.get(modelId, { allowDeleted: false })

  test('create gives the whole model, pending, with its artifacts below the experiment', async () => {
    const model = await create('m-1', {
      modelType: 'Agent',
      sourceRunId: runId,
      params: [{ key: 'lr', value: '0.1' }],
      tags: [{ key: 't', value: '' }],
    })
    expect(model).toEqual({
      info: {
        model_id: 'm-1',
        experiment_id: experimentId,
        name: 'net',
        creation_timestamp_ms: 10,
        last_updated_timestamp_ms: 10,
        artifact_uri: `mlflow-artifacts:/${experimentId}/models/m-1/artifacts`,
        status: 'LOGGED_MODEL_PENDING',
        model_type: 'Agent',
        source_run_id: runId,
        status_message: undefined,
        tags: [{ key: 't', value: '' }],
        registrations: [],
      },
      data: { params: [{ key: 'lr', value: '0.1' }], metrics: [] },
    })
    expect(await get('m-1')).toEqual(model)
    expect(await models.artifactUri('m-1')).toBe(model.info.artifact_uri)
  })

  test('create lets names repeat and gives empty texts where none were given', async () => {
    await create('m-1')
    expect((await create('m-2')).info).toMatchObject({ name: 'net', model_type: '', source_run_id: '' })
  })

  test('create refuses unknown and deleted experiments', async () => {
    await expect(create('m-1', { experimentId: '999' })).rejects.toThrow('No Experiment with id=999 exists')
    await experiments.delete(experimentId, at(2))
    await expect(create('m-1')).rejects.toThrow("must be in the 'active' state")
    await expect(get('m-1')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test('finalize sets the status and the time of change', async () => {
    await create('m-1')
    const { info } = await models.finalize('m-1', 'LOGGED_MODEL_READY', 50)
    expect(info).toMatchObject({
      status: 'LOGGED_MODEL_READY',
      creation_timestamp_ms: 10,
      last_updated_timestamp_ms: 50,
    })
    expect((await get('m-1')).info).toEqual(info)
  })

  test('setTags replaces values, deleteTag removes one tag', async () => {
    await create('m-1', { tags: [{ key: 'a', value: '1' }] })
    await models.setTags('m-1', [
      { key: 'a', value: '2' },
      { key: 'b', value: '3' },
      { key: 'b', value: '4' },
    ])
    expect((await get('m-1')).info.tags).toEqual([
      { key: 'a', value: '2' },
      { key: 'b', value: '4' },
    ])
    await models.deleteTag('m-1', 'a')
    expect((await get('m-1')).info.tags).toEqual([{ key: 'b', value: '4' }])
    await expect(models.deleteTag('m-1', 'a')).rejects.toThrow("No tag with key 'a' found for model with ID 'm-1'.")
  })

  test('logParams takes the same value again and refuses another, storing none of the call', async () => {
    await create('m-1', { params: [{ key: 'a', value: '1' }] })
    await models.logParams('m-1', [{ key: 'a', value: '1' }])
    const changed = [
      { key: 'new', value: 'x' },
      { key: 'a', value: '2' },
    ]
    await expect(models.logParams('m-1', changed)).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    expect((await get('m-1')).data.params).toEqual([{ key: 'a', value: '1' }])
  })

  test('delete hides a model from everything but allowDeleted and another delete', async () => {
    await create('m-1')
    await models.delete('m-1', 77)
    await models.delete('m-1', 99)
    expect((await models.get('m-1', { allowDeleted: true })).info.last_updated_timestamp_ms).toBe(77)
    for (const call of [
      () => get('m-1'),
      () => models.finalize('m-1', 'LOGGED_MODEL_READY', 1),
      () => models.setTags('m-1', []),
      () => models.deleteTag('m-1', 'a'),
      () => models.logParams('m-1', []),
      () => models.artifactUri('m-1'),
      () => models.delete('m-none', 1),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
        message: expect.stringMatching(/^Logged model with ID 'm-\w+' not found\.$/),
      })
    }
  })

  test('a logged point with a model_id is in both histories, exact and once', async () => {
    await create('m-1')
    const point = { key: 'acc', value: 0.5, timestamp: 7, step: 9007199254740993n, modelId: 'm-1' }
    await log(point, { ...point, key: 'of the run', modelId: undefined })
    await log(point)
    expect((await get('m-1')).data.metrics).toEqual([
      {
        key: 'acc',
        value: 0.5,
        timestamp: 7,
        step: 9007199254740993n,
        dataset_name: undefined,
        dataset_digest: undefined,
        model_id: 'm-1',
        run_id: runId,
      },
    ])
  })

  test('a model has all points of its metrics in order of key, time and step, on every dataset', async () => {
    await create('m-1')
    const at = { key: 'b', timestamp: 5, step: 1, modelId: 'm-1' }
    await log(
      { ...at, value: Infinity, step: 2 },
      { ...at, value: NaN },
      { ...at, value: 1, datasetName: 'd', datasetDigest: 'x' },
      { ...at, value: 2, datasetName: 'd', datasetDigest: 'y' },
      { ...at, value: -Infinity, timestamp: 4, step: 9 },
      { ...at, key: 'a', value: 3, timestamp: 9 },
    )
    const points = (await get('m-1')).data.metrics!.map((m) => [m.key, m.value, m.dataset_name, m.dataset_digest])
    expect(points).toEqual([
      ['a', 3, undefined, undefined],
      ['b', -Infinity, undefined, undefined],
      ['b', NaN, undefined, undefined],
      ['b', 1, 'd', 'x'],
      ['b', 2, 'd', 'y'],
      ['b', Infinity, undefined, undefined],
    ])
  })

  test('a batch that names an unknown model is refused whole; a deleted model is known', async () => {
    await create('m-1')
    await models.delete('m-1', 2)
    const point = { key: 'acc', value: 1, timestamp: 1, step: 1 }
    await expect(log({ ...point, modelId: 'm-1' }, { ...point, modelId: 'm-none' })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining("no logged model has the ID 'm-none'"),
    })
    expect((await models.get('m-1', { allowDeleted: true })).data.metrics).toEqual([])
    await log({ ...point, modelId: 'm-1' })
    expect((await models.get('m-1', { allowDeleted: true })).data.metrics).toHaveLength(1)
  })
})
