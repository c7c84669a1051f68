import type { Request } from '@trackway/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { EncodedReply } from '../../tracking/encoded-reply.ts'
import { createRunGroupHandlers } from '../../tracking/run-groups.ts'
import { createRunQueryHandlers } from '../../tracking/run-query.ts'
import { randomNumbers } from '../../random-numbers.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

describe.each(testEngines)('groupRuns() on $engine', ({ open }) => {
  let tracking: TestTracking
  let handlers: ReturnType<typeof createRunGroupHandlers> & ReturnType<typeof createRunQueryHandlers>
  let clock: number

  beforeEach(async () => {
    tracking = await openTracking(open)
    handlers = { ...createRunGroupHandlers(tracking), ...createRunQueryHandlers(tracking) }
    clock = 0
  })
  afterEach(() => tracking.close())

  async function add(params: Record<string, string>, metrics: Record<string, number | number[]> = {}, userId = '') {
    const id = await tracking.newRun({ startTime: ++clock, userId })
    await tracking.log(id, {
      params: Object.entries(params).map(([key, value]) => ({ key, value })),
      metrics: Object.entries(metrics).flatMap(([key, values]) =>
        [values].flat().map((value, step) => point(key, value, step)),
      ),
    })
    return id
  }

  const caller = { user: '' }
  type Reply<T> = Exclude<Awaited<T>, EncodedReply>
  const group = async (request: Request<'groupRuns'>) =>
    (await handlers.groupRuns({ experiment_ids: ['0'], ...request }, caller)) as Reply<
      ReturnType<typeof handlers.groupRuns>
    >
  const query = async (request: Request<'queryRuns'>) =>
    (await handlers.queryRuns({ experiment_ids: ['0'], ...request }, caller)) as Reply<
      ReturnType<typeof handlers.queryRuns>
    >
  const valuesOf = async (request: Request<'groupRuns'>) => (await group(request)).groups?.map(({ values }) => values)

  test('gives each group its size, the largest first, and the numbers of columns', async () => {
    await add({ model: 'mlp', lr: '0.1' }, { loss: [9, 2] })
    const ended = await add({ model: 'cnn', lr: '0.1' }, { loss: 1 })
    await add({ model: 'cnn', lr: 'auto' }, { loss: [4, 3] })
    await add({ lr: '5' })
    await tracking.runs.update(ended, { status: 'FINISHED', endTime: 9 }, at(9))
    const columns = [
      { field: 'metrics.loss' },
      { field: 'metrics.loss', value: 'MAX' as const },
      { field: 'params.lr' },
    ]
    expect(await group({ group_by: ['params.model'], columns })).toEqual({
      groups: [
        {
          values: ['cnn'],
          filter: "params.model = 'cnn'",
          runs: 2,
          running: 1,
          last_start_time: 3,
          aggregates: [
            { count: 2, left_out: 0, mean: 2, min: 1, max: 3, std: Math.SQRT2 },
            { count: 2, left_out: 0, mean: 2.5, min: 1, max: 4, std: Math.sqrt(4.5) },
            { count: 1, left_out: 1, mean: 0.1, min: 0.1, max: 0.1, std: undefined },
          ],
        },
        {
          values: ['mlp'],
          filter: "params.model = 'mlp'",
          runs: 1,
          running: 1,
          last_start_time: 1,
          aggregates: [
            { count: 1, left_out: 0, mean: 2, min: 2, max: 2 },
            { count: 1, left_out: 0, mean: 9, min: 9, max: 9 },
            { count: 1, left_out: 0, mean: 0.1, min: 0.1, max: 0.1 },
          ],
        },
        {
          values: [null],
          filter: 'params.model IS NULL',
          runs: 1,
          running: 1,
          last_start_time: 4,
          aggregates: [null, null, { count: 1, left_out: 0, mean: 5, min: 5, max: 5 }],
        },
      ],
      total: 3,
      total_matching: 4,
      next_page_token: undefined,
    })
  })

  test('groups by several fields, attributes and tags among them', async () => {
    const first = await add({ a: '1' }, {}, 'ana')
    await add({ a: '1' }, {}, 'ben')
    await tracking.log(first, { tags: [{ key: 'team', value: 'x' }] })
    const { groups } = await group({ group_by: ['params.a', 'user_id', 'tags.team', 'status', 'experiment_id'] })
    expect(groups?.map(({ values, filter }) => [values, filter])).toEqual([
      [
        ['1', 'ana', 'x', 'RUNNING', '0'],
        `params.a = '1' AND attributes.user_id = 'ana' AND tags.team = 'x' AND attributes.status = 'RUNNING' AND ` +
          `attributes.experiment_id = '0'`,
      ],
      [['1', 'ben', null, 'RUNNING', '0'], expect.stringContaining('tags.team IS NULL')],
    ])
    // What lies side by side is not taken for another pair.
    await add({ p: 'a,1:b', q: 'c' })
    await add({ p: 'a', q: '1:b,c' })
    expect((await group({ group_by: ['params.p', 'params.q'] })).total).toBe(3)
  })

  test('leaves NaN and the infinities out of the numbers', async () => {
    for (const loss of [NaN, Infinity, -Infinity, 2]) await add({}, { loss })
    const { groups } = await group({ group_by: ['status'], columns: [{ field: 'metrics.loss' }] })
    expect(groups?.[0]?.aggregates).toEqual([{ count: 1, left_out: 3, mean: 2, min: 2, max: 2 }])
  })

  test('orders by size, age, values and numbers, what is missing last either way', async () => {
    await add({ lr: '10' }, { loss: 3 })
    await add({ lr: '9' }, { loss: 1 })
    await add({ lr: '9' }, { loss: 5 })
    await add({ lr: 'auto' })
    await add({}, { loss: 2 })
    const request = { group_by: ['params.lr'], columns: [{ field: 'metrics.loss' }] }
    const by = (...order_by: NonNullable<Request<'groupRuns'>['order_by']>) =>
      valuesOf({ ...request, order_by }).then((values) => values?.flat())
    expect(await by({ by: 'VALUE' })).toEqual(['9', '10', 'auto', null])
    expect(await by({ by: 'VALUE', descending: true })).toEqual(['auto', '10', '9', null])
    expect(await by({ by: 'RUNS' }, { by: 'VALUE', descending: true })).toEqual(['auto', '10', null, '9'])
    expect(await by({ by: 'LAST_START_TIME', descending: true })).toEqual([null, 'auto', '9', '10'])
    expect(await by({ by: 'MEAN' })).toEqual([null, '9', '10', 'auto'])
    expect(await by({ by: 'MEAN', place: 0, descending: true })).toEqual(['9', '10', null, 'auto'])
    expect(await by({ by: 'MIN' })).toEqual(['9', null, '10', 'auto'])
    expect(await by({ by: 'MAX' })).toEqual([null, '10', '9', 'auto'])
    expect(await by({ by: 'STD' })).toEqual(['9', '10', 'auto', null])
    expect(await by({ by: 'COUNT', descending: true })).toEqual(['9', '10', null, 'auto'])
  })

  test('pages keep their place while others write', async () => {
    for (const [lr, loss] of ['a', 'b', 'c', 'd', 'e'].entries()) await add({ lr: loss }, { loss: lr })
    await add({}, { loss: 9 })
    const request = {
      group_by: ['params.lr'],
      columns: [{ field: 'metrics.loss' }],
      order_by: [{ by: 'MEAN' as const, descending: true }],
      max_results: 2,
    }
    const first = await group(request)
    expect([first.groups?.map(({ values }) => values), first.total]).toEqual([[[null], ['e']], 6])
    await add({ lr: 'new' }, { loss: 100 })
    const second = await group({ ...request, page_token: first.next_page_token })
    expect([second.groups?.map(({ values }) => values), second.total]).toEqual([[['d'], ['c']], 7])
    const third = await group({ ...request, page_token: second.next_page_token })
    expect([third.groups?.map(({ values }) => values), third.next_page_token]).toEqual([[['b'], ['a']], undefined])
    await expect(group({ ...request, filter: 'metrics.loss > 1', page_token: first.next_page_token })).rejects.toThrow(
      'it belongs to another search',
    )
  })

  test('its filters find the runs of each group', async () => {
    const random = randomNumbers(3)
    const texts = ['', 'x', "it's", 'say "x"', `' and "`, 'C:\\runs', "\\'", 'a\nb', '0.10', '😀', ' ']
    await tracking.fill(async () => {
      for (let run = 0; run < 60; run++) {
        const pick = () => texts[Math.floor(random() * texts.length * 1.3)]
        const [a, b] = [pick(), pick()]
        await add({ ...(a !== undefined && { a }), ...(b !== undefined && { b }) }, { loss: random() })
      }
    })
    const filter = 'metrics.loss < 0.3 OR metrics.loss > 0.4'
    const { groups = [], total_matching } = await group({
      group_by: ['params.a', 'params.b'],
      filter,
      max_results: 1000,
    })
    let sum = 0
    for (const { values, runs, filter: condition } of groups) {
      const columns = [{ field: 'params.a' }, { field: 'params.b' }]
      const found = await query({ filter: `(${filter}) AND ${condition}`, columns })
      expect(found.total).toBe(runs)
      for (const run of found.runs ?? []) expect(run.values).toEqual(values)
      sum += Number(runs)
    }
    expect(sum).toBe(total_matching)
    await add({ path: 'C:\\' })
    const { groups: unwritable } = await group({ group_by: ['params.path'], filter: 'params.path IS NOT NULL' })
    expect(unwritable).toMatchObject([{ values: ['C:\\'], filter: undefined, runs: 1 }])
  })

  test('is empty without runs, and follows the view', async () => {
    expect(await group({ group_by: ['status'] })).toEqual({
      groups: [],
      total: 0,
      total_matching: 0,
      next_page_token: undefined,
    })
    const id = await add({})
    await tracking.runs.delete(id, at(9))
    expect(await group({ group_by: ['status'] })).toMatchObject({ total: 0 })
    expect(await group({ group_by: ['params.unknown'], run_view_type: 'ALL' })).toMatchObject({
      groups: [{ values: [null], runs: 1 }],
    })
    expect(await group({ group_by: ['status'], experiment_ids: [] })).toMatchObject({ total: 0 })
  })

  test.each<[Request<'groupRuns'>, string]>([
    [{}, 'From 1 to 5 fields may be in group_by, got 0'],
    [{ group_by: ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => `params.${key}`) }, 'got 6'],
    [{ group_by: ['metrics.loss'] }, 'runs are grouped by params, tags and attributes'],
    [{ group_by: ['datasets.name'] }, 'a run may have many datasets'],
    [{ group_by: ['params.a', 'param.a'] }, 'it is there twice'],
    [{ group_by: ['nonsense'] }, "Invalid attribute key 'nonsense'"],
    [{ group_by: ['status'], columns: [{ field: 'user_id' }] }, 'only metrics and params have numbers'],
    [
      { group_by: ['status'], columns: Array.from({ length: 21 }, () => ({ field: 'params.a' })) },
      'At most 20 columns',
    ],
    [{ group_by: ['status'], order_by: [{ by: 'MEAN' }] }, 'columns has 0'],
    [{ group_by: ['status'], order_by: [{ by: 'VALUE', place: 1 }] }, 'group_by has 1'],
    [{ group_by: ['status'], order_by: [{ by: 'VALUE', place: -1 }] }, 'Invalid place -1'],
    [{ group_by: ['status'], order_by: Array.from({ length: 11 }, () => ({ by: 'RUNS' as const })) }, '11 terms'],
    [{ group_by: ['status'], max_results: 0 }, 'max_results'],
    [{ group_by: ['status'], max_results: 1001 }, 'max_results'],
    [{ group_by: ['status'], page_token: 'x' }, 'Invalid page token'],
    [{ group_by: ['status'], filter: 'metrics.' }, 'Invalid'],
  ])('refuses %j', async (request, message) => {
    await expect(group(request)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(message),
    })
  })
})
