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

  test.each([
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
    await expect(text({ run_ids: Array(501).fill(first) })).rejects.toThrow('At most 500 run_ids')
    await expect(text({ keys: Array(201).fill('a') })).rejects.toThrow('At most 200 keys')
  })
})
