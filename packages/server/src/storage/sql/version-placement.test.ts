import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { ModelVersionStore, NewModelVersion, RegisteredModelStore } from '../../registry/store.ts'
import type { TrackingStore } from '../../tracking/store.ts'
import { createModelVersionStore } from './model-versions.ts'
import { createRegisteredModelStore } from './registered-models.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'
import { at } from './test-tracking.ts'
import { createTrackingStore } from './tracking-store.ts'
import { createTransitionStore } from './transitions.ts'

describe.each(testEngines)('the sources of new versions on $engine', ({ open }) => {
  let opened: TestDatabase
  let tracking: TrackingStore
  let models: RegisteredModelStore
  let versions: ModelVersionStore
  let experimentId: string
  const runId = 'a'.repeat(32)
  const localRun = 'b'.repeat(32)

  beforeEach(async () => {
    opened = await open()
    tracking = createTrackingStore(opened.database, 'mlflow-artifacts:')
    models = createRegisteredModelStore(opened.database)
    versions = createModelVersionStore(opened.database)
    const { experiments, runs } = tracking
    experimentId = await experiments.create({ name: 'a', artifactLocation: undefined, tags: [] }, at(1))
    const local = await experiments.create({ name: 'b', artifactLocation: '/art', tags: [] }, at(1))
    await runs.create({ runId, experimentId, name: 'train', userId: 'ann', startTime: 1, tags: [] }, at(1))
    await runs.create({ runId: localRun, experimentId: local, name: 'r', userId: '', startTime: 1, tags: [] }, at(1))
    await logModel('m-1', runId)
    for (const name of ['net', 'Größe']) await models.create({ name, description: undefined, tags: [] }, at(1))
  })
  afterEach(() => opened.close())

  const logModel = (modelId: string, sourceRunId: string | undefined) =>
    tracking.loggedModels.create({
      modelId,
      experimentId,
      name: 'net',
      modelType: undefined,
      sourceRunId,
      params: [],
      tags: [],
      now: 5,
    })

  const create = (source: string, more: Partial<NewModelVersion> = {}) =>
    versions.create(
      {
        name: 'net',
        source,
        runId: undefined,
        modelId: undefined,
        runLink: '',
        description: undefined,
        tags: [],
        ...more,
      },
      at(10),
    )

  const unknown = (message: string) =>
    expect.objectContaining({ code: 'RESOURCE_DOES_NOT_EXIST', message: expect.stringContaining(message) })
  const refused = (message: string) =>
    expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) })
  const byRun = 'The run_id request parameter must identify'
  const byModel = 'The model_id request parameter must identify'

  test('what the server serves must be of the run or the logged model', async () => {
    const ofRun = `mlflow-artifacts:/${experimentId}/${runId}/artifacts`
    const ofModel = `mlflow-artifacts:/${experimentId}/models/m-1/artifacts`
    expect(await create(`${ofRun}/model`, { runId })).toMatchObject({ run_id: runId, source: `${ofRun}/model` })
    expect(await create(ofRun, { runId, modelId: '' })).toMatchObject({ source: ofRun })
    expect(await create(ofModel, { modelId: 'm-1' })).toMatchObject({ run_id: runId })
    expect(await create(ofModel, { modelId: 'm-1', runId: 'another' })).toMatchObject({ run_id: 'another' })
    for (const [source, owner, message] of [
      [ofRun, {}, byRun],
      [ofRun, { runId: localRun }, byRun],
      [ofRun, { runId: 'unknown' }, byRun],
      [`${ofRun}2/model`, { runId }, byRun],
      [ofRun, { runId, modelId: 'm-1' }, byModel],
      [ofModel, { modelId: 'm-2' }, byModel],
      ['mlflow-artifacts:/', { runId }, 'absolute path'],
    ] as const) {
      await expect(create(source, owner), source).rejects.toEqual(refused(message))
    }
  })

  test('paths of the machine must be of a run that has its artifacts there', async () => {
    const folder = `/art/${localRun}/artifacts`
    for (const source of [folder, `${folder}/model`, `file://${folder}/model`, `${folder}/x/../model`]) {
      expect(await create(source, { runId: localRun })).toMatchObject({ source })
    }
    const local = 'To use a local path as a model version source, the'
    for (const [source, owner, message] of [
      [folder, {}, `${local} run_id`],
      [folder, { runId: 'unknown' }, byRun],
      [folder, { runId }, `${local} run_id`],
      [folder, { runId: localRun, modelId: 'm-1' }, `${local} model_id`],
      [folder, { modelId: 'm-2' }, byModel],
      ['/etc/passwd', { runId: localRun }, `${local} run_id`],
      [`${folder}/../../other`, { runId: localRun }, `${local} run_id`],
      [`file://${folder}/%2e%2e/other`, { runId: localRun }, `${local} run_id`],
      [`file://host${folder}`, { runId: localRun }, `${local} run_id`],
      ['file:relative', { runId: localRun }, `${local} run_id`],
      ['relative', { runId: localRun }, `${local} run_id`],
    ] as const) {
      await expect(create(source, owner), source).rejects.toEqual(refused(message))
    }
  })

  test('runs:/ is stored as it stands, and the server finds the files of the run', async () => {
    await create(`runs:/${runId}/the/model`, { runId })
    await create(`runs:/${runId}`, { runId })
    await create('runs:/unknown/model', { runId: 'unknown' })
    expect(await versions.downloadUri('net', 1)).toBe(`runs:/${runId}/the/model`)
    expect(await versions.artifactUri('net', 1)).toBe(`mlflow-artifacts:/${experimentId}/${runId}/artifacts/the/model`)
    expect(await versions.artifactUri('net', 2)).toBe(`mlflow-artifacts:/${experimentId}/${runId}/artifacts`)
    await expect(versions.artifactUri('net', 3)).rejects.toEqual(unknown('Run with id=unknown not found'))
  })

  test('models:/m-… has the logged model’s files and, unless another is given, its run', async () => {
    expect(await create('models:/m-1', { modelId: 'm-1' })).toMatchObject({ source: 'models:/m-1', run_id: runId })
    expect(await create('models:/m-1', { modelId: 'm-1', runId: 'mine' })).toMatchObject({ run_id: 'mine' })
    expect(await versions.downloadUri('net', 1)).toBe(`mlflow-artifacts:/${experimentId}/models/m-1/artifacts`)
    await expect(create('models:/m-2', { modelId: 'm-2' })).rejects.toEqual(
      unknown("Logged model with ID 'm-2' not found."),
    )
    await tracking.loggedModels.delete('m-1', 20)
    await expect(create('models:/m-1', { modelId: 'm-1' })).rejects.toEqual(unknown("'m-1' not found."))
  })

  test('a logged model learns of its versions', async () => {
    await tracking.loggedModels.setTags('m-1', [{ key: 'mlflow.modelVersions', value: ' [] ' }])
    await create('models:/m-1', { modelId: 'm-1' })
    await create('s3://b/x', { modelId: 'm-1', name: 'Größe' })
    await create('s3://b/x')
    const model = await tracking.loggedModels.get('m-1', { allowDeleted: false })
    expect(model.info.tags).toEqual([
      {
        key: 'mlflow.modelVersions',
        value: '[{"name": "net", "version": 1}, {"name": "Gr\\u00f6\\u00dfe", "version": 1}]',
      },
    ])
    expect(model.info.last_updated_timestamp_ms).toBe(5)
    expect(model.info.registrations).toEqual([
      { name: 'net', version: '1' },
      { name: 'Größe', version: '1' },
    ])
    await versions.delete('net', 1, at(20))
    await tracking.loggedModels.setTags('m-1', [{ key: 'mlflow.modelVersions', value: 'no list' }])
    await create('models:/m-1', { modelId: 'm-1' })
    const { info } = await tracking.loggedModels.get('m-1', { allowDeleted: false })
    expect(info.tags).toEqual([{ key: 'mlflow.modelVersions', value: '[{"name": "net", "version": 3}]' }])
    expect(info.registrations).toEqual([
      { name: 'Größe', version: '1' },
      { name: 'net', version: '3' },
    ])
  })

  test('a copy has the files, run and logged model of the version that it names', async () => {
    await create('models:/m-1', { modelId: 'm-1' })
    await create('s3://b/x')
    await createTransitionStore(opened.database).apply(
      { name: 'net', version: 1, stage: 'Staging', archiveExisting: false, comment: undefined },
      at(11),
    )
    await models.setAlias('net', 'champ', 1, at(11))
    const prod = { name: 'Größe' }
    for (const source of ['models:/net/1', 'models:/net/001', 'models:/net@champ', 'models:/net/staging']) {
      expect(await create(source, prod)).toMatchObject({ source: 'models:/net/1', run_id: runId })
    }
    const uri = `mlflow-artifacts:/${experimentId}/models/m-1/artifacts`
    expect(await versions.downloadUri('Größe', 4)).toBe(uri)
    expect(await create('models:/net/latest', prod)).toMatchObject({ source: 'models:/net/2', run_id: '' })
    expect(await create('models:/net@latest', prod)).toMatchObject({ source: 'models:/net/2' })
    expect(await create('models:/Größe/4', { ...prod, runId, modelId: '' })).toMatchObject({
      source: 'models:/Größe/4',
    })
    expect(await versions.downloadUri('Größe', 7)).toBe(uri)
    expect(await create('models:/net/1', { ...prod, runId, modelId: 'm-1' })).toMatchObject({ run_id: runId })
    expect(await create('models:/net/2', { ...prod, runId: '' })).toMatchObject({ run_id: '' })
    const { info } = await tracking.loggedModels.get('m-1', { allowDeleted: false })
    expect(info.registrations?.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'net 1',
      ...[1, 2, 3, 4, 7, 8].map((version) => `Größe ${version}`),
    ])

    const mustMatch = 'The run_id and model_id request parameters must match the referenced model version.'
    for (const owner of [{ runId: 'x' }, { runId: '' }, { modelId: 'm-2' }]) {
      await expect(create('models:/net/1', owner)).rejects.toEqual(refused(mustMatch))
    }
    await expect(create('models:/net/2', { modelId: 'm-1' })).rejects.toEqual(refused(mustMatch))
  })

  test('a copy of what is not there is refused', async () => {
    const isPrompt = { key: 'mlflow.prompt.is_prompt', value: 'True' }
    await models.create({ name: 'prompt', description: undefined, tags: [isPrompt] }, at(1))
    for (const [source, error] of [
      ['models:/nope/1', unknown('Registered Model with name=nope not found')],
      ['models:/net/1', unknown('Model Version (name=net, version=1) not found')],
      ['models:/net/latest', unknown("No versions of model with name 'net' found")],
      ['models:/net/Production', unknown("No versions of model with name 'net' and stage 'Production' found")],
      ['models:/net@champ', refused('Registered model alias champ not found.')],
      ['models:/prompt/1', refused('Prompt versions cannot be used as model version sources.')],
    ] as const) {
      await expect(create(source), source).rejects.toEqual(error)
    }
  })
})
