import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { TestTracking, WireRun } from './test-tracking.ts'

const unknownRun = (id: string) => ({ code: 'RESOURCE_DOES_NOT_EXIST', message: `Run with id=${id} not found` })
const tagsOf = (run: WireRun) => Object.fromEntries((run.data.tags ?? []).map(({ key, value }) => [key, value]))
const paramsOf = (run: WireRun) => Object.fromEntries((run.data.params ?? []).map(({ key, value }) => [key, value]))

describe.each(testEngines)('the run store on $engine', ({ open }) => {
  let tracking: TestTracking
  let runs: TestTracking['runs']
  let runId: string

  beforeEach(async () => {
    tracking = await openTracking(open)
    runs = tracking.runs
    runId = await tracking.newRun({ name: 'first', tags: [{ key: 'mlflow.runName', value: 'first' }] })
  })
  afterEach(() => tracking.close())

  test('create gives the run that reading gives from then on', async () => {
    const tags = [
      { key: 'a', value: '' },
      { key: 'ü b', value: '"x"\n' },
    ]
    const id = 'f'.repeat(32)
    const created = await runs.create(
      { runId: id, experimentId: '0', name: 'n', userId: 'me', startTime: 5, tags },
      at(1),
    )
    expect(created).toEqual({
      info: {
        run_id: id,
        run_uuid: id,
        run_name: 'n',
        experiment_id: '0',
        user_id: 'me',
        status: 'RUNNING',
        start_time: 5,
        artifact_uri: `mlflow-artifacts:/0/${id}/artifacts`,
        lifecycle_stage: 'active',
      },
      data: { tags },
      inputs: {},
    })
    expect(await tracking.readRun(id)).toEqual({ ...created, outputs: {} })
    expect(await runs.artifactUri(id)).toBe(created.info.artifact_uri)
  })

  test('unknown runs are told by every method', async () => {
    for (const call of [
      () => runs.getDocument('nope'),
      () => runs.update('nope', {}, at(1)),
      () => runs.delete('nope', at(1)),
      () => runs.restore('nope', at(1)),
      () => tracking.log('nope', {}),
      () => runs.deleteTag('nope', 'a'),
      () => runs.changeTag('nope', 'a', () => ''),
      () => runs.artifactUri('nope'),
    ]) {
      await expect(call()).rejects.toMatchObject(unknownRun('nope'))
    }
  })

  test('update changes what is given and keeps the rest', async () => {
    expect(await runs.update(runId, {}, at(1))).toEqual({
      ...(await tracking.readRun(runId)).info,
      end_time: undefined,
    })
    expect(await runs.update(runId, { status: 'FINISHED', endTime: 99 }, at(1))).toMatchObject({
      status: 'FINISHED',
      end_time: 99,
    })
    expect(await runs.update(runId, { name: 'other' }, at(1))).toMatchObject({
      run_name: 'other',
      status: 'FINISHED',
      end_time: 99,
    })
    expect((await tracking.readRun(runId)).info).toMatchObject({ run_name: 'other', status: 'FINISHED', end_time: 99 })
    expect((await runs.update(runId, { status: 'RUNNING' }, at(1))).status).toBe('RUNNING')
  })

  test('an end time of 0 is none, as in MLflow', async () => {
    await runs.update(runId, { endTime: 5 }, at(1))
    expect((await runs.update(runId, { endTime: 0 }, at(1))).end_time).toBeUndefined()
    expect((await tracking.readRun(runId)).info).not.toHaveProperty('end_time')
  })

  test('the name and the tag mlflow.runName follow each other', async () => {
    const named = async () => {
      const run = await tracking.readRun(runId)
      return [run.info.run_name, tagsOf(run)['mlflow.runName']]
    }
    await runs.update(runId, { name: 'second' }, at(1))
    expect(await named()).toEqual(['second', 'second'])
    await tracking.log(runId, { tags: [{ key: 'mlflow.runName', value: 'third' }] })
    expect(await named()).toEqual(['third', 'third'])
    await tracking.log(runId, { tags: [{ key: 'mlflow.runName', value: '' }] })
    expect(await named()).toEqual(['third', 'third'])
    await runs.deleteTag(runId, 'mlflow.runName')
    expect(await named()).toEqual(['third', undefined])
    await runs.update(runId, { name: 'fourth' }, at(1))
    expect(await named()).toEqual(['fourth', 'fourth'])
    await runs.changeTag(runId, 'mlflow.runName', (value) => `${value} and fifth`)
    expect(await named()).toEqual(['fourth and fifth', 'fourth and fifth'])
  })

  test('a param takes its value again, and no other', async () => {
    const param = (key: string, value: string) => ({ params: [{ key, value }] })
    await tracking.log(runId, param('p', '1'))
    await tracking.log(runId, param('p', '1'))
    await expect(tracking.log(runId, param('p', '1.0'))).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(
        /^Changing param values is not allowed\. Param with key='p' was already logged with value='1' for run ID='\w+'\. Attempted logging new value '1\.0'\./,
      ),
    })
    await tracking.log(runId, param('empty', ''))
    await expect(tracking.log(runId, param('empty', ' '))).rejects.toThrow('Changing param values is not allowed.')
    expect(paramsOf(await tracking.readRun(runId))).toEqual({ p: '1', empty: '' })
  })

  test('a batch that would change params names all of them and stores nothing: no params, metrics or tags', async () => {
    await tracking.log(runId, {
      params: [
        { key: 'p', value: '1' },
        { key: 'q', value: '2' },
      ],
      metrics: [point('m', 1)],
      tags: [{ key: 't', value: 'old' }],
    })
    const before = await tracking.readRun(runId)
    const batch = {
      params: [
        { key: 'fresh', value: 'x' },
        { key: 'p', value: '9' },
        { key: 'q', value: '2' },
      ],
      metrics: [point('m', 2, 1), point('n', 1)],
      tags: [
        { key: 't', value: 'new' },
        { key: 'mlflow.runName', value: 'new' },
      ],
    }
    await expect(tracking.log(runId, batch)).rejects.toThrow("[{'key': 'p', 'old_value': '1', 'new_value': '9'}]")
    const both = [...batch.params.slice(0, 2), { key: 'q', value: '8' }]
    await expect(tracking.log(runId, { ...batch, params: both })).rejects.toThrow(
      "Params were already logged='[{'key': 'p', 'old_value': '1', 'new_value': '9'}, " +
        `{'key': 'q', 'old_value': '2', 'new_value': '8'}]' for run ID='${runId}'.`,
    )
    expect(await tracking.readRun(runId)).toEqual(before)
    for await (const block of tracking.metrics.history(runId, 'm', { after: undefined, limit: undefined })) {
      expect(block).toEqual([[0, 0, 1]])
    }
  })

  test('a batch that fails in its last part stores nothing of the earlier parts', async () => {
    const before = await tracking.readRun(runId)
    const unknownModel = { ...point('m', 1), modelId: 'm-none' }
    const values = {
      params: [{ key: 'p', value: '1' }],
      metrics: [point('m', 1), unknownModel],
      tags: [{ key: 't', value: '' }],
    }
    await expect(tracking.log(runId, values)).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    expect(await tracking.readRun(runId)).toEqual(before)
    await tracking.log(runId, { params: [{ key: 'p', value: '2' }] })
    expect(paramsOf(await tracking.readRun(runId))).toEqual({ p: '2' })
  })

  test('a failing batch inside a shared commit takes only itself back', async () => {
    await tracking.log(runId, { params: [{ key: 'p', value: '1' }] })
    await tracking.fill(async () => {
      await tracking.log(runId, { tags: [{ key: 'before', value: '' }] })
      const bad = { params: [{ key: 'p', value: '2' }], tags: [{ key: 'bad', value: '' }] }
      await expect(tracking.log(runId, bad)).rejects.toThrow('Changing param values')
      await tracking.log(runId, { tags: [{ key: 'after', value: '' }] })
    })
    expect(Object.keys(tagsOf(await tracking.readRun(runId))).toSorted()).toEqual(['after', 'before', 'mlflow.runName'])
  })

  test('tags are replaced, removed, and changed by what they were', async () => {
    await tracking.log(runId, { tags: [{ key: 'a', value: '1' }] })
    await tracking.log(runId, { tags: [{ key: 'a', value: '' }] })
    expect(tagsOf(await tracking.readRun(runId))).toMatchObject({ a: '' })
    await runs.changeTag(runId, 'a', (value) => `[${value}]`)
    await runs.changeTag(runId, 'b', (value) => `${value}`)
    expect(tagsOf(await tracking.readRun(runId))).toMatchObject({ a: '[]', b: 'undefined' })
    await runs.deleteTag(runId, 'a')
    expect(tagsOf(await tracking.readRun(runId))).not.toHaveProperty('a')
    for (const key of ['a', 'never seen']) {
      await expect(runs.deleteTag(runId, key)).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
        message: `No tag with name: ${key} in run with id ${runId}`,
      })
    }
  })

  test('one key may name a metric, a param and a tag, and runs do not share values', async () => {
    const other = await tracking.newRun()
    await tracking.log(runId, {
      metrics: [point('k', 1)],
      params: [{ key: 'k', value: 'p' }],
      tags: [{ key: 'k', value: 't' }],
    })
    await tracking.log(other, { params: [{ key: 'k', value: 'other' }] })
    const run = await tracking.readRun(runId)
    expect([run.data.metrics?.[0]?.value, paramsOf(run)['k'], tagsOf(run)['k']]).toEqual([1, 'p', 't'])
    expect((await tracking.readRun(other)).data).toEqual({ params: [{ key: 'k', value: 'other' }] })
  })

  test('a deleted run takes no writes, can be read, and comes back whole', async () => {
    await tracking.log(runId, { params: [{ key: 'p', value: '1' }], metrics: [point('m', 1)] })
    const before = await tracking.readRun(runId)
    await runs.delete(runId, at(5))
    await runs.delete(runId, at(6))
    for (const call of [
      () => runs.update(runId, { status: 'FINISHED' }, at(1)),
      () => tracking.log(runId, { metrics: [point('m', 2, 2)] }),
      () => tracking.log(runId, { params: [{ key: 'q', value: '1' }] }),
      () => tracking.log(runId, { tags: [{ key: 't', value: '1' }] }),
      () => tracking.log(runId, {}),
      () => runs.deleteTag(runId, 'mlflow.runName'),
      () => runs.changeTag(runId, 't', () => ''),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: `The run ${runId} must be in the 'active' state. Current state is deleted.`,
      })
    }
    expect(await tracking.readRun(runId)).toEqual({ ...before, info: { ...before.info, lifecycle_stage: 'deleted' } })
    await runs.restore(runId, at(1))
    await runs.restore(runId, at(1))
    expect(await tracking.readRun(runId)).toEqual(before)
    await tracking.log(runId, { metrics: [point('m', 2, 2)] })
  })

  test('a run restored in a deleted experiment takes writes, as in MLflow', async () => {
    const experimentId = await tracking.newExperiment('e')
    const run = await tracking.newRun({ experimentId })
    await tracking.experiments.delete(experimentId, at(2))
    await expect(tracking.log(run, { tags: [{ key: 'a', value: '' }] })).rejects.toThrow('Current state is deleted.')
    await runs.restore(run, at(1))
    await tracking.log(run, { tags: [{ key: 'a', value: '' }] })
    expect((await tracking.readRun(run)).data.tags).toEqual([{ key: 'a', value: '' }])
  })

  test('times and steps beyond 2^53 stay exact', async () => {
    const [large, larger] = [9007199254740993n, 9223372036854775807n]
    const run = await tracking.newRun({ startTime: -large })
    await runs.update(run, { endTime: larger }, at(1))
    await runs.update(run, { status: 'FINISHED' }, at(1))
    await tracking.log(run, { metrics: [point('m', 1, large, larger), point('n', 1, -larger - 1n, large)] })
    const read = await tracking.readRun(run)
    expect(read.info).toMatchObject({ start_time: -large, end_time: larger })
    expect(read.data.metrics).toEqual([
      { key: 'm', value: 1, step: large, timestamp: larger },
      { key: 'n', value: 1, step: -larger - 1n, timestamp: large },
    ])
    await tracking.settleRuns(10)
    expect(await tracking.readRun(run)).toEqual(read)
  })
})
