import type { Request } from '@trackway/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createModelVersionStore } from '../storage/sql/model-versions.ts'
import { createRegisteredModelStore } from '../storage/sql/registered-models.ts'
import { testEngines } from '../storage/sql/test-engines.ts'
import type { TestDatabase } from '../storage/sql/test-engines.ts'
import { at } from '../storage/sql/test-tracking.ts'
import { createModelVersionHandlers } from './model-versions.ts'

describe('the handlers of model versions', () => {
  let opened: TestDatabase
  let handlers: ReturnType<typeof createModelVersionHandlers>

  beforeEach(async () => {
    opened = await testEngines[0]!.open()
    handlers = createHandlers(null)
    const models = createRegisteredModelStore(opened.database)
    await models.create({ name: 'net', description: undefined, tags: [] }, at(1))
    await models.create(
      { name: 'greet', description: undefined, tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] },
      at(1),
    )
  })
  afterEach(() => opened.close())

  const createHandlers = (versionSourcePattern: string | null) =>
    createModelVersionHandlers({ versions: createModelVersionStore(opened.database) }, { versionSourcePattern })

  interface Reply {
    model_version: { version: string; user_id?: string; last_updated_timestamp: number; tags: unknown[] }
    model_versions: Reply['model_version'][]
    artifact_uri: string
  }

  const call = async <K extends keyof typeof handlers>(name: K, request: Request<K>): Promise<Reply> =>
    (await handlers[name](request as never, { user: 'ann' })) as unknown as Reply

  const create = (more: Partial<Request<'createModelVersion'>> = {}) =>
    call('createModelVersion', { name: 'net', source: 's3://b/a', ...more })

  const refused = (message: string | RegExp) =>
    expect.objectContaining({
      code: 'INVALID_PARAMETER_VALUE',
      message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
    })

  test('createModelVersion notes who and when; of several values of a tag the last counts', async () => {
    const before = Date.now()
    const tag = (value: string) => ({ key: 'k', value })
    const { model_version } = await create({ tags: [tag('a'), tag('b')] })
    expect(model_version).toMatchObject({ version: '1', user_id: 'ann', tags: [tag('b')], run_link: '' })
    expect(model_version.last_updated_timestamp).toBeGreaterThanOrEqual(before)
  })

  test.each<[request: Partial<Request<'createModelVersion'>>, message: string]>([
    [{ source: 's3://b/../a' }, 'Invalid model version source'],
    [{ source: 's'.repeat(10_001) }, "'source' exceeds the maximum length of 10000 characters"],
    [{ source: 'runs:/x/y' }, 'The run_id request parameter must identify'],
    [{ name: 'a/b' }, "Invalid model name 'a/b'"],
    [{ name: ' ' }, "Missing value for required parameter 'name'"],
    [{ name: 'a/b', source: 'http://h/x' }, "cannot use the 'http' scheme"],
    [{ tags: [{ key: 'a$', value: '' }] }, 'Invalid value "a$"'],
    [{ tags: [{ key: 'k'.repeat(251), value: '' }] }, "'key' exceeds the maximum length of 250 characters"],
    [{ tags: [{ key: 'k', value: 'v'.repeat(100_001) }] }, "'value' exceeds the maximum length of 100000 characters"],
    [
      { tags: [{ key: 'mlflow.prompt.text', value: 'v'.repeat(100_001) }] },
      'Prompt text exceeds max length of 100000 characters',
    ],
  ])('createModelVersion refuses %j', async (request, message) => {
    await expect(create(request)).rejects.toEqual(refused(message))
  })

  test('createModelVersion takes a placeholder for prompts, and nothing else', async () => {
    const prompt = { name: 'greet', tags: [{ key: 'mlflow.prompt.is_prompt', value: 'TRUE' }] }
    expect(await create({ ...prompt, source: 'dummy-source' })).toMatchObject({ model_version: { version: '1' } })
    await expect(create({ ...prompt, source: 's3://b/x' })).rejects.toEqual(
      refused(/^Invalid prompt source: 's3:\/\/b\/x'/),
    )
    await expect(create({ source: 'dummy-source' })).rejects.toEqual(refused('To use a local path'))
  })

  test('createModelVersion asks for the pattern of the server before all else', async () => {
    handlers = createHandlers('^s3://mine/')
    expect(await create({ source: 's3://mine/x' })).toMatchObject({ model_version: { version: '1' } })
    await expect(create({ source: 's3://other/../x', name: 'a/b' })).rejects.toEqual(
      refused(/^Invalid model version source: 's3:\/\/other\/\.\.\/x'\.$/),
    )
  })

  test('names, numbers and tags are judged before anything is looked up', async () => {
    const bad = { name: 'nope', version: 'latest' }
    for (const name of [
      'getModelVersion',
      'updateModelVersion',
      'deleteModelVersion',
      'getModelVersionDownloadUri',
      'getModelVersionLineage',
    ] as const) {
      await expect(call(name, bad), name).rejects.toEqual(refused("'version' must be an integer, got 'latest'"))
      await expect(call(name, { ...bad, name: 'a:b' }), name).rejects.toEqual(refused("Invalid model name 'a:b'"))
    }
    const one = { name: 'nope', version: '1' }
    await expect(call('setModelVersionTag', { ...one, key: 'a$', value: '' })).rejects.toEqual(refused('"a$"'))
    await expect(call('setModelVersionTag', { ...bad, key: 'a$', value: '' })).rejects.toEqual(refused('integer'))
    await expect(call('deleteModelVersionTag', { ...one, key: '../a' })).rejects.toEqual(refused('"../a"'))
    await expect(call('getModelVersionByAlias', { name: 'nope', alias: 'a b' })).rejects.toEqual(
      refused("Invalid alias name: 'a b'"),
    )
  })

  test('getLatestVersions takes stages in any letter case and refuses others', async () => {
    await create()
    for (const stages of [['none'], ['NONE', 'None', 'production'], [], undefined]) {
      const { model_versions } = await call('getLatestVersions', { name: 'net', stages })
      expect(model_versions.map(({ version }) => version)).toEqual(['1'])
    }
    expect((await call('getLatestVersions', { name: 'net', stages: ['Staging'] })).model_versions).toEqual([])
    for (const stage of ['bogus', '', ' Staging', 'Deleted_Internal']) {
      await expect(call('getLatestVersions', { name: 'net', stages: [stage] })).rejects.toEqual(
        refused(`Invalid Model Version stage: ${stage}. Value must be one of None, Staging, Production, Archived.`),
      )
    }
  })

  test('a version goes through its life', async () => {
    await create({ description: 'first' })
    const one = { name: 'net', version: '01' }
    expect(await call('getModelVersion', one)).toMatchObject({ model_version: { description: 'first' } })
    expect(await call('updateModelVersion', { ...one, description: '' })).toMatchObject({
      model_version: { description: '' },
    })
    await call('setModelVersionTag', { ...one, key: 'a', value: 'b' })
    await call('setModelVersionTag', { ...one, key: 'c', value: '' })
    await call('deleteModelVersionTag', { ...one, key: 'a' })
    expect((await call('getModelVersion', one)).model_version.tags).toEqual([{ key: 'c', value: '' }])
    expect(await call('getModelVersionDownloadUri', one)).toEqual({ artifact_uri: 's3://b/a' })
    expect(await call('getModelVersionLineage', one)).toEqual({ datasets: [] })
    expect(await call('getModelVersionByAlias', { name: 'net', alias: 'latest' })).toMatchObject({
      model_version: { version: '1' },
    })
    expect(await call('deleteModelVersion', one)).toEqual({})
    await expect(call('getModelVersion', one)).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'Model Version (name=net, version=1) not found',
    })
  })

  test('searchModelVersions checks how many, filter and order', async () => {
    for (const max_results of [0, -1, 200_001]) {
      await expect(call('searchModelVersions', { max_results })).rejects.toEqual(refused("'max_results'"))
    }
    await expect(call('searchModelVersions', { filter: 'bogus = 1' })).rejects.toEqual(refused('bogus'))
    await expect(call('searchModelVersions', { order_by: ['bogus'] })).rejects.toEqual(refused('bogus'))
    await create()
    expect((await call('searchModelVersions', { filter: "name = 'net'" })).model_versions).toHaveLength(1)
  })
})
