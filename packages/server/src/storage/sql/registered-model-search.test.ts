import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { encodePageToken } from './page-token.ts'
import { testEngines } from './test-engines.ts'
import { by, openRegistry } from './test-registry.ts'
import type { RegistryAsk, TestRegistry } from './test-registry.ts'

const mark = 'mlflow.prompt.is_prompt'

describe.each(testEngines)('the search for registered models on $engine', ({ open }) => {
  let registry: TestRegistry

  beforeEach(async () => {
    registry = await openRegistry(open)
  })
  afterEach(() => registry.close())

  const page = (ask: RegistryAsk) => registry.models.search(registry.search('registeredModels', ask))
  const find = (ask: RegistryAsk) => registry.findModels(ask)
  const names = (expected: string) => (expected === '' ? [] : expected.split(' '))

  test('gives whole models by name, as get gives them', async () => {
    await registry.newModel('b', { tags: { x: '1', a: '2' }, description: 'd' })
    await registry.newModel('a')
    for (const stage of ['Staging', 'None', 'Staging'] as const)
      await registry.newVersion('b', { stage, tags: { t: '' } })
    await registry.newVersion('a')
    await registry.models.setAlias('b', 'champion', 2, by(3))
    const { items, token } = await page({})
    expect(items).toEqual([await registry.models.get('a'), await registry.models.get('b')])
    expect(items[1]?.latest_versions?.map(({ version }) => version)).toEqual(['2', '3'])
    expect(token).toBeNull()
  })

  test.each([
    ["name = 'a_b'", 'a_b'],
    ["name != 'a_b'", 'A_B a%b a*b a[b über'],
    ["name LIKE 'a_b'", 'a%b a*b a[b a_b'],
    ["name LIKE 'a%'", 'a%b a*b a[b a_b'],
    ["name LIKE '%[%'", 'a[b'],
    ["name ILIKE 'A\\_b'", ''],
    ["name ILIKE 'A%B'", 'A_B a%b a*b a[b a_b'],
    ["name IN ('a%b', 'über', 'none')", 'a%b über'],
    ["name NOT IN ('a%b', 'über')", 'A_B a*b a[b a_b'],
    ['name IS NULL', ''],
    ["attributes.name = 'über'", 'über'],
    ['creation_timestamp = 103', 'a*b'],
    ['creation_timestamp > 103 AND creation_timestamp <= 105', 'A_B a[b'],
    ['creation_timestamp < 101.5', 'a_b'],
    ['last_updated_timestamp = 500', 'a_b'],
    ['timestamp > 105', 'a_b über'],
    ["description = 'red team'", 'a%b'],
    ["description != 'x'", 'a%b'],
    ['description IS NULL', 'A_B a*b a[b a_b über'],
    ['description IS NOT NULL', 'a%b'],
    ["description ILIKE '%TEAM'", 'a%b'],
    ["tags.team = 'red'", 'a*b a_b'],
    ["tag.team != 'red'", 'a%b'],
    ["tags.team LIKE 'b%'", 'a%b'],
    ["tags.team ILIKE 'RED'", 'a*b a_b'],
    ["tags.team IN ('blue', 'green')", 'a%b'],
    ['tags.team IS NULL', 'A_B a[b über'],
    ['tags.team IS NOT NULL', 'a%b a*b a_b'],
    ["tags.none = 'x'", ''],
    ["tags.team = 'red' AND tags.team = 'blue'", ''],
    ["tags.team = 'red' AND name LIKE 'a*%'", 'a*b'],
  ])('the filter %s finds %s', async (filter, expected) => {
    const teams: Record<string, string> = { a_b: 'red', 'a%b': 'blue', 'a*b': 'red' }
    for (const [index, name] of ['a_b', 'a%b', 'a*b', 'a[b', 'A_B', 'über'].entries()) {
      const team = teams[name]
      await registry.newModel(name, {
        time: 101 + index,
        description: name === 'a%b' ? 'red team' : '',
        tags: team === undefined ? {} : { team },
      })
    }
    await registry.models.describe('a_b', undefined, by(500))
    expect(await find({ filter })).toEqual(names(expected))
  })

  test.each([
    [[], 'B C a b'],
    [['name DESC'], 'b a C B'],
    [['timestamp DESC'], 'b a B C'],
    [['last_updated_timestamp', 'name DESC'], 'C B a b'],
    [['creation_timestamp'], 'a b B C'],
    [['description'], 'b a B C'],
    [['description DESC'], 'a b B C'],
    [['name', 'timestamp'], 'B C a b'],
  ])('the order %j gives %s, in pages of any size', async (orderBy, expected) => {
    await registry.newModel('a', { time: 1, description: 'y' })
    await registry.newModel('b', { time: 1, description: 'x' })
    await registry.newModel('B', { time: 2 })
    await registry.newModel('C', { time: 2 })
    await registry.models.describe('a', undefined, by(3))
    await registry.models.describe('b', undefined, by(4))
    for (const maxResults of [1, 2, 3, 4, 100]) expect(await find({ orderBy, maxResults })).toEqual(names(expected))
  })

  test.each([
    ['', 'm unmarked'],
    ["tags.team = 'red'", 'm'],
    [`tags.\`${mark}\` = 'true'`, 'p'],
    [`tags.${mark} = 'TRUE'`, 'loud'],
    [`tags.${mark} != 'false'`, 'loud p'],
    [`tags.${mark} = 'false'`, 'm unmarked'],
    [`tags.${mark} != 'true'`, 'm unmarked'],
    [`tags.${mark} LIKE 'true'`, 'm unmarked'],
    [`tags.${mark} = 'true' AND tags.team = 'red'`, 'p'],
    [`tags.team = 'red' AND tags.${mark} != 'true'`, 'm'],
    [`tags.${mark} = 'false' AND tags.${mark} = 'true'`, 'm unmarked'],
    [`tags.${mark} = 'true' AND tags.${mark} = 'false'`, ''],
    [`tags.${mark} IN ('true')`, 'p'],
    [`tags.${mark} IS NOT NULL`, 'loud p unmarked'],
    [`tags.${mark} IS NULL`, 'm'],
    // Under OR or NOT it does not ask for prompts.
    [`tags.\`${mark}\` = 'true' OR tags.team = 'red'`, 'm'],
    [`NOT tags.\`${mark}\` = 'false'`, 'm'],
    [`(tags.\`${mark}\` = 'true') AND (tags.team = 'red' OR name = 'x')`, 'p'],
  ])('of models and prompts, %s finds %s', async (filter, expected) => {
    await registry.newModel('m', { tags: { team: 'red' } })
    await registry.newModel('p', { tags: { [mark]: 'true', team: 'red' } })
    await registry.newModel('loud', { tags: { [mark]: 'TRUE' } })
    await registry.newModel('unmarked', { tags: { [mark]: 'false' } })
    expect(await find({ filter })).toEqual(names(expected))
  })

  test('a tag that many have is found as well as a rare one', async () => {
    const long = 'x'.repeat(70)
    await registry.fill(async () => {
      for (let index = 0; index < 520; index++) {
        const value = index % 260 === 7 ? `${long}${index}` : `${long}0`
        await registry.newModel(`m${1000 + index}`, { tags: { all: 'yes', long: value } })
      }
    })
    expect(await find({ filter: "tags.all = 'yes'", maxResults: 200 })).toHaveLength(520)
    expect(await find({ filter: "tags.all = 'no'" })).toEqual([])
    expect(await find({ filter: `tags.long = '${long}7'` })).toEqual(['m1007'])
    expect(await find({ filter: `tags.long = '${long}267' AND tags.all = 'yes'` })).toEqual(['m1267'])
    expect(await find({ filter: `tags.long = '${long}0'`, maxResults: 300 })).toHaveLength(518)
  })

  test('pages stay right while models come and go', async () => {
    for (const name of ['b', 'd', 'f', 'h']) await registry.newModel(name)
    const first = await page({ maxResults: 2 })
    await registry.newModel('a')
    await registry.newModel('e')
    await registry.models.delete('d', by(2))
    const second = await page({ maxResults: 2, pageToken: first.token ?? undefined })
    await registry.models.rename('h', 'c', by(3))
    const third = await page({ maxResults: 2, pageToken: second.token ?? undefined })
    expect([first, second, third].map(({ items }) => items.map(({ name }) => name))).toEqual([
      ['b', 'd'],
      ['e', 'f'],
      [],
    ])
    expect(third.token).toBeNull()
  })

  test('a page token of another search, or of none, is refused', async () => {
    for (const name of ['a', 'b', 'c']) await registry.newModel(name)
    const pageToken = (await page({ maxResults: 1 })).token ?? undefined
    const refused = { code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('Invalid page token') }
    for (const ask of [
      { filter: "name != 'x'", pageToken },
      { orderBy: ['timestamp'], pageToken },
      { pageToken: 'zz' },
      { pageToken: encodePageToken('other', ['a']) },
    ]) {
      await expect(page(ask)).rejects.toMatchObject(refused)
    }
    await registry.newVersion('a')
    const ofModels = registry.versions.search(registry.search('modelVersions', { pageToken }))
    await expect(ofModels).rejects.toMatchObject(refused)
  })
})
