import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from './test-engines.ts'
import { by, openRegistry } from './test-registry.ts'
import type { RegistryAsk, TestRegistry } from './test-registry.ts'

const mark = 'mlflow.prompt.is_prompt'
const prompt = { [mark]: 'true' }

describe.each(testEngines)('the search for model versions on $engine', ({ open }) => {
  let registry: TestRegistry

  beforeEach(async () => {
    registry = await openRegistry(open)
  })
  afterEach(() => registry.close())

  const find = (ask: RegistryAsk) => registry.findVersions(ask)
  const list = (expected: string) => (expected === '' ? [] : expected.split(' '))

  /** Five versions of two models: `b/4` is deleted, `a/1` was changed last. */
  async function addVersions(): Promise<void> {
    await registry.newModel('b')
    await registry.newModel('a')
    await registry.newVersion('b', {
      time: 101,
      runId: 'r1',
      source: 's3://x/One',
      stage: 'Production',
      tags: { team: 'red' },
    })
    await registry.newVersion('b', { time: 102, runId: 'r2', source: 's3://x/two', tags: { team: 'blue', 'a b': '1' } })
    await registry.newVersion('a', { time: 103, source: 's3://x/three', description: 'first', user: '' })
    await registry.newVersion('b', { time: 103, runId: 'r1', source: 's3://x/four', stage: 'Archived', user: 'bob' })
    await registry.newVersion('b', { time: 104, source: 's3://x/gone', tags: { team: 'red' } })
    await registry.versions.delete('b', 4, by(105))
    await registry.newVersion('a', { time: 105, source: 's3://x/six' })
    await registry.versions.describe('a', 1, undefined, by(500))
  }

  test('gives whole versions, the last changed first, without their aliases', async () => {
    await addVersions()
    await registry.models.setAlias('b', 'champion', 1, by(600))
    const { items, token } = await registry.versions.search(registry.search('modelVersions', {}))
    expect(items.map(({ name, version }) => `${name}/${version}`)).toEqual(list('a/1 a/2 b/3 b/2 b/1'))
    const got = await registry.versions.get('b', 1)
    expect(got.aliases).toEqual(['champion'])
    expect(items.at(-1)).toEqual({ ...got, aliases: undefined })
    expect(token).toBeNull()
  })

  test.each([
    ["name = 'b'", 'b/3 b/2 b/1'],
    ["name = 'B'", ''],
    ["name != 'b'", 'a/1 a/2'],
    ["name LIKE 'b%'", 'b/3 b/2 b/1'],
    ["name LIKE '%a'", 'a/1 a/2'],
    ["name ILIKE 'B'", 'b/3 b/2 b/1'],
    ["name IN ('a', 'none')", 'a/1 a/2'],
    ["name NOT IN ('a')", 'b/3 b/2 b/1'],
    ['version_number = 1', 'a/1 b/1'],
    ["version_number = '2'", 'a/2 b/2'],
    ['version_number > 1.5 AND version_number < 3', 'a/2 b/2'],
    ['version_number = 4', ''],
    ['version_number < 99999999999999999999', 'a/1 a/2 b/3 b/2 b/1'],
    ["run_id = 'r1'", 'b/3 b/1'],
    ["run_id != 'r1'", 'a/1 a/2 b/2'],
    ["run_id = ''", 'a/1 a/2'],
    ["run_id IN ('r1', 'r2')", 'b/3 b/2 b/1'],
    ["run_id LIKE 'r%'", 'b/3 b/2 b/1'],
    ['run_id IS NULL', 'a/1 a/2'],
    ['run_id IS NOT NULL', 'b/3 b/2 b/1'],
    ["source_path = 's3://x/two'", 'b/2'],
    ["source_path LIKE '%o%'", 'b/3 b/2'],
    ["source_path ILIKE '%O%'", 'b/3 b/2 b/1'],
    ['creation_timestamp >= 103', 'a/1 a/2 b/3'],
    ['last_updated_timestamp <= 103', 'b/3 b/2 b/1'],
    ["current_stage = 'production'", 'b/1'],
    ["stage = 'NONE'", 'a/1 a/2 b/2'],
    ["stage != 'None'", 'b/3 b/1'],
    ["stage IN ('archived', 'Production')", 'b/3 b/1'],
    ["stage = 'bogus'", ''],
    ["status = 'READY'", 'a/1 a/2 b/3 b/2 b/1'],
    ["user_id = 'bob'", 'b/3'],
    ['user_id IS NULL', 'a/1'],
    ["description = 'first'", 'a/1'],
    ["description = ''", 'a/2 b/3 b/2 b/1'],
    ['description IS NULL', 'a/2 b/3 b/2 b/1'],
    ["tags.team = 'red'", 'b/1'],
    ["tags.team != 'red'", 'b/2'],
    ["tags.team ILIKE 'R%'", 'b/1'],
    ['tags.team IS NULL', 'a/1 a/2 b/3'],
    ["tags.`a b` IN ('1')", 'b/2'],
    ["name = 'b' AND stage = 'Production' AND tags.team = 'red' AND run_id = 'r1'", 'b/1'],
  ])('the filter %s finds %s', async (filter, expected) => {
    await addVersions()
    expect(await find({ filter })).toEqual(list(expected))
  })

  test.each([
    [[], 'a/1 a/2 b/3 b/2 b/1'],
    [['last_updated_timestamp'], 'b/1 b/2 b/3 a/2 a/1'],
    [['creation_timestamp'], 'b/1 b/2 a/1 b/3 a/2'],
    [['version_number'], 'a/1 b/1 a/2 b/2 b/3'],
    [['version_number DESC'], 'b/3 a/2 b/2 a/1 b/1'],
    [['name'], 'a/2 a/1 b/3 b/2 b/1'],
    [['name DESC', 'version_number'], 'b/1 b/2 b/3 a/1 a/2'],
    [['version_number', 'name DESC'], 'b/1 a/1 b/2 a/2 b/3'],
    [['run_id DESC'], 'b/2 b/3 b/1 a/2 a/1'],
    [['run_id', 'creation_timestamp'], 'b/1 b/3 b/2 a/1 a/2'],
    [['source_path'], 'b/1 b/3 a/2 a/1 b/2'],
    [['stage', 'name', 'version_number'], 'b/3 a/1 a/2 b/2 b/1'],
    [['description', 'name DESC'], 'a/1 b/3 b/2 b/1 a/2'],
  ])('the order %j gives %s, in pages of any size', async (orderBy, expected) => {
    await addVersions()
    for (const maxResults of [1, 2, 3, 5, 100]) expect(await find({ orderBy, maxResults })).toEqual(list(expected))
    const ofB = list(expected).filter((one) => one.startsWith('b'))
    expect(await find({ orderBy, filter: "name = 'b'", maxResults: 2 })).toEqual(ofB)
  })

  test('versions of prompts are found only when asked for', async () => {
    await registry.newModel('m')
    await registry.newVersion('m', { tags: { team: 'red' } })
    await registry.newModel('p', { tags: prompt })
    await registry.newVersion('p', { source: 'dummy-source', tags: { ...prompt, team: 'red' } })
    await registry.newVersion('p', { source: 'dummy-source', tags: prompt })
    expect(await find({})).toEqual(['m/1'])
    expect(await find({ filter: "tags.team = 'red'" })).toEqual(['m/1'])
    expect(await find({ filter: "name = 'p'" })).toEqual([])
    expect(await find({ filter: `tags.\`${mark}\` = 'true'` })).toEqual(['p/2', 'p/1'])
    expect(await find({ filter: `name = 'p' AND tag.\`${mark}\` = 'true'`, orderBy: ['version_number'] })).toEqual([
      'p/1',
      'p/2',
    ])
    expect(await find({ filter: `tags.${mark} != 'false' AND tags.team = 'red'` })).toEqual(['p/1'])
    expect(await find({ filter: `tags.${mark} != 'true'` })).toEqual(['m/1'])
  })

  test('pages stay right while versions come, go and change', async () => {
    await registry.newModel('m')
    for (const time of [1, 2, 3, 4]) await registry.newVersion('m', { time })
    const search = (pageToken?: string | null) =>
      registry.versions.search(registry.search('modelVersions', { maxResults: 2, pageToken: pageToken ?? undefined }))
    const first = await search()
    await registry.newVersion('m', { time: 9 })
    await registry.versions.delete('m', 3, by(10))
    await registry.versions.describe('m', 2, 'changed', by(11))
    const second = await search(first.token)
    expect([first, second].map(({ items }) => items.map(({ version }) => version))).toEqual([['4', '3'], ['1']])
  })
})
