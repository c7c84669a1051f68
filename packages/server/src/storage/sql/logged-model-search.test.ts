import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { at } from './test-tracking.ts'
import { parseOrderFields } from '../../search/order-by.ts'
import type { OrderField } from '../../search/order-by.ts'
import { parseFilter } from '../../search/parser.ts'
import type { LoggedModelSearch, MetricPoint, NewLoggedModel, TrackingStore } from '../../tracking/store.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'
import { createTrackingStore } from './tracking-store.ts'

describe.each(testEngines)('searching logged models on $engine', ({ open }) => {
  let opened: TestDatabase
  let models: TrackingStore['loggedModels']
  let runs: TrackingStore['runs']
  let experimentId: string
  let otherExperimentId: string
  const runId = 'a'.repeat(32)

  beforeEach(async () => {
    opened = await open()
    const store = createTrackingStore(opened.database, 'mlflow-artifacts:')
    ;({ loggedModels: models, runs } = store)
    const { experiments } = store
    experimentId = await experiments.create({ name: 'a', artifactLocation: undefined, tags: [] }, at(1))
    otherExperimentId = await experiments.create({ name: 'b', artifactLocation: undefined, tags: [] }, at(1))
    await runs.create({ runId, experimentId, name: 'r', userId: '', startTime: 1, tags: [] }, at(1))
  })
  afterEach(() => opened.close())

  /** Makes the model `m-<id>`; `now` is its time of creation. */
  async function create(id: string, now: number, more: Partial<NewLoggedModel> = {}): Promise<void> {
    const base = { experimentId, name: 'net', modelType: undefined, sourceRunId: undefined, params: [], tags: [] }
    await models.create({ ...base, modelId: `m-${id}`, now, ...more })
  }

  async function log(id: string, value: number, more: Partial<MetricPoint> = {}): Promise<void> {
    const point = { key: 'acc', value, timestamp: 1, step: 0, modelId: `m-${id}`, ...more }
    await runs.log(runId, { metrics: [point], params: [], tags: [] })
  }

  interface Asked extends Partial<Omit<LoggedModelSearch, 'filter' | 'orderBy'>> {
    readonly filter?: string
    readonly orderBy?: readonly OrderField[]
  }

  async function page(asked: Asked): Promise<{ ids: string; token: string | null }> {
    const { items, token } = await models.search({
      experimentIds: [experimentId],
      maxResults: 100,
      pageToken: undefined,
      datasets: [],
      ...asked,
      filter: parseFilter('loggedModels', asked.filter ?? ''),
      orderBy: parseOrderFields('loggedModels', asked.orderBy ?? []),
    })
    return { ids: items.map((model) => model.info.model_id.slice(2)).join(' '), token }
  }

  const search = async (asked: Asked): Promise<string> => (await page(asked)).ids

  async function pages(asked: Asked, between: (index: number) => Promise<void> = async () => {}): Promise<string[]> {
    const found: string[] = []
    let pageToken: string | undefined
    for (let index = 0; index < 20; index++) {
      const { ids, token } = await page({ ...asked, pageToken })
      found.push(ids)
      if (token === null) return found
      pageToken = token
      await between(index)
    }
    throw new Error(`The pages do not end: ${found.join(' | ')}`)
  }

  test('without an order the newest comes first and ties go by id', async () => {
    await create('b', 10)
    await create('c', 10)
    await create('a', 10)
    await create('z', 20)
    expect(await search({})).toBe('z a b c')
    expect(await search({ orderBy: [{ field_name: 'name' }] })).toBe('z a b c')
  })

  test('only the experiments asked for are searched, and no deleted models', async () => {
    await create('a', 1)
    await create('b', 2, { experimentId: otherExperimentId })
    await create('gone', 3)
    await models.delete('m-gone', 4)
    expect(await search({})).toBe('a')
    expect(await search({ experimentIds: [experimentId, otherExperimentId, experimentId, '999'] })).toBe('b a')
    expect(await search({ experimentIds: ['999'] })).toBe('')
    expect(await search({ experimentIds: [] })).toBe('')
    await expect(search({ experimentIds: ['x'] })).rejects.toThrow("Invalid experiment ID 'x'.")
  })

  test('a page brings params, tags and metrics of each of its models', async () => {
    await create('a', 1, { params: [{ key: 'p', value: '1' }] })
    await create('b', 2, { tags: [{ key: 't', value: '2' }] })
    await log('a', 0.5)
    const { items } = await models.search({
      experimentIds: [experimentId],
      filter: [],
      orderBy: [],
      datasets: [],
      maxResults: 10,
      pageToken: undefined,
    })
    expect(
      items.map(({ info, data }) => [info.tags, data.params, data.metrics?.map((metric) => metric.value)]),
    ).toEqual([
      [[{ key: 't', value: '2' }], [], []],
      [[], [{ key: 'p', value: '1' }], [0.5]],
    ])
    expect(items[1]).toEqual(await models.get('m-a', { allowDeleted: false }))
  })

  test.each([
    ["name = 'Net_1'", 'a'],
    ["name != 'Net_1'", 'c b'],
    ["name LIKE 'Net%'", 'a'],
    ["name LIKE '%e_*[1]?'", 'c'],
    ["name LIKE 'Net*'", ''],
    ["name ILIKE 'net%'", 'b a'],
    ["name IN ('Net_1', 'netX1')", 'b a'],
    ["name NOT IN ('Net_1', 'netX1')", 'c'],
    ["model_type = 'Agent'", 'b'],
    ["model_type != 'Agent'", 'c a'],
    ['model_type IS NULL', 'c a'],
    ["model_type = 'Agent' OR NOT name LIKE 'Net%'", 'c b'],
    ["NOT (metrics.none > 0 OR name = 'Net_1')", 'c b'],
    ['model_type IS NOT NULL', 'b'],
    ["status = 'READY'", 'c'],
    ["model_id = 'm-b'", 'b'],
    ['creation_timestamp > 1 AND creation_time < 3', 'b'],
    ['last_updated_timestamp >= 9', 'c'],
    ["params.lr = '0.1'", 'a'],
    ["params.lr != '0.1'", 'b'],
    ['params.lr IS NULL', 'c'],
    ['params.lr IS NOT NULL', 'b a'],
    ["tags.`a b` ILIKE 'YES%'", 'c'],
    ["tags.missing != 'x'", ''],
    ["params.lr = '0.1' AND name LIKE 'net%'", ''],
  ])('filter %s', async (filter, expected) => {
    await create('a', 1, { name: 'Net_1', params: [{ key: 'lr', value: '0.1' }] })
    await create('b', 2, { name: 'netX1', modelType: 'Agent', params: [{ key: 'lr', value: '0.2' }] })
    await create('c', 3, { name: 'ne_*[1]?', tags: [{ key: 'a b', value: 'yes!' }] })
    await models.finalize('m-c', 'LOGGED_MODEL_READY', 9)
    expect(await search({ filter })).toBe(expected)
  })

  test('experiment ids are filtered as text and ordered as numbers', async () => {
    await create('a', 1)
    await create('b', 2, { experimentId: otherExperimentId })
    const experimentIds = [experimentId, otherExperimentId]
    expect(await search({ experimentIds, filter: `experiment_id IN ('${otherExperimentId}')` })).toBe('b')
    expect(await search({ experimentIds, orderBy: [{ field_name: 'experiment_id' }] })).toBe('a b')
  })

  test.each([
    ['metrics.acc > 0.5', 'inf high'],
    ['metrics.acc >= 0.9', 'inf high'],
    ['metrics.acc < 0.5', '-inf low'],
    ['metrics.acc <= 1e400', 'inf -inf high low'],
    ['metrics.acc = 0.9', 'high'],
    ['metrics.acc != 0.9', 'inf -inf nan low'],
    ['metrics.acc > -1e400 AND metrics.acc < 1e400', 'high low'],
    ['metrics.acc IS NULL', 'none'],
    ['metrics.acc IS NOT NULL', 'inf -inf nan high low'],
  ])('filter %s minds NaN, infinities and missing values', async (filter, expected) => {
    const values: [string, number][] = [
      ['low', 0.1],
      ['high', 0.9],
      ['nan', NaN],
      ['-inf', -Infinity],
      ['inf', Infinity],
    ]
    for (const [index, [id, value]] of values.entries()) {
      await create(id, 10 + index)
      await log(id, value)
    }
    await create('none', 1)
    expect(await search({ filter })).toBe(expected)
  })

  test('a metric filter counts any point of a model, an order the latest by time, then step', async () => {
    await create('a', 1)
    await create('b', 2)
    await log('a', 0.9, { timestamp: 1, step: 9007199254740993n })
    await log('a', 0.1, { timestamp: 2, step: 0 })
    await log('b', 0.5, { timestamp: 2, step: 1 })
    await log('b', 0.7, { timestamp: 2, step: 0 })
    expect(await search({ filter: 'metrics.acc > 0.8' })).toBe('a')
    expect(await search({ filter: 'metrics.acc > 0.4 AND metrics.acc < 0.2' })).toBe('a')
    expect(await search({ orderBy: [{ field_name: 'metrics.acc' }] })).toBe('a b')
    expect(await search({ orderBy: [{ field_name: 'metrics.acc', ascending: false }] })).toBe('b a')
  })

  test('datasets restrict the points of filters and orders, and alone ask for any point on them', async () => {
    await create('a', 1)
    await create('b', 2)
    await create('none', 3)
    await log('a', 0.9, { datasetName: 'd', datasetDigest: 'x' })
    await log('a', 0.1, { datasetName: 'e', datasetDigest: 'x' })
    await log('b', 0.5, { datasetName: 'd', datasetDigest: 'y' })
    const on = (name: string, digest?: string) => ({ name, digest })
    expect(await search({ filter: 'metrics.acc > 0.8', datasets: [on('d')] })).toBe('a')
    expect(await search({ filter: 'metrics.acc > 0.8', datasets: [on('e'), on('d', 'y')] })).toBe('')
    expect(await search({ filter: 'metrics.acc < 0.8', datasets: [on('e'), on('d', 'y')] })).toBe('b a')
    expect(await search({ datasets: [on('d')] })).toBe('b a')
    expect(await search({ datasets: [on('d', 'x')] })).toBe('a')
    expect(await search({ filter: "name = 'net'", datasets: [on('f')] })).toBe('')
    const byAcc = { field_name: 'metrics.acc', ascending: false }
    expect(await search({ orderBy: [{ ...byAcc, dataset_name: 'd' }] })).toBe('a b none')
    expect(await search({ orderBy: [{ ...byAcc, dataset_name: 'd', dataset_digest: 'y' }] })).toBe('b none a')
  })

  async function createMixed(): Promise<void> {
    const values: [string, number | undefined][] = [
      ['one', 1],
      ['none1', undefined],
      ['nan1', NaN],
      ['two', 2],
      ['inf', Infinity],
      ['-inf', -Infinity],
      ['nan2', NaN],
      ['none2', undefined],
      ['one2', 1],
    ]
    for (const [index, [id, value]] of values.entries()) {
      const tags = value === undefined ? [] : [{ key: 't', value: String(value) }]
      await create(id, 100 + index, { tags, modelType: value === undefined ? undefined : id })
      if (value !== undefined) await log(id, value)
    }
  }

  const orders: [string, OrderField, string][] = [
    ['a metric', { field_name: 'metrics.acc' }, '-inf one2 one two inf nan2 nan1 none2 none1'],
    [
      'a metric, descending',
      { field_name: 'metrics.acc', ascending: false },
      'inf two one2 one -inf nan2 nan1 none2 none1',
    ],
    ['a tag', { field_name: 'tags.t' }, '-inf one2 one two inf nan2 nan1 none2 none1'],
    ['a tag, descending', { field_name: 'tags.t', ascending: false }, 'nan2 nan1 inf two one2 one -inf none2 none1'],
    ['a text that may miss', { field_name: 'model_type' }, '-inf inf nan1 nan2 one one2 two none2 none1'],
    ['a time', { field_name: 'creation_timestamp' }, 'one none1 nan1 two inf -inf nan2 none2 one2'],
  ]

  test.each(orders)('order by %s puts what is missing last', async (_what, term, expected) => {
    await createMixed()
    expect(await search({ orderBy: [term] })).toBe(expected)
  })

  test.each(orders)('pages ordered by %s join to the whole', async (_what, term, expected) => {
    await createMixed()
    for (const maxResults of [1, 2, 4, 9]) {
      expect((await pages({ orderBy: [term], maxResults })).join(' ')).toBe(expected)
    }
  })

  test('terms count in order', async () => {
    await create('a', 1, { name: 'x', modelType: '1' })
    await create('b', 2, { name: 'y', modelType: '2' })
    await create('c', 3, { name: 'x', modelType: '2' })
    const orderBy = [{ field_name: 'name', ascending: false }, { field_name: 'model_type' }]
    expect(await pages({ orderBy, maxResults: 2 })).toEqual(['b a', 'c'])
  })

  test('pages stay right while models come and go', async () => {
    for (const index of [1, 2, 3, 4, 5, 6]) await create(String(index), index)
    const between = async (index: number) => {
      await create(`new${index}`, 100 + index)
      if (index === 0) await models.delete('m-5', 200)
    }
    expect(await pages({ maxResults: 2 }, between)).toEqual(['6 5', '4 3', '2 1'])
  })

  test('times beyond 2^53 stay exact from page to page', async () => {
    const large = 9007199254740993n
    for (const index of [0n, 1n, 2n]) await create(String(index), (large + index) as unknown as number)
    expect(await pages({ maxResults: 1 })).toEqual(['2', '1', '0'])
    expect(await search({ filter: `creation_timestamp = ${large}` })).toBe('0')
  })

  test('a page token of another search is refused with what differs', async () => {
    for (const index of [1, 2, 3]) await create(String(index), index)
    const first = { maxResults: 1, filter: "name = 'net'", orderBy: [{ field_name: 'name' }] }
    const pageToken = (await page(first)).token ?? ''
    expect(await search({ ...first, maxResults: 5, pageToken })).toBe('2 1')
    const next = { ...first, pageToken }
    for (const [change, sentence] of [
      [{ filter: "name = 'other'" }, 'Filter string in the page token does not match the requested filter string.'],
      [{ orderBy: [] }, 'Order by in the page token does not match the requested order by.'],
      [{ experimentIds: ['7'] }, 'Experiment IDs in the page token do not match the requested experiment IDs.'],
      [{ datasets: [{ name: 'd', digest: undefined }] }, 'Datasets in the page token do not match'],
      [{ pageToken: 'nonsense' }, 'Invalid page token, '],
      [{ pageToken: '' }, 'Invalid page token, '],
    ] as const) {
      await expect(search({ ...next, ...change })).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining(sentence),
      })
    }
  })
})
