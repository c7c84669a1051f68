import sql from 'sql-template-tag'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { ModelVersionStore, NewModelVersion, RegisteredModelStore } from '../../registry/store.ts'
import { eventsAfter } from './events.ts'
import { createModelVersionStore } from './model-versions.ts'
import { latestVersionKeys, readListedVersions } from './model-version-rows.ts'
import { findModel } from './registered-model-rows.ts'
import { createRegisteredModelStore } from './registered-models.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'
import { at } from './test-tracking.ts'
import { createTransitionStore } from './transitions.ts'

describe.each(testEngines)('the model version store on $engine', ({ open }) => {
  let opened: TestDatabase
  let models: RegisteredModelStore
  let versions: ModelVersionStore

  beforeEach(async () => {
    opened = await open()
    models = createRegisteredModelStore(opened.database)
    versions = createModelVersionStore(opened.database)
    await models.create({ name: 'net', description: undefined, tags: [] }, at(1))
  })
  afterEach(() => opened.close())

  const create = (more: Partial<NewModelVersion> = {}, time = 10) =>
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
      { user: 'ann', time },
    )

  const moveTo = (version: number, stage: 'Staging' | 'Production' | 'Archived') =>
    createTransitionStore(opened.database).apply(
      { name: 'net', version, stage, archiveExisting: false, comment: undefined },
      at(20),
    )

  const events = async () => (await eventsAfter(opened.database, 0, 1000)).map(({ kind, data }) => [kind, data])

  const unknown = (message: string) => expect.objectContaining({ code: 'RESOURCE_DOES_NOT_EXIST', message })
  const refused = (message: RegExp) =>
    expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(message) })

  test('create gives the whole version and moves the time of its model', async () => {
    const tags = [{ key: 'k', value: 'v' }]
    const made = await create({ runId: 'elsewhere', runLink: 'http://r', description: 'd', tags })
    expect(made).toEqual({
      name: 'net',
      version: '1',
      creation_timestamp: 10,
      last_updated_timestamp: 10,
      user_id: 'ann',
      current_stage: 'None',
      description: 'd',
      source: 's3://b/a',
      run_id: 'elsewhere',
      status: 'READY',
      run_link: 'http://r',
      tags,
    })
    expect(await versions.get('net', 1)).toEqual(made)
    expect(await versions.downloadUri('net', 1)).toBe('s3://b/a')
    expect((await models.get('net')).last_updated_timestamp).toBe(10)
    expect((await events()).at(-1)).toEqual([
      'model_version.created',
      { name: 'net', version: '1', source: 's3://b/a', run_id: 'elsewhere', tags: { k: 'v' }, description: 'd' },
    ])
    expect(await create()).toMatchObject({ version: '2', description: '', run_id: '', run_link: '', tags: [] })
    expect((await events()).at(-1)).toEqual([
      'model_version.created',
      { name: 'net', version: '2', source: 's3://b/a', run_id: null, tags: {}, description: null },
    ])
  })

  test('create counts on, whatever was deleted', async () => {
    for (let version = 1; version <= 5; version++) expect((await create()).version).toBe(String(version))
    await versions.delete('net', 5, at(2))
    await versions.delete('net', 3, at(2))
    expect((await create()).version).toBe('6')
    await models.delete('net', at(2))
    await expect(create()).rejects.toEqual(unknown('Registered Model with name=net not found'))
    await models.create({ name: 'net', description: undefined, tags: [] }, at(3))
    expect((await create()).version).toBe('1')
  })

  test('create leaves nothing where it fails', async () => {
    await expect(create({ modelId: 'm-none' })).rejects.toEqual(unknown("Logged model with ID 'm-none' not found."))
    expect((await models.get('net')).last_updated_timestamp).toBe(1)
    expect(await events()).toHaveLength(1)
    expect((await create()).version).toBe('1')
  })

  test('unknown models and versions are told by the sentence for versions', async () => {
    await create()
    for (const [name, version] of [
      ['net', 2],
      ['net', 0],
      ['net', -1],
      ['net', 1e30],
      ['nope', 1],
    ] as const) {
      const error = unknown(`Model Version (name=${name}, version=${version}) not found`)
      await expect(versions.get(name, version)).rejects.toEqual(error)
      await expect(versions.describe(name, version, 'd', at(2))).rejects.toEqual(error)
      await expect(versions.delete(name, version, at(2))).rejects.toEqual(error)
      await expect(versions.setTag(name, version, { key: 'k', value: 'v' }, at(2))).rejects.toEqual(error)
      await expect(versions.deleteTag(name, version, 'k', at(2))).rejects.toEqual(error)
      await expect(versions.downloadUri(name, version)).rejects.toEqual(error)
      await expect(versions.artifactUri(name, version)).rejects.toEqual(error)
      await expect(versions.lineage(name, version)).rejects.toEqual(error)
    }
  })

  test('describe sets, clears and leaves the description, and moves the time of the version only', async () => {
    await create()
    expect(await versions.describe('net', 1, 'new', at(11))).toMatchObject({
      description: 'new',
      creation_timestamp: 10,
      last_updated_timestamp: 11,
    })
    expect(await versions.describe('net', 1, undefined, at(12))).toMatchObject({
      description: 'new',
      last_updated_timestamp: 12,
    })
    expect((await events()).at(-1)).toEqual([
      'model_version.updated',
      { name: 'net', version: '1', description: 'new' },
    ])
    expect(await versions.describe('net', 1, '', at(13))).toMatchObject({ description: '' })
    expect((await events()).at(-1)).toEqual(['model_version.updated', { name: 'net', version: '1', description: null }])
    expect((await models.get('net')).last_updated_timestamp).toBe(10)
  })

  test('delete takes tags, aliases and activities along', async () => {
    await create({ tags: [{ key: 'k', value: 'v' }] })
    await create()
    await models.setAlias('net', 'champ', 1, at(11))
    await models.setAlias('net', 'next', 2, at(11))
    await moveTo(1, 'Production')
    await versions.delete('net', 1, at(30))
    expect((await events()).at(-1)).toEqual([
      'model_version.deleted',
      { name: 'net', version: '1', stage: 'Production' },
    ])
    expect(await models.get('net')).toMatchObject({
      last_updated_timestamp: 30,
      aliases: [{ alias: 'next', version: '2' }],
    })
    await expect(versions.getByAlias('net', 'champ')).rejects.toEqual(
      refused(/^Registered model alias champ not found/),
    )
    for (const table of [sql`model_version_tags`, sql`model_version_activities`]) {
      expect(await opened.database.dynamic(sql`select * from ${table}`), table.sql).toEqual([])
    }
  })

  test('tags are set, replaced and removed without moving any time', async () => {
    await create()
    await versions.setTag('net', 1, { key: 'k', value: 'a' }, at(20))
    await versions.setTag('net', 1, { key: 'k', value: '' }, at(20))
    await versions.setTag('net', 1, { key: 'a', value: 'b' }, at(20))
    expect(await versions.get('net', 1)).toMatchObject({
      tags: [
        { key: 'a', value: 'b' },
        { key: 'k', value: '' },
      ],
      last_updated_timestamp: 10,
    })
    await versions.deleteTag('net', 1, 'a', at(20))
    await versions.deleteTag('net', 1, 'a', at(20))
    expect((await versions.get('net', 1)).tags).toEqual([{ key: 'k', value: '' }])
    expect((await events()).slice(2)).toEqual([
      ['model_version_tag.set', { name: 'net', version: '1', key: 'k', value: 'a' }],
      ['model_version_tag.set', { name: 'net', version: '1', key: 'k', value: '' }],
      ['model_version_tag.set', { name: 'net', version: '1', key: 'a', value: 'b' }],
      ['model_version_tag.deleted', { name: 'net', version: '1', key: 'a' }],
    ])
    expect((await models.get('net')).last_updated_timestamp).toBe(10)
  })

  test('prompts have events of their own, without what is internal', async () => {
    const isPrompt = { key: 'mlflow.prompt.is_prompt', value: 'true' }
    await models.create({ name: 'greet', description: undefined, tags: [isPrompt] }, at(1))
    const text = { key: 'mlflow.prompt.text', value: 'Hi {{name}}' }
    const tags = [isPrompt, text, { key: '_mlflow_prompt_type', value: 'text' }, { key: 'lang', value: 'en' }]
    const prompt = { name: 'greet', source: 'dummy-source' }
    await expect(create({ ...prompt, tags: [text] })).rejects.toEqual(refused(/^Invalid model version source/))
    await create({ ...prompt, tags, description: 'first' })
    await versions.describe('greet', 1, 'again', at(2))
    await versions.setTag('greet', 1, { key: 'a', value: 'b' }, at(2))
    await versions.deleteTag('greet', 1, 'a', at(2))
    await versions.delete('greet', 1, at(2))
    const told = { name: 'greet', version: '1' }
    expect((await events()).slice(2)).toEqual([
      ['prompt_version.created', { ...told, template: 'Hi {{name}}', tags: { lang: 'en' }, description: 'first' }],
      ['prompt_version.updated', { ...told, description: 'again' }],
      ['prompt_version_tag.set', { ...told, key: 'a', value: 'b' }],
      ['prompt_version_tag.deleted', { ...told, key: 'a' }],
      ['prompt_version.deleted', told],
    ])
  })

  test('latest gives the newest version of each stage with aliases, and getByAlias what an alias names', async () => {
    expect(await versions.latest('net', [])).toEqual([])
    await expect(versions.getByAlias('net', 'latest')).rejects.toEqual(
      unknown('Latest version not found for model net.'),
    )
    for (let i = 0; i < 6; i++) await create()
    for (const version of [1, 4]) await moveTo(version, 'Production')
    for (const version of [2, 3]) await moveTo(version, 'Staging')
    await models.setAlias('net', 'champ', 4, at(20))
    await models.setAlias('net', 'best', 4, at(20))
    const of = async (...args: Parameters<typeof versions.latest>) =>
      (await versions.latest(...args)).map(({ version, current_stage }) => [version, current_stage])
    expect(await of('net', [])).toEqual([
      ['6', 'None'],
      ['3', 'Staging'],
      ['4', 'Production'],
    ])
    expect(await of('net', ['Production', 'Archived', 'None', 'Production'])).toEqual([
      ['4', 'Production'],
      ['6', 'None'],
    ])
    expect((await versions.latest('net', ['Production']))[0]?.aliases).toEqual(['best', 'champ'])
    await expect(versions.latest('nope', [])).rejects.toEqual(unknown('Registered Model with name=nope not found'))

    expect((await versions.getByAlias('net', 'champ')).version).toBe('4')
    expect((await versions.getByAlias('net', 'Latest')).version).toBe('6')
    await expect(versions.getByAlias('net', 'Champ')).rejects.toEqual(
      refused(/^Registered model alias Champ not found/),
    )
    for (const alias of ['champ', 'latest']) {
      await expect(versions.getByAlias('nope', alias)).rejects.toEqual(
        unknown('Registered Model with name=nope not found'),
      )
    }
  })

  test('readListedVersions keeps the order of its keys and gives no aliases', async () => {
    for (let i = 0; i < 3; i++) await create({ tags: [{ key: 'i', value: String(i) }] })
    await models.setAlias('net', 'champ', 2, at(20))
    const read = await readListedVersions(opened.database, [3, 1, 2])
    expect(read.map(({ version, tags, aliases }) => [version, tags?.[0]?.value, aliases])).toEqual([
      ['3', '2', undefined],
      ['1', '0', undefined],
      ['2', '1', undefined],
    ])
    expect(await readListedVersions(opened.database, [])).toEqual([])
  })

  test('latestVersionKeys takes one step for each model and stage, however many versions there are', async () => {
    await models.create({ name: 'empty', description: undefined, tags: [] }, at(1))
    for (let i = 0; i < 300; i++) await create()
    await moveTo(7, 'Archived')
    const [{ id }, { id: empty }] = [await findModel(opened.database, 'net'), await findModel(opened.database, 'empty')]
    const keys = await latestVersionKeys(opened.database, [empty, id, 999])
    expect([...keys]).toEqual([
      [empty, []],
      [id, [300, 7]],
      [999, []],
    ])
  })
})
