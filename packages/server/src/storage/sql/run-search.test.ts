import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { parseOrderBy } from '../../search/order-by.ts'
import { parseFilter } from '../../search/parser.ts'
import { encodePageToken, queryKeyOf } from './page-token.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { SearchText, TestTracking } from './test-tracking.ts'

const idOf = (letter: string) => letter.repeat(32)

/** The first letters of what is found, in order. */
async function findIn(tracking: TestTracking, search: Partial<SearchText>): Promise<string> {
  return (await tracking.findRuns({ experiments: ['0'], ...search })).map((id) => id[0]).join('')
}

/** Runs of ids aaa…, bbb…, which began at 1, 2, … */
async function addRuns(tracking: TestTracking, letters: string, name = (letter: string) => letter): Promise<void> {
  for (const [index, letter] of [...letters].entries()) {
    await tracking.newRun({ runId: idOf(letter), name: name(letter), startTime: index + 1 })
  }
}

describe.each(testEngines)('filters and orders of runs on $engine', ({ open }) => {
  let tracking: TestTracking
  const find = (search: Partial<SearchText>) => findIn(tracking, search)

  beforeAll(async () => {
    tracking = await openTracking(open)
    const names: Record<string, string> = { a: 'a_b', b: 'a%b', c: 'a*b', d: 'a[b', e: 'A_B', f: 'über?' }
    await addRuns(tracking, 'abcdef', (letter) => names[letter]!)
    await tracking.runs.update(idOf('a'), { status: 'FINISHED', endTime: 100 }, at(1))
    await tracking.runs.update(idOf('b'), { status: 'FAILED', endTime: 9007199254740993n }, at(1))
    const values: [string, number, string, string][] = [
      ['a', 1, '0.1', 'red'],
      ['b', -Infinity, '0.01', 'Red'],
      ['c', NaN, '1e-2', 'green'],
      ['d', 1.5, '', ''],
      ['e', Infinity, "o'neil", 'x%y'],
    ]
    for (const [letter, metric, param, tag] of values) {
      await tracking.log(idOf(letter), {
        metrics: [point('m', -77, 0), point('m', metric, 1)],
        params: [{ key: 'val/p.x', value: param }],
        tags: [{ key: 'the tag', value: tag }],
      })
    }
    const dataset = (name: string, digest: string) => ({ name, digest, source_type: 's', source: 's' })
    const context = [{ key: 'mlflow.data.context', value: 'train' }]
    await tracking.datasets.logInputs(idOf('a'), [{ dataset: dataset('iris', 'x1'), tags: context }], [])
    await tracking.datasets.logInputs(idOf('b'), [{ dataset: dataset('mnist', 'x2'), tags: [] }], [])
  })
  afterAll(() => tracking.close())

  test.each([
    ['metrics.m = 1', 'a'],
    ['metrics.m != 1', 'bcde'],
    ['metrics.m > 1', 'de'],
    ['metrics.m >= 1', 'ade'],
    ['metrics.m < 1', 'b'],
    ['metrics.m <= 1', 'ab'],
    ['metrics.m > 1e999', ''],
    ['metrics.m = 1e999', 'e'],
    ['metrics.m = -77', ''],
    ['metric.m >= -1e999 AND metrics.m <= 1e999', 'abde'],
    ['metrics.m IS NULL', 'f'],
    ['metrics.m IS NOT NULL', 'abcde'],
    ['metrics.unknown != 1', ''],
    ['metrics.unknown IS NULL', 'abcdef'],
    ['metrics.unknown IS NOT NULL', ''],
    ["params.val/p.x = '0.1'", 'a'],
    ['params."val/p.x" != "0.1"', 'bcde'],
    ["params.val/p.x = ''", 'd'],
    ['params.val/p.x = "o\'neil"', 'e'],
    ["params.val/p.x LIKE '0%'", 'ab'],
    ["params.val/p.x ILIKE '1E__'", 'c'],
    ["params.val/p.x IN ('0.1', '', 'none')", 'ad'],
    ["params.val/p.x NOT IN ('0.1', '')", 'bce'],
    ['params.val/p.x IS NULL', 'f'],
    ['params.val/p.x IS NOT NULL', 'abcde'],
    ["parameters.unknown = 'x'", ''],
    ["tags.`the tag` = 'red'", 'a'],
    ["tag.`the tag` ILIKE 'RED'", 'ab'],
    ["tags.`the tag` LIKE '%e%'", 'abc'],
    ["tags.`the tag` LIKE '%x\\%y%'", ''],
    ["tags.`the tag` LIKE 'x%y'", 'e'],
    ["tags.`the tag` LIKE '%'", 'abcde'],
    ["tags.`the tag` LIKE ''", 'd'],
    ["tags.`the tag` != ''", 'abce'],
    ['tags.`the tag` IS NULL', 'f'],
    ["run_name = 'a_b'", 'a'],
    ["run_name LIKE 'a_b'", 'abcd'],
    ["run_name LIKE '%_B'", 'e'],
    ["run_name LIKE '%*%'", 'c'],
    ["run_name LIKE '%[b'", 'd'],
    ["run_name LIKE '%?'", 'f'],
    ["run_name LIKE '_ber_'", 'f'],
    ["run_name LIKE '%BER%'", ''],
    ["run_name ILIKE '%BER%'", 'f'],
    ["run_name ILIKE 'A\\_b'", ''],
    ["run_name ILIKE 'A_b'", 'abcde'],
    ["`run name` != 'a_b'", 'bcdef'],
    ["attributes.run_name IN ('a*b', 'über?')", 'cf'],
    ["status = 'RUNNING'", 'cdef'],
    ["status != 'RUNNING'", 'ab'],
    ["attr.status IN ('FINISHED', 'KILLED')", 'a'],
    [`run_id = '${idOf('c')}'`, 'c'],
    [`run_id IN ('${idOf('c')}', '${idOf('a')}', 'x')`, 'ac'],
    [`run_id NOT IN ('${idOf('c')}', '${idOf('a')}')`, 'bdef'],
    ["run_id LIKE 'd%'", 'd'],
    ["artifact_uri LIKE '%/aaaa%/artifacts'", 'a'],
    ["user_id = ''", 'abcdef'],
    ['start_time > 2 AND start_time <= 4', 'cd'],
    ['attributes.created >= 5.5', 'f'],
    ['start_time != 3', 'abdef'],
    ['end_time = 9007199254740993', 'b'],
    ['end_time > 9007199254740992', 'b'],
    ['end_time < 9007199254740993', 'a'],
    ['end_time IS NULL', 'cdef'],
    ['end_time IS NOT NULL', 'ab'],
    ["dataset.name = 'iris'", 'a'],
    ["dataset.name != 'iris'", 'b'],
    ["datasets.name LIKE '%i%'", 'ab'],
    ["dataset.digest IN ('x2')", 'b'],
    ["dataset.context = 'train'", 'a'],
    ['dataset.context IS NULL', 'bcdef'],
    ['dataset.name IS NULL', 'cdef'],
    ["metrics.m > 0 AND params.val/p.x != '' AND status = 'FINISHED'", 'a'],
    ["params.val/p.x LIKE '0%' AND params.val/p.x LIKE '%1' AND metrics.m < 0", 'b'],
  ])('%s finds %s', async (filter, expected) => {
    expect(await find({ filter, orderBy: ['run_id'] })).toBe(expected)
  })

  test.each([
    ['metrics.m', 'badecf'],
    ['metrics.m DESC', 'edabcf'],
    ['params.val/p.x', 'dbacef'],
    ['params.val/p.x DESC', 'ecabdf'],
    ['tags.`the tag`', 'dbcaef'],
    ['tags.`the tag` DESC', 'eacbdf'],
    ['metrics.unknown', 'fedcba'],
    ['tags.unknown DESC', 'fedcba'],
    ['end_time', 'abfedc'],
    ['end_time DESC', 'bafedc'],
    ['start_time', 'abcdef'],
    ['start_time DESC', 'fedcba'],
    ['Created', 'abcdef'],
    ['run_id', 'abcdef'],
    ['run_id DESC', 'fedcba'],
    ['run_name', 'ebcdaf'],
    ['run_name DESC', 'fadcbe'],
    ['status', 'bafedc'],
    ['status DESC', 'fedcab'],
    ['artifact_uri', 'abcdef'],
    ['user_id', 'fedcba'],
  ])('the order %s gives %s, in pages of any size', async (order, expected) => {
    for (const maxResults of [1, 2, 3, 5, 6, 7]) expect(await find({ orderBy: [order], maxResults })).toBe(expected)
  })
})

