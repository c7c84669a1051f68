import type { Request } from '@trackway/api'
import { at } from '../storage/sql/test-tracking.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { anonymous } from '../access/caller.ts'
import { testEngines } from '../storage/sql/test-engines.ts'
import type { TestDatabase } from '../storage/sql/test-engines.ts'
import { createTrackingStore } from '../storage/sql/tracking-store.ts'
import { createLoggedModelHandlers } from './logged-models.ts'

describe('the handlers of logged models', () => {
  let opened: TestDatabase
  let handlers: ReturnType<typeof createLoggedModelHandlers>
  let experimentId: string

  beforeEach(async () => {
    opened = await testEngines[0]!.open()
    const store = createTrackingStore(opened.database, 'mlflow-artifacts:')
    handlers = createLoggedModelHandlers(store)
    experimentId = await store.experiments.create({ name: 'e', artifactLocation: undefined, tags: [] }, at(1))
  })
  afterEach(() => opened.close())

  interface Reply {
    model: { info: { model_id: string; name: string; status: string; tags: unknown[] }; data: { params: unknown[] } }
    models: Reply['model'][]
    next_page_token?: string
  }

  const call = async <K extends keyof typeof handlers>(name: K, request: Request<K>): Promise<Reply> =>
    (await handlers[name](request as never, anonymous)) as unknown as Reply

  const create = async (more: Partial<Request<'createLoggedModel'>> = {}) =>
    (await call('createLoggedModel', { experiment_id: experimentId, ...more })).model

  const refused = (message: string | RegExp) => ({
    code: 'INVALID_PARAMETER_VALUE',
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  })

  test('createLoggedModel makes ids and, where none is given, names', async () => {
    expect((await create({ name: 'a model' })).info).toMatchObject({
      model_id: expect.stringMatching(/^m-[0-9a-f]{32}$/),
      name: 'a model',
      status: 'LOGGED_MODEL_PENDING',
    })
    expect((await create({ name: '' })).info.name).toMatch(/^[a-z]+-[a-z]+-\d+$/)
    expect((await create()).info.name).toMatch(/^[a-z]+-[a-z]+-\d+$/)
  })

  test.each(['a/b', 'a:b', 'a.b', 'a%b', 'a"b', "a'b"])('createLoggedModel refuses the name %s', async (name) => {
    await expect(create({ name })).rejects.toMatchObject(refused(`Invalid model name ('${name}') provided.`))
  })

  test('createLoggedModel limits names and keys, not values', async () => {
    const long = (length: number) => '𝒳'.repeat(length)
    const value = 'v'.repeat(20_000)
    const kept = await create({ name: long(500), params: [{ key: long(250), value }], tags: [{ key: 'a\n/', value }] })
    expect(kept.data.params).toEqual([{ key: long(250), value }])
    expect(kept.info.tags).toEqual([{ key: 'a\n/', value }])
    await expect(create({ name: long(501) })).rejects.toMatchObject(
      refused("'name' exceeds the maximum length of 500 characters"),
    )
    for (const pairs of ['params', 'tags'] as const) {
      await expect(create({ [pairs]: [{ key: long(251), value: '' }] })).rejects.toMatchObject(
        refused("'key' exceeds the maximum length of 250 characters"),
      )
    }
  })

  test('a param may stand once in a request, the last of several tags counts', async () => {
    const twice = [1, 2].map((value) => ({ key: 'k', value: String(value) }))
    const { info } = await create({ tags: twice })
    expect(info.tags).toEqual([{ key: 'k', value: '2' }])
    const sentence = "Duplicate parameter keys have been submitted: ['k']."
    await expect(create({ params: twice })).rejects.toMatchObject(refused(sentence))
    const more = call('logLoggedModelParams', { model_id: info.model_id, params: twice })
    await expect(more).rejects.toMatchObject(refused(sentence))
  })

  test('finalizeLoggedModel takes every status but UNSPECIFIED', async () => {
    const { info } = await create()
    for (const status of ['LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED', 'LOGGED_MODEL_PENDING'] as const) {
      const { model } = await call('finalizeLoggedModel', { model_id: info.model_id, status })
      expect(model.info.status).toBe(status)
    }
    const unspecified = { model_id: info.model_id, status: 'LOGGED_MODEL_STATUS_UNSPECIFIED' } as const
    await expect(call('finalizeLoggedModel', unspecified)).rejects.toMatchObject(
      refused('it must be LOGGED_MODEL_READY'),
    )
  })

  test('tags are set, replaced and deleted, params are added', async () => {
    const { model_id } = (await create()).info
    const tags = [{ key: 't', value: '1' }]
    expect(await call('setLoggedModelTags', { model_id, tags })).toEqual({})
    expect(await call('logLoggedModelParams', { model_id, params: [{ key: 'p', value: '' }] })).toEqual({})
    expect((await call('getLoggedModel', { model_id })).model).toMatchObject({
      info: { tags },
      data: { params: [{ key: 'p', value: '' }] },
    })
    expect(await call('deleteLoggedModelTag', { model_id, tag_key: 't' })).toEqual({})
    expect((await call('getLoggedModel', { model_id })).model.info.tags).toEqual([])
  })

  test('getLoggedModel finds a deleted model only with allow_deleted', async () => {
    const { model_id } = (await create()).info
    expect(await call('deleteLoggedModel', { model_id })).toEqual({})
    await expect(call('getLoggedModel', { model_id })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: `Logged model with ID '${model_id}' not found.`,
    })
    expect((await call('getLoggedModel', { model_id, allow_deleted: true })).model.info.model_id).toBe(model_id)
  })

  test('searchLoggedModels takes 100 where max_results is absent or 0, and pages on', async () => {
    const made: string[] = []
    for (let index = 0; index < 102; index++) made.push((await create({ name: `n${index}` })).info.model_id)
    const request = { experiment_ids: [experimentId], filter: "name LIKE 'n%'", page_token: '' }
    const first = await call('searchLoggedModels', { ...request, max_results: 0 })
    expect(first.models).toHaveLength(100)
    const { next_page_token } = await call('searchLoggedModels', request)
    const rest = await call('searchLoggedModels', { ...request, page_token: next_page_token })
    expect(rest.next_page_token).toBeUndefined()
    const found = [...first.models, ...rest.models].map((model) => model.info.model_id)
    expect(found.toSorted()).toEqual(made.toSorted())
  })

  test('searchLoggedModels passes order and datasets on', async () => {
    for (const name of ['b', 'c', 'a']) await create({ name })
    const names = async (more: Partial<Request<'searchLoggedModels'>>) =>
      (await call('searchLoggedModels', { experiment_ids: [experimentId], ...more })).models.map(
        (model) => model.info.name,
      )
    expect(await names({ order_by: [{ field_name: 'name' }] })).toEqual(['a', 'b', 'c'])
    expect(await names({ order_by: [{ field_name: 'name', ascending: false }] })).toEqual(['c', 'b', 'a'])
    expect(await names({ datasets: [{ dataset_name: 'd' }] })).toEqual([])
  })

  test.each<[Partial<Request<'searchLoggedModels'>>, string]>([
    [{ experiment_ids: undefined }, "Missing value for required parameter 'experiment_ids'."],
    [{ max_results: -1 }, "Invalid value -1 for parameter 'max_results'"],
    [{ max_results: 50_001 }, "Invalid value 50001 for parameter 'max_results'"],
    [{ filter: 'name >' }, 'Invalid'],
    [{ order_by: [{ field_name: 'foo' }] }, 'Invalid order by field name: foo'],
    [{ page_token: 'x' }, 'Invalid page token, '],
  ])('searchLoggedModels refuses %j', async (change, sentence) => {
    const request = { experiment_ids: [experimentId], ...change }
    await expect(call('searchLoggedModels', request)).rejects.toMatchObject(refused(sentence))
  })
})
