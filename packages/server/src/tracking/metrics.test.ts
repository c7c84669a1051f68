import type { Request } from '@trackway/api'
import { parseJson } from '@trackway/api/codec'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { anonymous } from '../access/caller.ts'
import { testEngines } from '../storage/sql/test-engines.ts'
import { openTracking, point } from '../storage/sql/test-tracking.ts'
import type { TestTracking } from '../storage/sql/test-tracking.ts'
import { EncodedReply } from './encoded-reply.ts'
import { createMetricHandlers } from './metrics.ts'

describe('the handlers of metrics', () => {
  let tracking: TestTracking
  let handlers: ReturnType<typeof createMetricHandlers>
  const [first, second] = ['1'.repeat(32), '2'.repeat(32)]

  beforeEach(async () => {
    tracking = await openTracking(testEngines[0]!.open)
    handlers = createMetricHandlers(tracking)
    for (const runId of [second, first]) await tracking.newRun({ runId })
  })
  afterEach(() => tracking.close())

  interface Reply {
    metrics?: { key: string; value: number | string; step: number; timestamp: number; run_id?: string }[]
    next_page_token?: string
  }

  async function call<K extends keyof typeof handlers>(name: K, request: Request<K>): Promise<Reply> {
    const reply: unknown = await handlers[name](request as never, anonymous)
    if (!(reply instanceof EncodedReply)) throw new Error('The reply is not encoded')
    let text = ''
    for await (const piece of reply.pieces) text += Buffer.from(piece).toString()
    return parseJson(text) as Reply
  }

  const history = (more: Partial<Request<'getMetricHistory'>> = {}) =>
    call('getMetricHistory', { run_id: first, metric_key: 'm', ...more })
  const stepsOf = (reply: Reply) => (reply.metrics ?? []).map(({ step }) => step)
  const refused = (message: string) => ({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) })
  const logSteps = (runId: string, steps: number[], key = 'm') =>
    tracking.log(runId, { metrics: steps.map((step) => point(key, step / 2, step, step)) })

  test('getMetricHistory gives key, value, time and step, int64 exact and NaN as text', async () => {
    const key = 'val/ü : x'
    const large = 9007199254740993n
    const metrics = [
      point(key, 0.1, large, 1),
      point(key, NaN, 2, large),
      point(key, -Infinity, -3, 0),
      point(key, 1e21, 4, 2),
    ]
    await tracking.log(first, { metrics })
    expect(await history({ metric_key: key })).toEqual({
      metrics: [
        { key, value: '-Infinity', step: -3, timestamp: 0 },
        { key, value: 0.1, step: large, timestamp: 1 },
        { key, value: 1e21, step: 4, timestamp: 2 },
        { key, value: 'NaN', step: 2, timestamp: large },
      ],
    })
    expect(await history({ run_id: undefined, run_uuid: first, metric_key: key })).toHaveProperty('metrics')
  })

  test('getMetricHistory answers {} for an unknown metric or run', async () => {
    expect(await history()).toEqual({})
    expect(await history({ run_id: 'nope' })).toEqual({})
    expect(await history({ max_results: 5 })).toEqual({})
  })

  test('getMetricHistory pages through everything with any size, and only then gives no token', async () => {
    await tracking.log(first, {
      metrics: [0, 1, 1, 2, 3, 3, 3].map((step, index) =>
        point('m', index === 2 ? NaN : index, step, 9007199254740990n + BigInt(step)),
      ),
    })
    const whole = await history()
    expect(whole.metrics).toHaveLength(7)
    for (let max_results = 1; max_results <= 8; max_results++) {
      const pages: Reply[] = []
      do pages.push(await history({ max_results, page_token: pages.at(-1)?.next_page_token }))
      while (pages.at(-1)?.next_page_token !== undefined)
      expect(pages.flatMap((page) => page.metrics ?? [])).toEqual(whole.metrics)
      expect(pages).toHaveLength(Math.ceil(7 / max_results))
    }
  })

  test('getMetricHistory takes a token without max_results for the rest', async () => {
    await logSteps(first, [0, 1, 2, 3])
    const { next_page_token } = await history({ max_results: 1 })
    expect(stepsOf(await history({ page_token: next_page_token }))).toEqual([1, 2, 3])
    await logSteps(first, [0, 1], 'other')
    await expect(history({ metric_key: 'other', page_token: next_page_token })).rejects.toMatchObject(
      refused('Invalid page token, it belongs to the history of another metric or run.'),
    )
    await expect(history({ page_token: 'x' })).rejects.toMatchObject(refused('Invalid page token, '))
  })

  test('getMetricHistory pages across the blocks of the store', async () => {
    await tracking.fill(async () => {
      for (let start = 0; start < 10_001; start += 500) {
        await logSteps(
          first,
          Array.from({ length: Math.min(500, 10_001 - start) }, (_, index) => start + index),
        )
      }
    })
    expect(stepsOf(await history())).toEqual(Array.from({ length: 10_001 }, (_, step) => step))
    for (const [max_results, more] of [
      [9999, true],
      [10_000, true],
      [10_001, false],
      [10_002, false],
    ] as const) {
      const page = await history({ max_results })
      expect([max_results, page.metrics?.length, page.next_page_token !== undefined]).toEqual([
        max_results,
        Math.min(max_results, 10_001),
        more,
      ])
    }
  })

  test.each([
    [{ run_id: '' }, "Missing value for required parameter 'run_id'."],
    [{ max_results: 0 }, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"],
    [{ max_results: -5 }, "Invalid value -5 for parameter 'max_results'"],
  ])('getMetricHistory refuses %j', async (request, sentence) => {
    await expect(history(request)).rejects.toMatchObject(refused(sentence))
  })

  test('getMetricHistoryBulk gives runs by id, each once, up to max_results in all', async () => {
    await logSteps(first, [0, 1, 2])
    await logSteps(second, [5, 6])
    const bulk = async (max_results?: number) =>
      (await call('getMetricHistoryBulk', { run_id: [second, 'nope', first, second], metric_key: 'm', max_results }))
        .metrics
    expect((await bulk())?.map(({ run_id, step }) => `${run_id?.[0]}:${step}`)).toEqual([
      '1:0',
      '1:1',
      '1:2',
      '2:5',
      '2:6',
    ])
    expect(await bulk(4)).toHaveLength(4)
    expect(await bulk(3)).toHaveLength(3)
    expect(await bulk(0)).toEqual([])
    expect((await bulk(1))?.[0]).toEqual({ key: 'm', value: 0, step: 0, timestamp: 0, run_id: first })
  })

  test('getMetricHistoryBulkInterval samples each run as asked', async () => {
    await logSteps(first, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    await logSteps(second, [5])
    const interval = (more: Partial<Request<'getMetricHistoryBulkInterval'>>) =>
      call('getMetricHistoryBulkInterval', { run_ids: [second, first, second, 'nope'], metric_key: 'm', ...more })
    expect(stepsOf(await interval({}))).toEqual([5, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(stepsOf(await interval({ max_results: 4 }))).toEqual([5, 0, 3, 6, 9])
    expect(stepsOf(await interval({ start_step: 2, end_step: 5 }))).toEqual([5, 2, 3, 4, 5])
    expect(stepsOf(await interval({ start_step: 3, end_step: 3 }))).toEqual([3])
    expect((await interval({ max_results: 1 })).metrics).toEqual([
      { key: 'm', value: 2.5, step: 5, timestamp: 5, run_id: second },
      { key: 'm', value: 4.5, step: 9, timestamp: 9, run_id: first },
    ])
    expect(await interval({ metric_key: 'unknown' })).toEqual({})
    for (const [request, sentence] of [
      [{ start_step: 1 }, 'If either start step or end step are specified, both must be specified.'],
      [{ end_step: 0 }, 'If either start step or end step are specified, both must be specified.'],
      [{ start_step: 4, end_step: 1 }, 'end_step must be greater than start_step. Found start_step=4 and end_step=1.'],
      [{ max_results: 0 }, 'max_results must be between 1 and 2500'],
      [{ max_results: 2501 }, 'max_results must be between 1 and 2500'],
    ] as const) {
      await expect(interval(request)).rejects.toMatchObject(refused(sentence))
    }
  })

  test('both bulk requests take a hundred runs and no more', async () => {
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`)
    expect(await call('getMetricHistoryBulk', { run_id: ids(100), metric_key: 'm' })).toEqual({ metrics: [] })
    expect(await call('getMetricHistoryBulkInterval', { run_ids: ids(100), metric_key: 'm' })).toEqual({})
    await expect(call('getMetricHistoryBulk', { run_id: ids(101), metric_key: 'm' })).rejects.toMatchObject(
      refused('101 run_ids'),
    )
    await expect(call('getMetricHistoryBulkInterval', { run_ids: ids(101), metric_key: 'm' })).rejects.toMatchObject(
      refused('101 run_ids'),
    )
  })
})