describe.each(testEngines)('the search for runs on $engine', ({ open }) => {
  let tracking: TestTracking
  beforeEach(async () => {
    tracking = await openTracking(open)
  })
  afterEach(() => tracking.close())

  const find = (search: Partial<SearchText>) => findIn(tracking, search)

  test('patterns may be as long as any engine takes', async () => {
    await addRuns(tracking, 'a')
    for (const comparator of ['LIKE', 'ILIKE']) {
      for (const char of ['*', '日', '%']) {
        const filter = (length: number) => `user_id ${comparator} '${char.repeat(length)}'`
        expect(await find({ filter: filter(16_000) })).toBe(char === '%' ? 'a' : '')
        await expect(find({ filter: filter(16_001) })).rejects.toMatchObject({
          code: 'INVALID_PARAMETER_VALUE',
          message: 'Invalid filter string: a pattern has 16001 characters, 16000 are allowed.',
        })
      }
    }
  })

  test('ties are broken by the start, the newest first, then by id', async () => {
    for (const [letter, startTime] of [
      ['a', 1],
      ['c', 5],
      ['b', 5],
      ['d', 9],
    ] as const) {
      await tracking.newRun({ runId: idOf(letter), startTime })
      await tracking.log(idOf(letter), { metrics: [point('m', 1)] })
    }
    for (const orderBy of [[], ['metrics.m'], ['user_id DESC'], ['metrics.m DESC', 'status']]) {
      for (const maxResults of [1, 2, 3, 9]) expect(await find({ orderBy, maxResults })).toBe('dbca')
    }
  })

  test('every term of an order counts, also behind the start time', async () => {
    await addRuns(tracking, 'abcd')
    for (const [letter, value] of [
      ['a', 2],
      ['b', 1],
      ['c', 2],
    ] as const) {
      await tracking.log(idOf(letter), { metrics: [point('m', value)], tags: [{ key: 't', value: letter }] })
    }
    expect(await find({ orderBy: ['metrics.m DESC', 'tags.t'], maxResults: 1 })).toBe('acbd')
    expect(await find({ orderBy: ['metrics.m', 'tags.t DESC'], maxResults: 2 })).toBe('bcad')
    for (const letter of 'ef') await tracking.newRun({ runId: idOf(letter), startTime: 9, name: letter })
    expect(await find({ orderBy: ['start_time DESC', 'run_name DESC'], maxResults: 1 })).toBe('fedcba')
    expect(await find({ orderBy: ['start_time DESC', 'run_name'], maxResults: 1 })).toBe('efdcba')
  })

  test('each view has its lifecycle, and each search its experiments', async () => {
    const other = await tracking.newExperiment('other')
    await addRuns(tracking, 'abc')
    await tracking.newRun({ runId: idOf('d'), experimentId: other, startTime: 2 })
    await tracking.runs.delete(idOf('b'), at(5))
    const both = ['0', other]
    for (const orderBy of [[], ['run_name DESC', 'start_time DESC']]) {
      expect((await find({ orderBy, experiments: both })).length).toBe(3)
      expect(await find({ orderBy: ['start_time DESC', ...orderBy.slice(0, 1)], experiments: both })).toBe('cda')
      expect(await find({ orderBy, view: 'DELETED_ONLY' })).toBe('b')
      expect([...(await find({ orderBy, view: 'ALL', experiments: [...both, '0'] }))].toSorted().join('')).toBe('abcd')
    }
    expect(await find({ experiments: [other] })).toBe('d')
    expect(await find({ experiments: [] })).toBe('')
    expect(await find({ experiments: ['-1', '999', '123456789012345'] })).toBe('')
    await expect(find({ experiments: ['0', 'abc'] })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining("Invalid experiment ID 'abc'. Experiment ID must be a valid integer."),
    })
  })

  test('many experiments are searched as few are', async () => {
    const experiments: string[] = []
    const expected: string[] = []
    await tracking.fill(async () => {
      for (let index = 0; index < 70; index++) {
        experiments.push(await tracking.newExperiment(`e${index}`))
        expected.unshift(await tracking.newRun({ experimentId: experiments[index]!, startTime: index }))
      }
    })
    for (const count of [31, 32, 33, 63, 64, 65, 70]) {
      for (const view of ['ACTIVE_ONLY', 'ALL'] as const) {
        const search = { experiments: experiments.slice(0, count), view, maxResults: 9 }
        expect(await tracking.findRuns(search)).toEqual(expected.slice(-count))
      }
    }
  })

  test('a page has whole runs, in order, also where it takes several blocks', async () => {
    await tracking.fill(async () => {
      for (let index = 0; index < 450; index++) {
        const id = await tracking.newRun({ startTime: index })
        await tracking.log(id, { params: [{ key: 'p', value: String(index) }], metrics: [point('m', index)] })
        if (index % 3 === 0) await tracking.runs.update(id, { status: 'FINISHED' }, at(1))
      }
    })
    await tracking.settleRuns(100)
    const { runs, token } = await tracking.searchRuns({ experiments: ['0'], maxResults: 450 })
    expect(token).toBeNull()
    expect(runs.map((run) => run.info.start_time)).toEqual(Array.from({ length: 450 }, (_, index) => 449 - index))
    expect(runs.every(({ data, info }) => data.params?.[0]?.value === String(info.start_time))).toBe(true)
    expect(runs.every(({ data, info }) => data.metrics?.[0]?.value === info.start_time)).toBe(true)
  })

  test.each([[[]], [['metrics.m']], [['metrics.m DESC', 'run_name']], [['end_time']], [['run_name']]])(
    'ordered by %j, paging gives each run once while others come and go',
    async (orderBy) => {
      for (let index = 0; index < 24; index++) {
        const id = await tracking.newRun({ startTime: 1000 + (index % 7), name: `n${index % 5}`, userId: 'stays' })
        if (index % 4 > 0) await tracking.log(id, { metrics: [point('m', index % 4 === 1 ? NaN : index % 3)] })
      }
      const expected = await tracking.findRuns({ experiments: ['0'], orderBy })
      const found: string[] = []
      let pageToken: string | undefined
      do {
        const page = await tracking.searchRuns({ experiments: ['0'], orderBy, maxResults: 3, pageToken })
        found.push(...page.runs.filter((run) => run.info.run_name !== 'new').map((run) => run.info.run_id))
        const added = await tracking.newRun({ startTime: 1003, name: 'new' })
        await tracking.log(added, { metrics: [point('m', 1)] })
        // The last run given may go: the next page begins behind its place.
        await tracking.runs.delete(found.at(-1)!, at(1))
        pageToken = page.token ?? undefined
      } while (pageToken !== undefined)
      expect(found).toEqual(expected)
    },
  )

  test('a token is refused by every other search', async () => {
    await addRuns(tracking, 'abc')
    const { token } = await tracking.searchRuns({ experiments: ['0'], maxResults: 1 })
    const pageToken = token ?? ''
    for (const other of [
      { filter: "status = 'RUNNING'" },
      { orderBy: ['run_id'] },
      { view: 'ALL' },
      { experiments: [] },
    ] as const) {
      await expect(tracking.searchRuns({ experiments: ['0'], ...other, pageToken })).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('Invalid page token, it belongs to another search'),
      })
    }
    expect((await tracking.searchRuns({ experiments: ['0'], maxResults: 7, pageToken })).runs).toHaveLength(2)
    await expect(tracking.searchRuns({ experiments: ['0'], pageToken: 'x' })).rejects.toThrow('Invalid page token, ')
  })

  test('a forged position finds something, nothing, or is refused as a token', async () => {
    await addRuns(tracking, 'abc')
    for (const letter of 'ab') await tracking.log(idOf(letter), { metrics: [point('m', letter === 'a' ? 1 : NaN)] })
    for (const order of [[], ['metrics.m'], ['end_time DESC'], ['tags.x']]) {
      const orderBy = parseOrderBy('runs', order)
      const key = queryKeyOf(['runs', ['0'], parseFilter('runs', ''), orderBy, 'ACTIVE_ONLY'])
      for (const position of [
        [],
        [null],
        ['x', 1],
        [0, null, 1],
        [7, 'x', 'y', 'z', 1],
        [NaN, Infinity],
        [2n ** 63n - 1n],
      ]) {
        const search = { experiments: ['0'], orderBy: order, pageToken: encodePageToken(key, position) }
        const found = await tracking.searchRuns(search).catch((error: unknown) => error)
        if (found instanceof Error) expect(found.message).toMatch(/^Invalid page token, /)
        else expect(found).toHaveProperty('runs')
      }
    }
  })
})
