import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createRunQueryHandlers } from '../../tracking/run-query.ts'
import { createMetricSeriesHandlers } from '../../tracking/metric-series.ts'
import type { EncodedReply } from '../../tracking/encoded-reply.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

describe.each(testEngines)('queryRuns() and metricSeries() on $engine', ({ open }) => {
  let tracking: TestTracking
  let handlers: ReturnType<typeof createRunQueryHandlers>
  const caller = { user: '' }
  let first: string
  let second: string
  let third: string

  beforeEach(async () => {
    tracking = await openTracking(open)
    handlers = createRunQueryHandlers(tracking)
    first = await tracking.newRun({ name: 'first', startTime: 3 })
    second = await tracking.newRun({ name: 'second', startTime: 2 })
    third = await tracking.newRun({ name: 'third', startTime: 1, userId: 'ana' })
    await tracking.log(first, {
      metrics: [point('loss', 3, 0), point('loss', NaN, 1), point('loss', 1, 2), point('loss', 2, 3)],
      params: [{ key: 'lr', value: '0.1' }],
      tags: [{ key: 'a b', value: '<b>' }],
    })
    await tracking.log(second, { metrics: [point('loss', NaN, 0)], params: [{ key: 'lr', value: '0.2' }] })
    await tracking.runs.update(third, { status: 'FINISHED', endTime: 9 }, at(9))
  })
  afterEach(() => tracking.close())

  type Query = Parameters<typeof handlers.queryRuns>[0]
  const query = async (request: Partial<Query>) =>
    (await handlers.queryRuns({ experiment_ids: ['0'], ...request }, caller)) as Exclude<
      Awaited<ReturnType<typeof handlers.queryRuns>>,
      EncodedReply
    >

  test('gives the columns asked for, in their order, null where a run has none', async () => {
    const { runs, total, running } = await query({
      columns: [
        { field: 'metrics.loss' },
        { field: 'metrics.loss', value: 'MIN' },
        { field: 'metrics.loss', value: 'MAX' },
        { field: 'metrics.loss', value: 'COUNT' },
        { field: 'params.lr' },
        { field: 'tags."a b"' },
        { field: 'user_id' },
        { field: 'metrics.unknown' },
      ],
    })
    expect(runs?.map((run) => [run.run_name, run.values])).toEqual([
      ['first', [2, 1, 3, 4, '0.1', '<b>', '', null]],
      ['second', ['NaN', 'NaN', 'NaN', 1, '0.2', null, '', null]],
      ['third', [null, null, null, null, null, null, 'ana', null]],
    ])
    expect({ total, running }).toEqual({ total: 3, running: 2 })
    expect(runs?.[2]).toMatchObject({
      run_id: third,
      experiment_id: '0',
      status: 'FINISHED',
      start_time: 1,
      end_time: 9,
    })
  })

  test('counts all that match, whatever the page', async () => {
    const page = await query({ max_results: 1, order_by: ['metrics.loss ASC'] })
    expect([page.runs?.map((run) => run.run_name), page.total]).toEqual([['first'], 3])
    const next = await query({ max_results: 5, order_by: ['metrics.loss ASC'], page_token: page.next_page_token })
    expect([next.runs?.map((run) => run.run_name), next.total, next.next_page_token]).toEqual([
      ['second', 'third'],
      3,
      undefined,
    ])
    expect(await query({ filter: "params.lr LIKE '0.%'" })).toMatchObject({ total: 2, running: 2 })
    expect(await query({ filter: 'metrics.loss > 100' })).toEqual({
      runs: [],
      total: 0,
      running: 0,
      next_page_token: undefined,
    })
    expect(await query({ experiment_ids: [] })).toMatchObject({ runs: [], total: 0 })
  })

  test('shows deleted runs when asked to', async () => {
    await tracking.runs.delete(second, at(5))
    expect(await query({})).toMatchObject({ total: 2 })
    expect((await query({ run_view_type: 'DELETED_ONLY' })).runs?.map((run) => run.run_id)).toEqual([second])
    expect(await query({ run_view_type: 'ALL' })).toMatchObject({ total: 3 })
  })

  test('gives chosen runs of any experiment, and leaves out unknown ones', async () => {
    const other = await tracking.newRun({
      name: 'other',
      startTime: 9,
      experimentId: await tracking.newExperiment('b'),
    })
    const run_ids = [third, other, 'unknown', other]
    const names = async (request: Partial<Query>) =>
      (await query({ run_ids, ...request })).runs?.map((run) => run.run_name)
    expect(await names({ experiment_ids: [] })).toEqual(['other', 'third'])
    expect(await names({})).toEqual(['third'])
    expect(await names({ experiment_ids: [], filter: "status = 'RUNNING'" })).toEqual(['other'])
    expect(await names({ experiment_ids: [], order_by: ['run_name DESC'] })).toEqual(['third', 'other'])
    expect(await query({ experiment_ids: [], run_ids, max_results: 1 })).toMatchObject({ total: 2, running: 1 })
    await tracking.runs.delete(third, at(9))
    expect(await names({ experiment_ids: [] })).toEqual(['other'])
    expect(await names({ experiment_ids: [], run_view_type: 'ALL' })).toEqual(['other', 'third'])
    expect(await names({ run_ids: [] })).toEqual(['first', 'second'])
    await expect(names({ run_ids: Array<string>(501).fill('a') })).rejects.toThrow('At most 500 run_ids')
  })

  test('orders by the extremes and the number of a metric’s points, runs of NaN only and without it last', async () => {
    const fourth = await tracking.newRun({ name: 'fourth', startTime: 0 })
    await tracking.log(fourth, { metrics: [point('loss', 2.5, 0), point('loss', Infinity, 1)] })
    const names = async (...order_by: string[]) => (await query({ order_by })).runs?.map((run) => run.run_name)
    expect(await names('min(metrics.loss) ASC')).toEqual(['first', 'fourth', 'second', 'third'])
    expect(await names('MIN(metrics.loss) DESC')).toEqual(['fourth', 'first', 'second', 'third'])
    expect(await names('max( metrics.`loss` ) desc')).toEqual(['fourth', 'first', 'second', 'third'])
    expect(await names('count(metrics.loss)')).toEqual(['second', 'fourth', 'first', 'third'])
    expect(await names('count(metrics.loss) DESC')).toEqual(['first', 'fourth', 'second', 'third'])
    expect(await names('max(metrics.unknown)', 'min(metrics.loss) DESC')).toEqual([
      'fourth',
      'first',
      'second',
      'third',
    ])
    const order_by = ['max(metrics.loss) DESC']
    const paged: (string | undefined)[] = []
    let page_token: string | undefined
    do {
      const page = await query({ order_by, max_results: 1, page_token })
      paged.push(page.runs?.[0]?.run_name)
      page_token = page.next_page_token
    } while (page_token && paged.length < 9)
    expect(paged).toEqual(['fourth', 'first', 'second', 'third'])
  })

  test.each([
    [{ order_by: ['min(params.lr)'] }, /Only a metric has MIN/],
    [{ order_by: ['min metrics.loss'] }, /Expected \(/],
    [{ order_by: ['min(metrics.loss'] }, /Expected \)/],
    [{ order_by: ['min(metrics.loss, 1)'] }, /Expected \)/],
    [{ order_by: ['min()'] }, /Expected a field/],
    [{ order_by: ['mean(metrics.loss)'] }, /Invalid order_by clause/],
    [{ order_by: ['min(metrics.loss)', 'MIN(metric.loss) DESC'] }, /duplicate fields/],
    [{ columns: [{ field: 'foo.bar' }] }, /Invalid entity type 'foo'/],
    [{ columns: [{ field: '' }] }, /Invalid field ''/],
    [{ columns: [{ field: 'metrics.a b' }] }, /Invalid field 'metrics.a b'.*needs quotes/],
    [{ columns: [{ field: 'nonsense' }] }, /Invalid attribute key 'nonsense'/],
    [{ columns: [{ field: 'datasets.name' }] }, /a run may have many datasets/],
    [{ columns: [{ field: 'params.lr', value: 'MIN' as const }] }, /only a metric has MIN/],
    [{ columns: Array.from({ length: 101 }, () => ({ field: 'params.lr' })) }, /At most 100 columns/],
    [{ max_results: 0 }, /max_results/],
    [{ max_results: 1001 }, /max_results/],
    [{ filter: 'metrics.' }, /Invalid/],
    [{ page_token: 'x' }, /Invalid page token/],
  ])('refuses %j', async (request, message) => {
    await expect(query(request)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(message),
    })
  })

  test('metricSeries writes curves as JSON, what JSON lacks as text', async () => {
    const { metricSeries } = createMetricSeriesHandlers(tracking)
    const text = async (request: Partial<Parameters<typeof metricSeries>[0]>): Promise<unknown> => {
      const reply = (await metricSeries(
        { run_ids: [first, second], keys: ['loss'], ...request },
        caller,
      )) as EncodedReply
      let json = ''
      for await (const piece of reply.pieces) json += String(piece)
      return JSON.parse(json)
    }
    expect(await text({})).toEqual({
      series: expect.arrayContaining([
        { run_id: first, key: 'loss', points: 4, x: [0, 1, 2, 3], last: [3, 'NaN', 1, 2] },
        { run_id: second, key: 'loss', points: 1, x: [0], last: ['NaN'] },
      ]),
    })
    expect(await text({ run_ids: [first], buckets: 2 })).toEqual({
      series: [{ run_id: first, key: 'loss', points: 4, x: [1, 3], last: ['NaN', 2], min: [3, 1], max: [3, 2] }],
    })
    expect(await text({ keys: ['none'] })).toEqual({})
    for (const wrong of [{ buckets: 1 }, { buckets: 5001 }, { from: 2, to: 1 }, { from: NaN }]) {
      await expect(text(wrong)).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    }
    await expect(text({ x: 'METRIC' })).rejects.toThrow("Missing value for parameter 'x_key'")
    await expect(text({ x_key: 'loss' })).rejects.toThrow("'x_key' goes with x METRIC only, but x is STEP")
    expect(await text({ x: 'METRIC', x_key: 'loss', run_ids: [first] })).toEqual({
      series: [{ run_id: first, key: 'loss', points: 3, x: [1, 2, 3], last: [1, 2, 3] }],
    })
    await expect(text({ run_ids: Array(501).fill(first) })).rejects.toThrow('At most 500 run_ids')
    await expect(text({ keys: Array(201).fill('a') })).rejects.toThrow('At most 200 keys')
  })
})
