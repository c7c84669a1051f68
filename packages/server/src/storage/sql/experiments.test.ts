import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { appendToUri } from './experiments.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'
import { createTrackingStore } from './tracking-store.ts'

const unknown = (message: string) => ({ code: 'RESOURCE_DOES_NOT_EXIST', message: expect.stringContaining(message) })

describe.each(testEngines)('the experiment store on $engine', ({ engine, open }) => {
  let tracking: TestTracking
  let experiments: TestTracking['experiments']

  beforeEach(async () => {
    tracking = await openTracking(open)
    experiments = tracking.experiments
  })
  afterEach(() => tracking.close())

  test('prepare makes the experiment 0 once and leaves it as it is from then on', async () => {
    expect(await experiments.get('0')).toMatchObject({ name: 'Default', artifact_location: 'mlflow-artifacts:/0' })
    await experiments.rename('0', 'Mine', at(2))
    await experiments.delete('0', at(3))
    await tracking.newExperiment('Default')
    await tracking.prepare()
    expect(await experiments.get('0')).toMatchObject({ name: 'Mine', lifecycle_stage: 'deleted' })
    await expect(tracking.newRun({ experimentId: '0' })).rejects.toThrow(
      "The experiment 0 must be in the 'active' state. Current state is deleted.",
    )
  })

  test('create counts ids from 1 up and gives each experiment a place of its own', async () => {
    const tags = [
      { key: 'b', value: '' },
      { key: 'a', value: 'ü' },
    ]
    const id = await experiments.create({ name: 'e', artifactLocation: undefined, tags }, at(17))
    expect(id).toBe('1')
    expect(await experiments.get(id)).toEqual({
      experiment_id: '1',
      name: 'e',
      artifact_location: 'mlflow-artifacts:/1',
      lifecycle_stage: 'active',
      creation_time: 17,
      last_update_time: 17,
      tags: tags.toReversed(),
    })
    const given = await tracking.newExperiment('given', 's3://bucket/there')
    expect(given).toBe('2')
    expect(await experiments.get(given)).toMatchObject({ artifact_location: 's3://bucket/there', tags: [] })
    expect(await tracking.countExperiments()).toBe(3)
  })

  test('create refuses a taken name, a deleted experiment holding its own too, and stores nothing then', async () => {
    const id = await tracking.newExperiment('e')
    const taken = {
      code: 'RESOURCE_ALREADY_EXISTS',
      message: expect.stringMatching(/^Experiment\(name=e\) already exists\./),
    }
    await expect(tracking.newExperiment('e')).rejects.toMatchObject(taken)
    await experiments.delete(id, at(2))
    await expect(tracking.newExperiment('e')).rejects.toMatchObject({
      ...taken,
      message: expect.stringContaining('restore it'),
    })
    await tracking.newExperiment('E')
    const all = await experiments.search({ filter: [], orderBy: [], view: 'ALL', maxResults: 9, pageToken: undefined })
    expect(all.items.map(({ name }) => name)).toEqual(['Default', 'E', 'e'])
  })

  test('create gives a name to one of those who want it at once, on whichever server, and holds up nobody else', async () => {
    const stores = [tracking, createTrackingStore(tracking.database, 'mlflow-artifacts:')]
    const names = ['a', 'a', 'b', 'a', 'c', 'b', 'd', 'a']
    const tags = [
      { key: 'k', value: '1' },
      { key: 'l', value: '2' },
    ]
    const calls = stores.flatMap((store) =>
      names.map((name) => () => store.experiments.create({ name, artifactLocation: undefined, tags }, at(1))),
    )
    const before = await tracking.newExperiment('before')
    calls.splice(3, 0, async () => {
      await experiments.setTag(before, { key: 'x', value: 'y' })
      return before
    })
    const done: PromiseSettledResult<string>[] = []
    if (engine === 'PostgreSQL') done.push(...(await Promise.allSettled(calls.map((call) => call()))))
    else for (const call of calls) done.push(...(await Promise.allSettled([call()])))
    const ids = done.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])).filter((id) => id !== before)
    const made = await Promise.all(ids.map((id) => experiments.get(id)))
    expect(made.map(({ name }) => name).toSorted()).toEqual(['a', 'b', 'c', 'd'])
    for (const { experiment_id, artifact_location, tags: found } of made) {
      expect(artifact_location).toBe(`mlflow-artifacts:/${experiment_id}`)
      expect(found).toEqual(tags)
    }
    for (const one of done) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS' })
    }
    expect((await experiments.get(before)).tags).toEqual([{ key: 'x', value: 'y' }])
  })

  test('a name that is taken at once by a new and a renamed experiment is one of theirs', async () => {
    const id = await tracking.newExperiment('e')
    const asked = [() => experiments.rename(id, 'n', at(2)), () => tracking.newExperiment('n')]
    const done: PromiseSettledResult<unknown>[] = []
    if (engine === 'PostgreSQL') done.push(...(await Promise.allSettled(asked.map((ask) => ask()))))
    else for (const ask of asked) done.push(...(await Promise.allSettled([ask()])))
    const refused = done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused).toEqual([expect.objectContaining({ code: 'RESOURCE_ALREADY_EXISTS' })])
  })

  test.each(['  ', 'a/b: ü#?', 'o\'neil\n"', '𝒳'.repeat(500)])('create keeps the name %j', async (name) => {
    const id = await tracking.newExperiment(name)
    expect(await experiments.getByName(name)).toMatchObject({ experiment_id: id, name })
  })

  test('get and getByName tell what is not there, and find what is deleted', async () => {
    await expect(experiments.get('999')).rejects.toMatchObject(unknown('No Experiment with id=999 exists'))
    await expect(experiments.get('-1')).rejects.toMatchObject(unknown('No Experiment with id=-1 exists'))
    await expect(experiments.getByName('zz')).rejects.toMatchObject(unknown("Could not find experiment with name 'zz'"))
    await experiments.delete(await tracking.newExperiment('gone'), at(2))
    expect(await experiments.getByName('gone')).toMatchObject({ lifecycle_stage: 'deleted' })
  })

  test('rename changes name and time, takes the own name, and refuses a taken one', async () => {
    const id = await tracking.newExperiment('a')
    await tracking.newExperiment('b')
    await experiments.rename(id, 'c', at(50))
    expect(await experiments.get(id)).toMatchObject({ name: 'c', creation_time: 1, last_update_time: 50 })
    await experiments.rename(id, 'c', at(60))
    await expect(experiments.rename(id, 'b', at(70))).rejects.toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS' })
    expect(await experiments.get(id)).toMatchObject({ name: 'c', last_update_time: 60 })
    expect(await tracking.newExperiment('a')).toBe('3')
  })

  test('delete takes the runs along, restore brings all of them back', async () => {
    const id = await tracking.newExperiment('e')
    const elsewhere = await tracking.newRun()
    const [first, second] = [await tracking.newRun({ experimentId: id }), await tracking.newRun({ experimentId: id })]
    await tracking.runs.delete(second, at(5))
    await experiments.delete(id, at(60))
    expect(await experiments.get(id)).toMatchObject({ lifecycle_stage: 'deleted', last_update_time: 60 })
    expect((await tracking.readRun(first)).info.lifecycle_stage).toBe('deleted')
    expect((await tracking.readRun(elsewhere)).info.lifecycle_stage).toBe('active')
    await experiments.restore(id, at(70))
    expect(await experiments.get(id)).toMatchObject({ lifecycle_stage: 'active', last_update_time: 70 })
    expect((await tracking.findRuns({ experiments: [id] })).toSorted()).toEqual([first, second].toSorted())
  })

  test('delete of a deleted and restore of an active experiment answer 404, as in MLflow', async () => {
    const id = await tracking.newExperiment('e')
    await expect(experiments.restore(id, at(2))).rejects.toMatchObject(unknown(`No Experiment with id=${id} exists`))
    await experiments.delete(id, at(3))
    await expect(experiments.delete(id, at(4))).rejects.toMatchObject(unknown(`No Experiment with id=${id} exists`))
    for (const call of [experiments.delete('77', at(1)), experiments.restore('77', at(1))]) {
      await expect(call).rejects.toMatchObject(unknown('No Experiment with id=77 exists'))
    }
    expect(await experiments.get(id)).toMatchObject({ last_update_time: 3 })
  })

  test('setTag adds and replaces, deleteTag removes; neither moves the time', async () => {
    const id = await tracking.newExperiment('e')
    await experiments.setTag(id, { key: 'a', value: '1' })
    await experiments.setTag(id, { key: 'a', value: '2' })
    await experiments.setTag(id, { key: 'b', value: '' })
    expect(await experiments.get(id)).toMatchObject({
      last_update_time: 1,
      tags: [
        { key: 'a', value: '2' },
        { key: 'b', value: '' },
      ],
    })
    await experiments.deleteTag(id, 'a')
    await expect(experiments.deleteTag(id, 'a')).rejects.toMatchObject(
      unknown(`No tag with name: a in experiment with id ${id}`),
    )
    expect((await experiments.get(id)).tags).toEqual([{ key: 'b', value: '' }])
  })

  test('a deleted experiment takes no writes', async () => {
    const id = await tracking.newExperiment('e')
    await experiments.delete(id, at(2))
    for (const call of [
      () => experiments.rename(id, 'n', at(3)),
      () => experiments.setTag(id, { key: 'a', value: '1' }),
      () => experiments.deleteTag(id, 'a'),
      () => tracking.newRun({ experimentId: id }),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: `The experiment ${id} must be in the 'active' state. Current state is deleted.`,
      })
    }
    for (const call of [
      () => experiments.rename('77', 'n', at(3)),
      () => experiments.setTag('77', { key: 'a', value: '1' }),
      () => experiments.deleteTag('77', 'a'),
      () => tracking.newRun({ experimentId: '77' }),
    ]) {
      await expect(call()).rejects.toMatchObject(unknown('No Experiment with id=77 exists'))
    }
  })

  test("a run's artifacts lie below its experiment's, before a query or fragment of the root", async () => {
    const other = await openTracking(open, 's3://bucket/root?region=eu#x')
    const runId = 'a'.repeat(32)
    await other.newRun({ runId })
    expect((await other.experiments.get('0')).artifact_location).toBe('s3://bucket/root/0?region=eu#x')
    expect(await other.runs.artifactUri(runId)).toBe(`s3://bucket/root/0/${runId}/artifacts?region=eu#x`)
    await other.close()
  })
})

test.each([
  ['mlflow-artifacts:', '0', 'mlflow-artifacts:/0'],
  ['mlflow-artifacts:/', '0', 'mlflow-artifacts:/0'],
  ['mlflow-artifacts://host:5000/a', '7', 'mlflow-artifacts://host:5000/a/7'],
  ['s3://bucket', 'r/artifacts', 's3://bucket/r/artifacts'],
  ['s3://bucket/p/', '3', 's3://bucket/p/3'],
  ['s3://bucket/p?a=1&b=/x', '3', 's3://bucket/p/3?a=1&b=/x'],
  ['wasbs://c@a.blob.core.windows.net/p#f?', '3', 'wasbs://c@a.blob.core.windows.net/p/3#f?'],
  ['file:///data', '3', 'file:///data/3'],
  ['/data/runs', '3', '/data/runs/3'],
  ['/data/what?/now#', '3', '/data/what?/now#/3'],
])('appendToUri: %s and %s are %s', (uri, path, expected) => {
  expect(appendToUri(uri, path)).toBe(expected)
})
