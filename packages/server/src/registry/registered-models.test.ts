import type { Request } from '@trackway/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from '../storage/sql/test-engines.ts'
import { openRegistry } from '../storage/sql/test-registry.ts'
import type { TestRegistry } from '../storage/sql/test-registry.ts'
import { createRegisteredModelHandlers } from './registered-models.ts'

const promptTag = { key: 'mlflow.prompt.is_prompt', value: 'true' }

describe('the handlers of registered models', () => {
  let registry: TestRegistry
  let handlers: ReturnType<typeof createRegisteredModelHandlers>

  beforeEach(async () => {
    registry = await openRegistry(testEngines[0]!.open)
    handlers = createRegisteredModelHandlers(registry)
  })
  afterEach(() => registry.close())

  interface Model {
    readonly name: string
    readonly description?: string
    readonly creation_timestamp: number
    readonly last_updated_timestamp: number
    readonly user_id?: string
    readonly tags: readonly unknown[]
    readonly aliases: readonly unknown[]
  }

  interface Reply {
    readonly registered_model: Model
    readonly registered_models: readonly Model[]
    readonly registered_model_databricks: Readonly<Record<string, unknown>>
    readonly next_page_token?: string
  }

  const call = async <K extends keyof typeof handlers>(name: K, request: Request<K>): Promise<Reply> =>
    (await handlers[name](request as never, { user: 'ann' })) as unknown as Reply
  const create = (name: string, more: Partial<Request<'createRegisteredModel'>> = {}) =>
    call('createRegisteredModel', { name, ...more })
  const namesOf = ({ registered_models }: Reply) => registered_models.map(({ name }) => name)

  const refused = (message: string) => ({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) })

  test('createRegisteredModel makes what getRegisteredModel gives; the last of several tags counts', async () => {
    const begun = Date.now()
    const tags = [
      { key: 'a', value: '1' },
      { key: 'b', value: '' },
      { key: 'a', value: '2' },
    ]
    const { registered_model } = await create('m', { tags, description: 'd' })
    expect(registered_model).toMatchObject({ name: 'm', description: 'd', user_id: 'ann' })
    expect(registered_model.tags).toEqual([
      { key: 'a', value: '2' },
      { key: 'b', value: '' },
    ])
    expect(registered_model.creation_timestamp).toBeGreaterThanOrEqual(begun)
    expect(await call('getRegisteredModel', { name: 'm' })).toEqual({ registered_model })
  })

  test('every request checks the name before all else', async () => {
    const name = 'a/b'
    const bad = refused("Invalid model name 'a/b'. Names cannot contain '/' or ':'.")
    for (const attempt of [
      create(name, { tags: [{ key: '$', value: '' }] }),
      call('getRegisteredModel', { name }),
      call('renameRegisteredModel', { name, new_name: 'n' }),
      call('updateRegisteredModel', { name }),
      call('deleteRegisteredModel', { name }),
      call('setRegisteredModelTag', { name, key: '$', value: '' }),
      call('deleteRegisteredModelTag', { name, key: '$' }),
      call('setRegisteredModelAlias', { name, alias: 'a b', version: 'x' }),
      call('deleteRegisteredModelAlias', { name, alias: 'a b' }),
      call('getDatabricksRegisteredModel', { name }),
    ]) {
      await expect(attempt).rejects.toMatchObject(bad)
    }
  })

  test('names have at most 256 characters, of new models and new names; tags are checked, and nothing is stored', async () => {
    await create('m')
    const long = 'x'.repeat(257)
    await expect(create(long)).rejects.toMatchObject(refused("'name' exceeds the maximum length of 256 characters"))
    await expect(call('renameRegisteredModel', { name: 'm', new_name: long })).rejects.toMatchObject(
      refused("'new_name' exceeds the maximum length of 256 characters"),
    )
    await expect(create('n', { tags: [{ key: 'a$', value: '' }] })).rejects.toMatchObject(refused('"a$"'))
    await expect(
      call('setRegisteredModelTag', { name: 'm', key: 'a', value: 'x'.repeat(100_001) }),
    ).rejects.toMatchObject(refused("'value' exceeds the maximum length of 100000 characters"))
    expect(namesOf(await call('listRegisteredModels', {}))).toEqual(['m'])
  })

  test('renameRegisteredModel checks the new name before it looks for the model', async () => {
    const rename = (name: string, new_name?: string) => call('renameRegisteredModel', { name, new_name })
    for (const blank of [undefined, '', '  ']) {
      await expect(rename('none', blank)).rejects.toMatchObject(
        refused("Missing value for required parameter 'new_name'"),
      )
    }
    await expect(rename('none', 'a:b')).rejects.toMatchObject(refused("Invalid model name 'a:b'"))
    await expect(rename('none', 'm')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await create('m')
    expect((await rename('m', 'n')).registered_model.name).toBe('n')
  })

  test('updateRegisteredModel leaves a description that is absent, and clears it by an empty one', async () => {
    await create('m', { description: 'd' })
    expect((await call('updateRegisteredModel', { name: 'm' })).registered_model.description).toBe('d')
    expect((await call('updateRegisteredModel', { name: 'm', description: '' })).registered_model.description).toBe(
      undefined,
    )
  })

  test('tags and aliases are set and removed', async () => {
    await create('m')
    await registry.newVersion('m')
    await call('setRegisteredModelTag', { name: 'm', key: 'a', value: '1' })
    await call('setRegisteredModelAlias', { name: 'm', alias: 'champion', version: '01' })
    const { registered_model } = await call('getRegisteredModel', { name: 'm' })
    expect(registered_model.tags).toEqual([{ key: 'a', value: '1' }])
    expect(registered_model.aliases).toEqual([{ alias: 'champion', version: '1' }])
    await call('deleteRegisteredModelTag', { name: 'm', key: 'a' })
    await call('deleteRegisteredModelAlias', { name: 'm', alias: 'champion' })
    expect((await call('getRegisteredModel', { name: 'm' })).registered_model).toMatchObject({ tags: [], aliases: [] })
  })

  test('setRegisteredModelAlias checks alias, then version, then what is stored; removing a reserved one is no error', async () => {
    await create('m')
    const set = (alias: string, version: string) => call('setRegisteredModelAlias', { name: 'm', alias, version })
    await expect(set('a b', 'x')).rejects.toMatchObject(refused("Invalid alias name: 'a b'"))
    await expect(set('Latest', 'x')).rejects.toMatchObject(refused('reserved'))
    await expect(set('v1', 'x')).rejects.toMatchObject(refused("Version alias name 'v1' is reserved."))
    await expect(set('ok', 'x')).rejects.toMatchObject(refused("Parameter 'version' must be an integer, got 'x'."))
    for (const version of ['0', '-1', '7', '9'.repeat(30)]) {
      await expect(set('ok', version)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    }
    expect(await call('deleteRegisteredModelAlias', { name: 'm', alias: 'latest' })).toEqual({})
  })

  test('searchRegisteredModels and listRegisteredModels give pages by name, without prompts', async () => {
    for (const name of ['c', 'a', 'b']) await create(name)
    await create('prompt', { tags: [promptTag] })
    const first = await call('searchRegisteredModels', { max_results: 2, filter: "name != 'x'" })
    expect(namesOf(first)).toEqual(['a', 'b'])
    const rest = { max_results: 2, filter: "name != 'x'", page_token: first.next_page_token }
    expect(await call('searchRegisteredModels', rest)).toMatchObject({
      registered_models: [{ name: 'c' }],
      next_page_token: undefined,
    })
    const listed = await call('listRegisteredModels', { max_results: 1, page_token: '' })
    expect(namesOf(listed)).toEqual(['a'])
    expect(namesOf(await call('listRegisteredModels', { max_results: 5, page_token: listed.next_page_token }))).toEqual(
      ['b', 'c'],
    )
    expect(
      namesOf(await call('searchRegisteredModels', { filter: "tags.`mlflow.prompt.is_prompt` = 'true'" })),
    ).toEqual(['prompt'])
    expect(namesOf(await call('searchRegisteredModels', { order_by: ['name DESC'] }))).toEqual(['c', 'b', 'a'])
  })

  test('searches give 100 models unless told otherwise, and refuse pages of none or of more than 1,000', async () => {
    await registry.fill(async () => {
      for (let index = 0; index < 101; index++) await registry.newModel(`m${index}`)
    })
    for (const endpoint of ['searchRegisteredModels', 'listRegisteredModels'] as const) {
      expect(namesOf(await call(endpoint, {}))).toHaveLength(100)
      expect(namesOf(await call(endpoint, { max_results: 1000 }))).toHaveLength(101)
      for (const max_results of [0, -1, 1001, 2n ** 62n]) {
        await expect(call(endpoint, { max_results })).rejects.toMatchObject(refused("for parameter 'max_results'"))
      }
    }
  })

  test('getDatabricksRegisteredModel gives the id, and that the caller may do all', async () => {
    await create('m', { description: 'd', tags: [{ key: 'a', value: '1' }] })
    const reply = await call('getDatabricksRegisteredModel', { name: 'm' })
    expect(reply.registered_model_databricks).toMatchObject({
      id: await registry.models.getId('m'),
      name: 'm',
      description: 'd',
      tags: [{ key: 'a', value: '1' }],
      permission_level: 'CAN_MANAGE',
    })
    await expect(call('getDatabricksRegisteredModel', { name: 'none' })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })

  test('deleteRegisteredModel forgets the model', async () => {
    await create('m')
    expect(await call('deleteRegisteredModel', { name: 'm' })).toEqual({})
    await expect(call('getRegisteredModel', { name: 'm' })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'Registered Model with name=m not found',
    })
  })
})
