import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { parseOrderBy } from '../../search/order-by.ts'
import { parseFilter } from '../../search/parser.ts'
import type { ExperimentSearch, Page } from '../../tracking/store.ts'
import type { Experiment } from '@trackway/api'
import { encodePageToken, queryKeyOf } from './page-token.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

interface Ask {
  filter?: string
  orderBy?: string[]
  view?: ExperimentSearch['view']
  maxResults?: number
  pageToken?: string | undefined
}

describe.each(testEngines)('the search for experiments on $engine', ({ open }) => {
  let tracking: TestTracking
  let experiments: TestTracking['experiments']

  beforeEach(async () => {
    tracking = await openTracking(open)
    experiments = tracking.experiments
  })
  afterEach(() => tracking.close())

  const searchFor = ({ filter, orderBy, view, maxResults, pageToken }: Ask): ExperimentSearch => ({
    filter: parseFilter('experiments', filter ?? ''),
    orderBy: parseOrderBy('experiments', orderBy ?? []),
    view: view ?? 'ACTIVE_ONLY',
    maxResults: maxResults ?? 1000,
    pageToken,
  })
  const search = (ask: Ask): Promise<Page<Experiment>> => experiments.search(searchFor(ask))

  async function find(ask: Ask): Promise<string[]> {
    const names: string[] = []
    let pageToken: string | undefined
    do {
      const page = await search({ ...ask, pageToken })
      names.push(...page.items.map((item) => item.name))
      pageToken = page.token ?? undefined
    } while (pageToken !== undefined)
    return names.filter((name) => name !== 'Default')
  }

  const add = (name: string, now = 1, tags: Record<string, string> = {}): Promise<string> =>
    experiments.create(
      {
        name,
        artifactLocation: undefined,
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      },
      at(now),
    )

  test('the newest come first, of equal age the one made last, with their tags', async () => {
    await add('old', 5)
    await add('first', 9, { a: '1', b: '2' })
    await add('second', 9)
    expect(await find({})).toEqual(['second', 'first', 'old'])
    const [, first] = (await search({ filter: "name LIKE '%s%'" })).items
    expect(first).toEqual(await experiments.getByName('first'))
  })

  test('OR, NOT and parentheses join conditions, and NOT finds what lacks a tag', async () => {
    await add('plain')
    await add('red', 2, { team: 'red' })
    await add('blue', 3, { team: 'blue' })
    expect(await find({ filter: "tags.team = 'red' OR name = 'plain'" })).toEqual(['red', 'plain'])
    expect(await find({ filter: "NOT tags.team = 'red'" })).toEqual(['blue', 'plain'])
    expect(await find({ filter: "NOT (tags.team = 'red' OR name = 'plain') AND name != 'Default'" })).toEqual(['blue'])
  })

  test('a page counts experiments, however many tags each of them has', async () => {
    for (const name of ['a', 'b', 'c']) await add(name, 1, { z: '1', y: name, x: '' })
    await add('d')
    const { items, token } = await search({ orderBy: ['name'], filter: "name LIKE '_'", maxResults: 2 })
    const tagsOf = (name: string) => [
      { key: 'x', value: '' },
      { key: 'y', value: name },
      { key: 'z', value: '1' },
    ]
    expect(items.map(({ name, tags }) => [name, tags])).toEqual([
      ['a', tagsOf('a')],
      ['b', tagsOf('b')],
    ])
    const next = await search({ orderBy: ['name'], filter: "name LIKE '_'", maxResults: 2, pageToken: token ?? '' })
    expect(next.items.map(({ name, tags }) => [name, tags])).toEqual([
      ['c', tagsOf('c')],
      ['d', []],
    ])
    expect(next.token).toBeNull()
  })

  test('each view has its lifecycle', async () => {
    await add('here')
    await experiments.delete(await add('gone'), at(2))
    expect(await find({ view: 'ACTIVE_ONLY' })).toEqual(['here'])
    expect(await find({ view: 'DELETED_ONLY' })).toEqual(['gone'])
    expect(await find({ view: 'ALL' })).toEqual(['gone', 'here'])
  })

  test.each([
    ["name = 'a_b'", 'a_b'],
    ["name != 'a_b'", 'a%b a*b a[b A_B über'],
    ["name LIKE 'a_b'", 'a_b a%b a*b a[b'],
    ["name LIKE '%_B'", 'A_B'],
    ["name LIKE 'a%'", 'a_b a%b a*b a[b'],
    ["name LIKE '%[%'", 'a[b'],
    ["name LIKE 'a*%'", 'a*b'],
    ["name LIKE '_ber'", 'über'],
    ["name ILIKE 'A%b'", 'a_b a%b a*b a[b A_B'],
    ["name IN ('a%b', 'über', 'none')", 'a%b über'],
    ["name NOT IN ('a%b', 'über')", 'a_b a*b a[b A_B'],
    ["attribute.name = 'über'", 'über'],
    ["experiment_id = '2'", 'a%b'],
    ["experiment_id != '2'", 'a_b a*b a[b A_B über'],
    ["experiment_id IN ('1', '03', '99')", 'a_b a*b'],
    ["experiment_id NOT IN ('1', '2', '3', '4')", 'A_B über'],
    ['creation_time = 103', 'a*b'],
    ['creation_time > 103 AND creation_time <= 105', 'a[b A_B'],
    ['creation_time >= 102.5 AND creation_time != 104', 'a*b A_B über'],
    ['creation_time < 102', 'a_b'],
    ['last_update_time = 500', 'a_b'],
    ["tags.team = 'red'", 'a_b a*b'],
    ["tag.team != 'red'", 'a%b'],
    ["tags.team LIKE 'b%'", 'a%b'],
    ["tags.team ILIKE 'RED'", 'a_b a*b'],
    ["tags.team IN ('blue')", 'a%b'],
    ['tags.team IS NULL', 'a[b A_B über'],
    ['tags.team IS NOT NULL', 'a_b a%b a*b'],
    ["tags.none = 'x'", ''],
    ["tags.team = 'red' AND name LIKE 'a\\_%'", ''],
  ])('the filter %s finds %s', async (filter, expected) => {
    const teams: Record<string, string> = { a_b: 'red', 'a%b': 'blue', 'a*b': 'red' }
    for (const [index, name] of ['a_b', 'a%b', 'a*b', 'a[b', 'A_B', 'über'].entries()) {
      await add(name, 101 + index, teams[name] === undefined ? {} : { team: teams[name] })
    }
    await experiments.rename('1', 'a_b', at(500))
    const found = await find({ filter, orderBy: ['experiment_id'] })
    expect(found).toEqual(expected === '' ? [] : expected.split(' '))
  })

  test.each([
    [['name'], 'B C a b'],
    [['name DESC'], 'b a C B'],
    [['experiment_id'], 'b B a C'],
    [['experiment_id DESC'], 'C a B b'],
    [['creation_time'], 'B a b C'],
    [['creation_time DESC'], 'C a b B'],
    [['creation_time', 'name DESC'], 'B b a C'],
    [['last_update_time', 'creation_time DESC', 'name'], 'C a b B'],
  ])('the order %j gives %s, page by page too', async (orderBy, expected) => {
    await add('b', 5)
    await add('B', 3)
    await add('a', 5)
    await add('C', 8)
    for (const id of ['1', '2', '3', '4']) await experiments.rename(id, (await experiments.get(id)).name, at(9))
    for (const maxResults of [1, 2, 3, 4, 5, 1000]) {
      expect(await find({ orderBy, maxResults })).toEqual(expected.split(' '))
    }
  })

  test('int64 times are exact in rows, filters and tokens', async () => {
    const large = 2n ** 53n
    for (const offset of [3, 1, 2]) await add(`t${offset}`, (large + BigInt(offset)) as unknown as number)
    expect(await find({ maxResults: 1, filter: "name LIKE 't%'" })).toEqual(['t3', 't2', 't1'])
    expect(await find({ filter: 'creation_time = 9007199254740993' })).toEqual(['t1'])
    expect(await find({ filter: 'creation_time > 9007199254740993', maxResults: 1 })).toEqual(['t3', 't2'])
    expect((await experiments.getByName('t1')).creation_time).toBe(9007199254740993n)
  })

  test('paging gives each experiment once while others come and go', async () => {
    for (let index = 0; index < 20; index++) await add(`e${String(index).padStart(2, '0')}`, index)
    const seen: string[] = []
    let pageToken: string | undefined
    do {
      const page = await search({ orderBy: ['name'], filter: "name LIKE 'e%'", maxResults: 3, pageToken })
      seen.push(...page.items.map((item) => item.name))
      await add(`e00 before ${seen.length}`)
      if (seen.length === 6) await experiments.delete((await experiments.getByName('e02')).experiment_id, at(1))
      pageToken = page.token ?? undefined
    } while (pageToken !== undefined)
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => `e${String(index).padStart(2, '0')}`))
  })

  test('a token is refused by another search, and the last page has none', async () => {
    await add('a')
    await add('b')
    const { token } = await search({ maxResults: 1 })
    const pageToken = token ?? ''
    for (const ask of [{ filter: "name != 'x'" }, { orderBy: ['name'] }, { view: 'ALL' as const }]) {
      await expect(search({ ...ask, pageToken })).rejects.toThrow('Invalid page token, it belongs to another search')
    }
    await expect(search({ pageToken: 'x' })).rejects.toThrow('Invalid page token, ')
    expect((await search({ maxResults: 3, filter: '' })).token).toBeNull()
  })

  test('a forged position finds something or nothing, and breaks nothing', async () => {
    await add('a')
    const { filter, orderBy, view } = searchFor({})
    for (const position of [[], ['x'], [null, null], [9n * 10n ** 18n, 'a', 5], [1e300, NaN], ['', ' ']]) {
      const pageToken = encodePageToken(queryKeyOf(['experiments', filter, orderBy, view]), position)
      expect(Array.isArray((await search({ pageToken })).items)).toBe(true)
    }
  })

  test('a forged position outside int64 is refused', async () => {
    const { filter, orderBy, view } = searchFor({})
    const pageToken = encodePageToken(queryKeyOf(['experiments', filter, orderBy, view]), [2n ** 63n, 1])
    await expect(search({ pageToken })).rejects.toThrow('Invalid page token, ')
  })
})
