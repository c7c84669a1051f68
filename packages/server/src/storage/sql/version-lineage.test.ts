import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { ModelVersionStore, NewModelVersion, RegisteredModelStore } from '../../registry/store.ts'
import type { TrackingStore } from '../../tracking/store.ts'
import { createModelVersionStore } from './model-versions.ts'
import { createRegisteredModelStore } from './registered-models.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'
import { at } from './test-tracking.ts'
import { createTrackingStore } from './tracking-store.ts'

describe.each(testEngines)('the lineage of a version on $engine', ({ open }) => {
  let opened: TestDatabase
  let tracking: TrackingStore
  let models: RegisteredModelStore
  let versions: ModelVersionStore
  let experimentId: string
  const runId = 'a'.repeat(32)

  beforeEach(async () => {
    opened = await open()
    tracking = createTrackingStore(opened.database, 'mlflow-artifacts:')
    models = createRegisteredModelStore(opened.database)
    versions = createModelVersionStore(opened.database)
    experimentId = await tracking.experiments.create({ name: 'nets', artifactLocation: undefined, tags: [] }, at(1))
    await createRun(runId, experimentId)
    await models.create({ name: 'net', description: undefined, tags: [] }, at(1))
  })
  afterEach(() => opened.close())

  const createRun = (id: string, experiment: string) =>
    tracking.runs.create(
      { runId: id, experimentId: experiment, name: 'train', userId: 'ann', startTime: 1, tags: [] },
      at(1),
    )

  const create = (more: Partial<NewModelVersion>) =>
    versions.create(
      {
        name: 'net',
        source: 's3://b/a',
        runId: undefined,
        modelId: undefined,
        runLink: '',
        description: undefined,
        tags: [],
        ...more,
      },
      at(10),
    )

  const dataset = (name: string, digest: string) => ({ name, digest, source_type: 'local', source: `/data/${name}` })

  const use = (run: string, name: string, context?: string) =>
    tracking.datasets.logInputs(
      run,
      [
        {
          dataset: dataset(name, 'x'),
          tags: context === undefined ? [] : [{ key: 'mlflow.data.context', value: context }],
        },
      ],
      [],
    )

  test('has the run with its experiment, code and datasets, the logged model and what it was measured on', async () => {
    const other = 'b'.repeat(32)
    const elsewhere = await tracking.experiments.create({ name: 'eval', artifactLocation: undefined, tags: [] }, at(1))
    await createRun(other, elsewhere)
    await tracking.loggedModels.create({
      modelId: 'm-1',
      experimentId,
      name: 'resnet',
      modelType: undefined,
      sourceRunId: runId,
      params: [],
      tags: [],
      now: 1,
    })
    await use(runId, 'train', 'training')
    await use(runId, 'plain')
    await use(other, 'eval', 'evaluation')
    await use(other, 'unrelated')
    const point = { key: 'acc', value: 1, timestamp: 1, step: 0, modelId: 'm-1', datasetDigest: 'x' }
    const tags = [
      { key: 'mlflow.source.name', value: 'train.py' },
      { key: 'mlflow.source.git.commit', value: 'c0ffee' },
      { key: 'mlflow.source.git.branch', value: 'main' },
      { key: 'mlflow.source.git.repoURL', value: 'https://git/x' },
      { key: 'mlflow.user', value: 'ann' },
    ]
    await tracking.runs.log(runId, { metrics: [{ ...point, datasetName: 'train' }], params: [], tags })
    const metrics = ['eval', 'eval', 'unknown'].map((datasetName, step) => ({ ...point, step, datasetName }))
    await tracking.runs.log(other, { metrics, params: [], tags: [] })
    await create({ source: 'models:/m-1', modelId: 'm-1' })

    expect(await versions.lineage('net', 1)).toEqual({
      run: {
        run_id: runId,
        run_name: 'train',
        experiment_id: experimentId,
        experiment_name: 'nets',
        status: 'RUNNING',
        user_id: 'ann',
        lifecycle_stage: 'active',
      },
      code: {
        source_name: 'train.py',
        git_commit: 'c0ffee',
        git_branch: 'main',
        git_repository: 'https://git/x',
      },
      logged_model: {
        model_id: 'm-1',
        name: 'resnet',
        artifact_uri: `mlflow-artifacts:/${experimentId}/models/m-1/artifacts`,
      },
      datasets: [
        { dataset: dataset('train', 'x'), context: 'training' },
        { dataset: dataset('plain', 'x') },
        { dataset: dataset('eval', 'x'), context: 'evaluation' },
      ],
    })
  })

  test('leaves out what there is none of', async () => {
    await create({})
    await create({ runId: 'of another server' })
    expect(await versions.lineage('net', 1)).toEqual({ datasets: [] })
    expect(await versions.lineage('net', 2)).toEqual({ datasets: [] })
    await create({ runId })
    await tracking.runs.log(runId, { metrics: [], params: [], tags: [{ key: 'mlflow.source.name', value: 'x.py' }] })
    const lineage = await versions.lineage('net', 3)
    expect(lineage.code).toEqual({ source_name: 'x.py' })
    expect(lineage.logged_model).toBeUndefined()
  })

  test('has a deleted run', async () => {
    await create({ runId })
    await tracking.runs.delete(runId, at(2))
    expect((await versions.lineage('net', 1)).run).toMatchObject({ run_id: runId, lifecycle_stage: 'deleted' })
  })

  test('of a copy has the source, under its present name, until that is deleted', async () => {
    await models.create({ name: 'prod', description: undefined, tags: [] }, at(1))
    await create({ runId })
    await create({ name: 'prod', source: 'models:/net/1' })
    await models.rename('net', 'web', at(2))
    expect(await versions.lineage('prod', 1)).toMatchObject({
      run: { run_id: runId },
      source_version: { name: 'web', version: '1' },
    })
    await versions.delete('web', 1, at(3))
    const lineage = await versions.lineage('prod', 1)
    expect(lineage.source_version).toBeUndefined()
    expect(lineage.run).toMatchObject({ run_id: runId })
  })
})
