import sql from 'sql-template-tag'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { query } from './query.ts'
import { testEngines } from './test-engines.ts'
import { by, openRegistry, pairs } from './test-registry.ts'
import type { TestRegistry } from './test-registry.ts'

const exists = (message: string) => ({ code: 'RESOURCE_ALREADY_EXISTS', message: expect.stringContaining(message) })
const missing = (message: string) => ({ code: 'RESOURCE_DOES_NOT_EXIST', message })
const unknown = missing('Registered Model with name=none not found')
const prompt = { 'mlflow.prompt.is_prompt': 'true' }

const addRules = query<Record<never, never>, unknown>(
  () => sql`insert into approval_rules (model_id, to_stage, from_stage)
    select id, 'Production', '' from registered_models`,
)
const addComments = query<Record<never, never>, unknown>(
  () => sql`insert into model_version_activities (version_id, activity_type, user_id, creation_time, last_update_time)
    select id, 'NEW_COMMENT', 'ann', 1, 1 from model_versions`,
)

describe.each(testEngines)('the store of registered models on $engine', ({ open }) => {
  let registry: TestRegistry
  let models: TestRegistry['models']

  beforeEach(async () => {
    registry = await openRegistry(open)
    models = registry.models
  })
  afterEach(() => registry.close())

  test('create gives what get gives, and tells of it', async () => {
    const tags = pairs({ a: '1', b: '' })
    const made = await models.create({ name: 'm', description: 'about', tags }, by(5))
    expect(made).toEqual({
      name: 'm',
      creation_timestamp: 5,
      last_updated_timestamp: 5,
      user_id: 'ann',
      description: 'about',
      latest_versions: [],
      tags,
      aliases: [],
    })
    expect(await models.get('m')).toEqual(made)
    expect(await registry.events()).toEqual([
      { kind: 'registered_model.created', data: { name: 'm', tags: { a: '1', b: '' }, description: 'about' } },
    ])
  })

  test('an empty description is none, nobody is no user', async () => {
    const made = await models.create({ name: 'm', description: '', tags: [] }, by(1, ''))
    expect([made.description, made.user_id]).toEqual([undefined, undefined])
    expect((await registry.events())[0]?.data).toEqual({ name: 'm', tags: {}, description: null })
  })

  test('names are taken by models and prompts together, in their exact spelling', async () => {
    await registry.newModel('m')
    await registry.newModel('p', { tags: prompt })
    await registry.newModel('M')
    const create = (name: string, tags = {}) => models.create({ name, description: '', tags: pairs(tags) }, by(2))
    await expect(create('m')).rejects.toMatchObject(exists('Registered Model (name=m) already exists.'))
    await expect(create('p', prompt)).rejects.toMatchObject(exists('Prompt (name=p) already exists.'))
    await expect(create('p')).rejects.toMatchObject(
      exists("Tried to create a registered model with name 'p', but the name is already taken by a prompt."),
    )
    await expect(create('m', prompt)).rejects.toMatchObject(
      exists("Tried to create a prompt with name 'm', but the name is already taken by a registered model."),
    )
    expect(await registry.events()).toHaveLength(3)
  })

  test('get gives the newest version of each stage, aliases and tags', async () => {
    await registry.newModel('m', { tags: { b: '2', a: '1' } })
    for (const stage of ['Production', 'Production', 'None', 'Archived', 'None'] as const) {
      await registry.newVersion('m', { stage, time: 7 })
    }
    await models.setAlias('m', 'z', 1, by(8))
    await models.setAlias('m', 'champion', 2, by(8))
    const { latest_versions, aliases, tags, last_updated_timestamp } = await models.get('m')
    expect(latest_versions?.map((one) => `${one.current_stage} ${one.version}`).toSorted()).toEqual([
      'Archived 4',
      'None 5',
      'Production 2',
    ])
    expect(latest_versions?.every((one) => one.aliases === undefined)).toBe(true)
    expect(aliases).toEqual([
      { alias: 'champion', version: '2' },
      { alias: 'z', version: '1' },
    ])
    expect(tags).toEqual(pairs({ a: '1', b: '2' }))
    expect(last_updated_timestamp).toBe(7)
  })

  test('getId stays the same when the name changes', async () => {
    await registry.newModel('other')
    await registry.newModel('m')
    const id = await models.getId('m')
    await models.rename('m', 'n', by(2))
    expect(await models.getId('n')).toBe(id)
    expect(await models.getId('other')).not.toBe(id)
  })

  test('rename takes versions, tags and aliases along, and moves all times', async () => {
    await registry.newModel('m', { description: 'd', tags: { a: '1' } })
    await registry.newVersion('m')
    await models.setAlias('m', 'champion', 1, by(1))
    const renamed = await models.rename('m', 'n', by(9))
    expect(renamed).toMatchObject({
      name: 'n',
      description: 'd',
      creation_timestamp: 1,
      last_updated_timestamp: 9,
      tags: pairs({ a: '1' }),
      aliases: [{ alias: 'champion', version: '1' }],
      latest_versions: [{ name: 'n', version: '1', last_updated_timestamp: 9 }],
    })
    await expect(models.get('m')).rejects.toMatchObject(missing('Registered Model with name=m not found'))
    expect((await registry.events()).at(-1)).toEqual({
      kind: 'registered_model.renamed',
      data: { name: 'm', new_name: 'n' },
    })
  })

  test('rename refuses a taken name; onto itself it moves the times and is no event', async () => {
    await registry.newModel('m')
    await registry.newModel('taken')
    await expect(models.rename('m', 'taken', by(2))).rejects.toMatchObject(
      exists('Registered Model (name=taken) already exists.'),
    )
    expect(await models.rename('m', 'm', by(3))).toMatchObject({ name: 'm', last_updated_timestamp: 3 })
    expect(await registry.events()).toHaveLength(2)
  })

  test('describe sets, clears or leaves the description, and moves the time', async () => {
    await registry.newModel('m')
    expect(await models.describe('m', 'd', by(2))).toMatchObject({ description: 'd', last_updated_timestamp: 2 })
    expect(await models.describe('m', undefined, by(3))).toMatchObject({ description: 'd', last_updated_timestamp: 3 })
    expect((await models.describe('m', '', by(4))).description).toBeUndefined()
    expect((await registry.events()).slice(1)).toEqual(
      ['d', 'd', null].map((description) => ({ kind: 'registered_model.updated', data: { name: 'm', description } })),
    )
  })

  test('delete takes all that belongs to the model, and nothing else; the event names versions in Production', async () => {
    const { database } = registry
    const tables = ['registered_models', 'registered_model_tags', 'registered_model_aliases', 'model_versions']
    const others = ['model_version_tags', 'model_version_activities', 'approval_rules']
    const counts = async () => {
      const selects = [...tables, ...others].map((table) => `(select count(*) from ${table})`)
      return (await database.dynamic(sql([`select ${selects.join(', ')}`])))[0]
    }
    for (const name of ['m', 'kept']) {
      await registry.newModel(name, { tags: { a: '1' } })
      for (const stage of ['Production', 'None', 'Production'] as const) {
        await registry.newVersion(name, { stage, tags: { b: '2' } })
      }
      await models.setAlias(name, 'champion', 2, by(1))
    }
    await database.run(addRules, {})
    await database.run(addComments, {})
    expect(await counts()).toEqual([2, 2, 2, 6, 6, 6, 2])
    await models.delete('m', by(5))
    expect(await counts()).toEqual([1, 1, 1, 3, 3, 3, 1])
    expect((await models.get('kept')).aliases).toHaveLength(1)
    expect((await registry.events()).at(-1)).toEqual({
      kind: 'registered_model.deleted',
      data: { name: 'm', production_versions: ['1', '3'] },
    })
    await registry.newModel('m')
    expect(await registry.newVersion('m')).toBe(1)
    expect((await models.get('m')).aliases).toEqual([])
  })

  test('tags are set, replaced and removed without moving the time; one that is not there is no error', async () => {
    await registry.newModel('m')
    await models.setTag('m', { key: 'a', value: '1' }, by(2))
    await models.setTag('m', { key: 'a', value: '2' }, by(2))
    expect(await models.get('m')).toMatchObject({ tags: pairs({ a: '2' }), last_updated_timestamp: 1 })
    await models.deleteTag('m', 'a', by(3))
    await models.deleteTag('m', 'a', by(3))
    expect((await models.get('m')).tags).toEqual([])
    expect((await registry.events()).slice(1)).toEqual([
      { kind: 'registered_model_tag.set', data: { name: 'm', key: 'a', value: '1' } },
      { kind: 'registered_model_tag.set', data: { name: 'm', key: 'a', value: '2' } },
      { kind: 'registered_model_tag.deleted', data: { name: 'm', key: 'a' } },
    ])
  })

  test('an alias moves from version to version, minding letter case, and goes without an error twice', async () => {
    await registry.newModel('m')
    await registry.newVersion('m')
    await registry.newVersion('m')
    await models.setAlias('m', 'champ', 1, by(2))
    await models.setAlias('m', 'CHAMP', 1, by(2))
    await models.setAlias('m', 'champ', 2, by(2))
    expect((await models.get('m')).aliases).toEqual([
      { alias: 'CHAMP', version: '1' },
      { alias: 'champ', version: '2' },
    ])
    await models.deleteAlias('m', 'champ', by(3))
    await models.deleteAlias('m', 'champ', by(3))
    expect(await models.get('m')).toMatchObject({
      aliases: [{ alias: 'CHAMP', version: '1' }],
      last_updated_timestamp: 1,
    })
    expect((await registry.events()).slice(3)).toEqual([
      { kind: 'model_version_alias.created', data: { name: 'm', alias: 'champ', version: '1' } },
      { kind: 'model_version_alias.created', data: { name: 'm', alias: 'CHAMP', version: '1' } },
      { kind: 'model_version_alias.created', data: { name: 'm', alias: 'champ', version: '2' } },
      { kind: 'model_version_alias.deleted', data: { name: 'm', alias: 'champ' } },
    ])
  })

  test('an alias needs a version that is there', async () => {
    await registry.newModel('m')
    await expect(models.setAlias('m', 'champ', 1, by(2))).rejects.toMatchObject(
      missing('Model Version (name=m, version=1) not found'),
    )
    await expect(models.setAlias('none', 'champ', 1, by(2))).rejects.toMatchObject(
      missing('Model Version (name=none, version=1) not found'),
    )
    expect((await models.get('m')).aliases).toEqual([])
  })

  test('what is done to prompts is told as prompts', async () => {
    await registry.newModel('p', { tags: { ...prompt, a: '1' } })
    await registry.newVersion('p', { source: 'dummy-source', tags: prompt })
    const before = (await registry.events()).length
    await models.setTag('p', { key: 'a', value: '2' }, by(2))
    await models.deleteTag('p', 'a', by(2))
    await models.setAlias('p', 'best', 1, by(2))
    await models.deleteAlias('p', 'best', by(2))
    await models.describe('p', 'd', by(2))
    await models.rename('p', 'q', by(2))
    await models.delete('q', by(2))
    const events = await registry.events()
    expect(events[0]).toEqual({ kind: 'prompt.created', data: { name: 'p', tags: { a: '1' }, description: null } })
    expect(events.slice(before)).toEqual([
      { kind: 'prompt_tag.set', data: { name: 'p', key: 'a', value: '2' } },
      { kind: 'prompt_tag.deleted', data: { name: 'p', key: 'a' } },
      { kind: 'prompt_alias.created', data: { name: 'p', alias: 'best', version: '1' } },
      { kind: 'prompt_alias.deleted', data: { name: 'p', alias: 'best' } },
      { kind: 'prompt.updated', data: { name: 'p', description: 'd' } },
      { kind: 'prompt.renamed', data: { name: 'p', new_name: 'q' } },
      { kind: 'prompt.deleted', data: { name: 'q' } },
    ])
  })

  test('the tag that marks prompts makes and unmakes them', async () => {
    await registry.newModel('m')
    const key = 'mlflow.prompt.is_prompt'
    const listed = () => registry.findModels({})
    await models.setTag('m', { key, value: 'TRUE' }, by(2))
    expect(await listed()).toEqual([])
    await models.setTag('m', { key, value: 'false' }, by(2))
    expect(await listed()).toEqual(['m'])
    await models.setTag('m', { key, value: 'true' }, by(2))
    await models.deleteTag('m', key, by(2))
    expect(await listed()).toEqual(['m'])
    expect((await registry.events()).slice(1).map(({ kind }) => kind)).toEqual([
      'prompt_tag.set',
      'registered_model_tag.set',
      'prompt_tag.set',
      'registered_model_tag.deleted',
    ])
  })

  test('an unknown name is told in MLflow’s words, and changes nothing', async () => {
    await registry.newModel('m')
    for (const attempt of [
      models.get('none'),
      models.getId('none'),
      models.rename('none', 'm', by(2)),
      models.describe('none', 'd', by(2)),
      models.delete('none', by(2)),
      models.setTag('none', { key: 'a', value: '' }, by(2)),
      models.deleteTag('none', 'a', by(2)),
      models.deleteAlias('none', 'a', by(2)),
    ]) {
      await expect(attempt).rejects.toMatchObject(unknown)
    }
    expect(await registry.events()).toHaveLength(1)
  })
})
