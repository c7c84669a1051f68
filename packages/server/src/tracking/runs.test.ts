import type { Metric, Request } from '@trackway/api'
import { parseJson } from '@trackway/api/codec'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { anonymous } from '../access/caller.ts'
import { testEngines } from '../storage/sql/test-engines.ts'
import { openTracking } from '../storage/sql/test-tracking.ts'
import type { TestTracking, WireRun } from '../storage/sql/test-tracking.ts'
import { EncodedReply } from './encoded-reply.ts'
import { createRunHandlers } from './runs.ts'
import type { KeyValue } from './store.ts'

describe('the handlers of runs', () => {
  let tracking: TestTracking
  let handlers: ReturnType<typeof createRunHandlers>

  beforeEach(async () => {
    tracking = await openTracking(testEngines[0]!.open)
    handlers = createRunHandlers(tracking, { truncateLongValues: true })
  })
  afterEach(() => tracking.close())

  interface Reply {
    run: WireRun
    runs?: WireRun[]
    run_info: WireRun['info']
    next_page_token?: string
  }

  async function call<K extends keyof typeof handlers>(name: K, request: Request<K>): Promise<Reply> {
    const reply: unknown = await handlers[name](request as never, anonymous)
    if (!(reply instanceof EncodedReply)) return reply as Reply
    let text = ''
    for await (const piece of reply.pieces) text += Buffer.from(piece).toString()
    return parseJson(text) as Reply
  }

  const create = async (request: Request<'createRun'> = {}) => (await call('createRun', request)).run
  const get = async (run_id: string) => (await call('getRun', { run_id })).run
  const newId = async () => (await create()).info.run_id
  const refused = (message: string) => ({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) })
  const pairs = (count: number, key = 'k') =>
    Array.from({ length: count }, (_, index) => ({ key: `${key}${index}`, value: '' }))
  const metric = (key: string, more: Partial<Metric> = {}): Metric => ({ key, value: 1, timestamp: 0, ...more })
  const metricsOf = (count: number) => Array.from({ length: count }, (_, index) => metric('m', { step: index }))
  const valueOf = (list: readonly KeyValue[] | undefined, key: string) => list?.find((pair) => pair.key === key)?.value

  test('createRun makes an id, and a name where none is given, in the default experiment', async () => {
    const begun = Date.now()
    for (const experiment_id of [undefined, '', '0', '00']) {
      const run = await create({ experiment_id })
      expect(run.info).toMatchObject({
        run_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        run_name: expect.stringMatching(/^[a-z]+-[a-z]+-\d+$/),
        experiment_id: '0',
        user_id: '',
        status: 'RUNNING',
      })
      expect(run.info.start_time).toBeGreaterThanOrEqual(begun)
      expect(run).toMatchObject({ data: { tags: [{ key: 'mlflow.runName', value: run.info.run_name }] }, inputs: {} })
      expect(run).not.toHaveProperty('outputs')
      expect(await get(run.info.run_id)).toMatchObject({ ...run, outputs: {} })
    }
    expect((await create({ start_time: -5, user_id: 'me' })).info).toMatchObject({ start_time: -5, user_id: 'me' })
  })

  test.each([
    [{ run_name: 'n' }, 'n'],
    [{ run_name: '  ' }, '  '],
    [{ tags: [{ key: 'mlflow.runName', value: 't' }] }, 't'],
    [{ run_name: 'n', tags: [{ key: 'mlflow.runName', value: 'n' }] }, 'n'],
    [{ run_name: 'n', tags: [{ key: 'mlflow.runName', value: '' }] }, 'n'],
    [{ run_name: '', tags: [{ key: 'mlflow.runName', value: 't' }] }, 't'],
  ])('createRun from %j is named %j, in its info and its tag', async (request, name) => {
    const run = await create(request)
    expect([run.info.run_name, run.data.tags]).toEqual([name, [{ key: 'mlflow.runName', value: name }]])
  })

  test('createRun refuses two different names, and experiments that are no ids', async () => {
    await expect(create({ run_name: 'n', tags: [{ key: 'mlflow.runName', value: 'm' }] })).rejects.toMatchObject(
      refused(
        "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='n', mlflow.runName='m').",
      ),
    )
    await expect(create({ experiment_id: 'abc' })).rejects.toMatchObject(refused("Invalid experiment ID 'abc'."))
    await expect(create({ experiment_id: '999' })).rejects.toThrow('No Experiment with id=999 exists')
  })

  test('createRun keeps the last of several tags of one key', async () => {
    const { data } = await create({ run_name: 'n', tags: [1, 2].map((value) => ({ key: 'a', value: String(value) })) })
    expect(data.tags).toEqual([
      { key: 'a', value: '2' },
      { key: 'mlflow.runName', value: 'n' },
    ])
  })

  test('run_uuid stands for run_id where there is none, and one of them must be there', async () => {
    const run_uuid = await newId()
    expect((await call('getRun', { run_uuid })).run.info.run_id).toBe(run_uuid)
    expect((await call('updateRun', { run_uuid, status: 'FAILED' })).run_info.status).toBe('FAILED')
    expect(await call('logMetric', { run_uuid, ...metric('m') })).toEqual({})
    expect(await call('logParam', { run_uuid, key: 'p', value: '' })).toEqual({})
    expect(await call('setTag', { run_uuid, key: 't', value: '' })).toEqual({})
    for (const attempt of [
      call('getRun', {}),
      call('getRun', { run_id: '' }),
      call('updateRun', {}),
      call('logMetric', metric('m')),
      call('logParam', { key: 'p', value: '' }),
      call('setTag', { key: 't', value: '' }),
      call('logBatch', { run_id: '' }),
      call('logModel', { run_id: '', model_json: '{}' }),
    ]) {
      await expect(attempt).rejects.toMatchObject(refused("Missing value for required parameter 'run_id'."))
    }
  })

  test('updateRun ignores an empty name and gives back the whole info', async () => {
    const { info } = await create({ run_name: 'n' })
    const { run_info } = await call('updateRun', { run_id: info.run_id, run_name: '', status: 'FINISHED', end_time: 9 })
    expect(run_info).toMatchObject({ ...info, status: 'FINISHED', end_time: 9 })
    expect((await call('updateRun', { run_id: info.run_id })).run_info).toEqual(run_info)
  })

  test('deleteRun and restoreRun may be repeated', async () => {
    const run_id = await newId()
    for (const name of ['deleteRun', 'deleteRun', 'restoreRun', 'restoreRun'] as const)
      expect(await call(name, { run_id })).toEqual({})
    expect((await get(run_id)).info.lifecycle_stage).toBe('active')
  })

  test('values are cut at their limits, counted in characters, and keys are refused beyond theirs', async () => {
    const run_id = await newId()
    const long = (length: number) => '𝒳'.repeat(length)
    await call('logParam', { run_id, key: 'é'.repeat(250), value: long(6001) })
    await call('logParam', { run_id, key: 'é'.repeat(250), value: long(7000) })
    await call('setTag', { run_id, key: 't', value: long(8001) })
    await call('logBatch', {
      run_id,
      params: [{ key: 'b', value: long(6002) }],
      tags: [{ key: 'u', value: long(8000) }],
    })
    const { data } = await get(run_id)
    expect([valueOf(data.params, 'é'.repeat(250)), valueOf(data.params, 'b')]).toEqual([long(6000), long(6000)])
    expect([valueOf(data.tags, 't'), valueOf(data.tags, 'u')]).toEqual([long(8000), long(8000)])
    const key = 'k'.repeat(251)
    await expect(call('logParam', { run_id, key, value: '' })).rejects.toMatchObject(
      refused("'Param key' exceeds the maximum length of 250"),
    )
    await expect(call('setTag', { run_id, key, value: '' })).rejects.toMatchObject(
      refused("'key' exceeds the maximum length of 250"),
    )
    await expect(call('logMetric', { run_id, ...metric(key) })).rejects.toMatchObject(
      refused("'Metric name' exceeds the maximum length"),
    )
    await expect(call('logBatch', { run_id, tags: [{ key, value: '' }] })).rejects.toMatchObject(
      refused("'tags[0].key' exceeds"),
    )
  })

  test('where values may not be cut, they are refused', async () => {
    handlers = createRunHandlers(tracking, { truncateLongValues: false })
    const run_id = await newId()
    expect(await call('logParam', { run_id, key: 'p', value: 'v'.repeat(6000) })).toEqual({})
    for (const [name, value] of [
      ['logParam', 'v'.repeat(6001)],
      ['setTag', 'v'.repeat(8001)],
    ] as const) {
      await expect(call(name, { run_id, key: 'q', value })).rejects.toMatchObject(
        refused('exceeds the maximum length of'),
      )
    }
  })

  test('keys, times and run ids are checked before the run is looked up', async () => {
    const run_id = 'nope'
    for (const [attempt, sentence] of [
      [call('setTag', { run_id, key: 'a//b', value: '' }), `Invalid value "a//b" for parameter 'key' supplied`],
      [call('logParam', { run_id, key: '', value: '' }), `Invalid value "" for parameter 'key' supplied`],
      [call('logMetric', { run_id, ...metric('*') }), `Invalid value "*" for parameter 'key' supplied`],
      [
        call('logMetric', { run_id, ...metric('m', { timestamp: -1 }) }),
        "Invalid value -1 for parameter 'timestamp' supplied: metric 'm' (value=1).",
      ],
      [call('logBatch', { run_id: 'no pe*' }), `Invalid value "no pe*" for parameter 'run_id' supplied`],
      [
        call('logBatch', { run_id, metrics: [metric('m'), metric('../x')] }),
        `Invalid value "../x" for parameter 'metrics[1].name' supplied`,
      ],
      [call('logBatch', { run_id, metrics: [metric('m', { timestamp: -1 })] }), "parameter 'metrics[0].timestamp'"],
      [call('logBatch', { run_id, params: [{ key: '.', value: '' }] }), "parameter 'params[0].key'"],
      [call('logBatch', { run_id, tags: [{ key: '$', value: '' }] }), "parameter 'tags[0].key'"],
      [call('logModel', { run_id, model_json: '{' }), 'Malformed model info.'],
    ] as const) {
      await expect(attempt).rejects.toMatchObject(refused(sentence))
    }
  })

  test('logMetric takes step 0 where none is given, and any step', async () => {
    const run_id = await newId()
    await call('logMetric', { run_id, ...metric('m') })
    await call('logMetric', { run_id, ...metric('n', { step: -(2n ** 63n), value: NaN }) })
    expect((await get(run_id)).data.metrics).toEqual([
      { key: 'm', value: 1, timestamp: 0, step: 0 },
      { key: 'n', value: 'NaN', timestamp: 0, step: -(2n ** 63n) },
    ])
  })

  test('logBatch takes as many values as MLflow does, and no more', async () => {
    const run_id = await newId()
    expect(await call('logBatch', { run_id })).toEqual({})
    expect(await call('logBatch', { run_id, metrics: metricsOf(1000) })).toEqual({})
    const full = { metrics: metricsOf(800), params: pairs(100), tags: pairs(100) }
    expect(await call('logBatch', { run_id, ...full })).toEqual({})
    const sentence = (limit: number, what: string) =>
      refused(
        `A batch logging request can contain at most ${limit} ${what}. Got ${limit + 1} ${what}. Please split up ${what} across`,
      )
    for (const [batch, expected] of [
      [{ metrics: metricsOf(1001) }, sentence(1000, 'metrics')],
      [{ params: pairs(101, 'x') }, sentence(100, 'params')],
      [{ tags: pairs(101, 'x') }, sentence(100, 'tags')],
      [{ ...full, metrics: metricsOf(801) }, sentence(1000, 'metrics, params, and tags')],
    ] as const) {
      await expect(call('logBatch', { run_id, ...batch } as Request<'logBatch'>)).rejects.toMatchObject(expected)
    }
    expect(valueOf((await get(run_id)).data.params, 'x0')).toBeUndefined()
  })

  test('logBatch refuses a param twice, takes the last of a tag, and is stored whole or not at all', async () => {
    const run_id = await newId()
    const twice = ['1', '1'].map((value) => ({ key: 'd', value }))
    await expect(call('logBatch', { run_id, params: twice, tags: [{ key: 'no', value: '' }] })).rejects.toMatchObject(
      refused("Duplicate parameter keys have been submitted: ['d']."),
    )
    await call('logBatch', {
      run_id,
      params: [{ key: 'd', value: '1' }],
      tags: ['1', '2'].map((value) => ({ key: 't', value })),
    })
    const before = await get(run_id)
    expect(valueOf(before.data.tags, 't')).toBe('2')
    const changed = {
      metrics: [metric('m')],
      params: [
        { key: 'e', value: '' },
        { key: 'd', value: '9' },
      ],
      tags: [{ key: 'no', value: '' }],
    }
    await expect(call('logBatch', { run_id, ...changed })).rejects.toMatchObject(
      refused('Changing param values is not allowed.'),
    )
    expect(await get(run_id)).toEqual(before)
  })

  test('deleteTag removes a tag and tells when there is none', async () => {
    const run_id = await newId()
    await call('setTag', { run_id, key: 't', value: '' })
    expect(await call('deleteTag', { run_id, key: 't' })).toEqual({})
    await expect(call('deleteTag', { run_id, key: 't' })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: `No tag with name: t in run with id ${run_id}`,
    })
  })

  test('logModel adds to the tag mlflow.log-model.history', async () => {
    const run_id = await newId()
    const model = { run_id, artifact_path: 'm', utc_time_created: 't', flavors: {} }
    for (const artifact_path of ['a', 'b']) {
      expect(
        await call('logModel', { run_id, model_json: JSON.stringify({ ...model, artifact_path, extra: 1 }) }),
      ).toEqual({})
    }
    const history = JSON.parse(valueOf((await get(run_id)).data.tags, 'mlflow.log-model.history') ?? '') as unknown
    expect(history).toEqual([
      { ...model, artifact_path: 'a' },
      { ...model, artifact_path: 'b' },
    ])
  })

  test('searchRuns passes filter, order, view and pages on', async () => {
    const ids: string[] = []
    for (const run_name of ['b', 'a', 'c', 'x']) ids.push((await create({ run_name })).info.run_id)
    await call('deleteRun', { run_id: ids[3]! })
    const request = {
      experiment_ids: ['0'],
      filter: "run_name != 'c'",
      order_by: ['run_name'],
      max_results: 1,
      page_token: '',
    }
    const first = await call('searchRuns', request)
    const second = await call('searchRuns', { ...request, page_token: first.next_page_token })
    expect([first, second].map((page) => page.runs?.map((run) => run.info.run_name))).toEqual([['a'], ['b']])
    expect(second.next_page_token).toBeUndefined()
    const deleted = await call('searchRuns', { experiment_ids: ['0'], run_view_type: 'DELETED_ONLY' })
    expect(deleted.runs).toEqual([await get(ids[3]!)])
    for (const nothing of [{}, { experiment_ids: [] }, { experiment_ids: ['0'], filter: "run_name = 'none'" }]) {
      expect(await call('searchRuns', nothing)).toEqual({})
    }
  })

  test.each([
    [{ max_results: 0 }, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"],
    [{ max_results: 50_001 }, "Invalid value 50001 for parameter 'max_results' supplied"],
    [{ filter: 'foo.bar = 1' }, "Invalid entity type 'foo'."],
    [{ order_by: ['metrics.acc FOO'] }, "Invalid ordering key in order_by clause 'metrics.acc FOO'."],
    [{ page_token: 'x' }, 'Invalid page token, '],
  ])('searchRuns refuses %j', async (request, sentence) => {
    await expect(call('searchRuns', { experiment_ids: ['0'], ...request })).rejects.toMatchObject(refused(sentence))
  })
})
