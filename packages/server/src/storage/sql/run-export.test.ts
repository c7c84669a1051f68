import { parquetReadObjects } from 'hyparquet'
import papaparse from 'papaparse'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createExportHandlers } from '../../tracking/run-export.ts'
import type { EncodedReply } from '../../tracking/encoded-reply.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

describe.each(testEngines)('exportRuns() and exportMetrics() on $engine', ({ open }) => {
  let tracking: TestTracking
  let handlers: ReturnType<typeof createExportHandlers>
  const caller = { user: '' }
  let first: string
  let second: string

  beforeEach(async () => {
    tracking = await openTracking(open)
    handlers = createExportHandlers(tracking)
    first = await tracking.newRun({ name: 'first', startTime: 3 })
    second = await tracking.newRun({ name: 'second, too', startTime: 2, userId: 'ana' })
    await tracking.log(first, {
      metrics: [point('loss', 3, 0), point('loss', NaN, 1), point('loss', 1, 2), point('acc', Infinity, 0)],
      params: [{ key: 'batch size', value: '' }],
      tags: [{ key: 'team', value: 'a' }],
    })
    await tracking.log(second, { metrics: [point('loss', 0.5, 0)], params: [{ key: 'lr', value: '0.2' }] })
    await tracking.runs.update(second, { status: 'FINISHED', endTime: 9 }, at(9))
  })
  afterEach(() => tracking.close())

  type Export = 'exportRuns' | 'exportMetrics'
  const ask = async <K extends Export>(which: K, request: Parameters<(typeof handlers)[K]>[0]) =>
    (await (handlers[which] as (asked: typeof request, by: typeof caller) => Promise<unknown>)(
      request,
      caller,
    )) as EncodedReply
  const bytes = async (reply: EncodedReply): Promise<Buffer> => {
    const pieces: Buffer[] = []
    for await (const piece of reply.pieces) pieces.push(Buffer.from(piece as string))
    return Buffer.concat(pieces)
  }
  const csv = async <K extends Export>(which: K, request: Parameters<(typeof handlers)[K]>[0]) =>
    papaparse.parse<Record<string, string>>(String(await bytes(await ask(which, request))), {
      header: true,
      skipEmptyLines: true,
    }).data

  test('exportRuns gives every metric and param where no columns are asked for', async () => {
    expect(await csv('exportRuns', { experiment_ids: ['0'] })).toEqual([
      {
        run_id: first,
        run_name: 'first',
        experiment_id: '0',
        status: 'RUNNING',
        lifecycle_stage: 'active',
        start_time: '1970-01-01T00:00:00.003Z',
        end_time: '',
        'metrics.acc': 'Infinity',
        'metrics.loss': '1',
        'params.batch size': '',
        'params.lr': '',
      },
      {
        run_id: second,
        run_name: 'second, too',
        experiment_id: '0',
        status: 'FINISHED',
        lifecycle_stage: 'active',
        start_time: '1970-01-01T00:00:00.002Z',
        end_time: '1970-01-01T00:00:00.009Z',
        'metrics.acc': '',
        'metrics.loss': '0.5',
        'params.batch size': '',
        'params.lr': '0.2',
      },
    ])
  })

  test('exportRuns gives the columns asked for, each once, behind those that are always there', async () => {
    const columns = ['max(metrics.loss)', 'MIN( metrics."loss" )', 'count(metrics.loss)', 'params.`batch size`']
    const more = ['tags.team', 'user_id', 'metrics.none', 'attributes.status', 'tags.team']
    const file = await bytes(
      await ask('exportRuns', { experiment_ids: ['0'], columns: [...columns, ...more], format: 'PARQUET' }),
    )
    const read = await parquetReadObjects({ file: Uint8Array.from(file).buffer })
    expect(read).toEqual([
      {
        run_id: first,
        run_name: 'first',
        experiment_id: '0',
        lifecycle_stage: 'active',
        status: 'RUNNING',
        start_time: new Date(3),
        end_time: null,
        'max(metrics.loss)': 3,
        'min(metrics.loss)': 1,
        'count(metrics.loss)': 3n,
        'params.batch size': '',
        'tags.team': 'a',
        user_id: '',
        'metrics.none': null,
      },
      expect.objectContaining({ run_id: second, 'count(metrics.loss)': 1n, 'tags.team': null, user_id: 'ana' }),
    ])
  })

  test('exportRuns keeps to filter, order, view and the runs that were chosen', async () => {
    const other = await tracking.newExperiment('other')
    const elsewhere = await tracking.newRun({ experimentId: other, name: 'elsewhere' })
    const deleted = await tracking.newRun({ name: 'deleted' })
    await tracking.runs.delete(deleted, at(10))
    const ids = async (request: Parameters<typeof handlers.exportRuns>[0]) =>
      (await csv('exportRuns', { columns: ['user_id'], ...request })).map(({ run_id }) => run_id)
    expect(await ids({ experiment_ids: ['0'], order_by: ['metrics.loss'] })).toEqual([second, first])
    expect(await ids({ experiment_ids: ['0'], order_by: ['max(metrics.loss) DESC'] })).toEqual([first, second])
    expect(await ids({ experiment_ids: ['0'], filter: "user_id = 'ana'" })).toEqual([second])
    expect(await ids({ experiment_ids: ['0'], run_view_type: 'DELETED_ONLY' })).toEqual([deleted])
    expect(await ids({ run_ids: [elsewhere, second, 'unknown'] })).toEqual([second, elsewhere])
    expect(await ids({ experiment_ids: [other], run_ids: [elsewhere, second] })).toEqual([elsewhere])
    expect(await ids({ experiment_ids: ['77'] })).toEqual([])
    await expect(ids({})).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    await expect(ids({ experiment_ids: ['0'], columns: ['max(params.lr)'] })).rejects.toThrow(/only a metric has MAX/)
    await expect(ids({ experiment_ids: ['0'], columns: ['foo.bar'] })).rejects.toThrow(/Invalid entity type 'foo'/)
  })

  test('exportRuns reads on behind its first block, each run once', async () => {
    const more: string[] = []
    for (let place = 0; place < 1100; place++) more.push(await tracking.newRun({ startTime: 100 + place }))
    const rows = await csv('exportRuns', { experiment_ids: ['0'], columns: ['metrics.loss'] })
    expect(rows).toHaveLength(1102)
    expect(rows.map(({ run_id }) => run_id)).toEqual([...more.toReversed(), first, second])
  })

  test('exportRuns reads no more than is taken', async () => {
    for (let place = 0; place < 1100; place++) await tracking.newRun({ startTime: 100 + place })
    let blocks = 0
    let ended = false
    const counting = createExportHandlers({
      ...tracking,
      runs: {
        ...tracking.runs,
        async *export(...asked) {
          try {
            for await (const block of tracking.runs.export(...asked)) {
              blocks++
              yield block
            }
          } finally {
            ended = true
          }
        },
      },
    })
    const { pieces } = (await counting.exportRuns({ experiment_ids: ['0'] }, caller)) as EncodedReply
    for await (const piece of pieces as AsyncIterable<string>) if (piece.includes('active')) break
    expect({ blocks, ended }).toEqual({ blocks: 1, ended: true })
  })

  test('the file is called after the experiment, in letters that every system takes', async () => {
    const name = async (experiment: string, format: 'CSV' | 'JSON' | 'PARQUET' = 'CSV') =>
      (await ask('exportRuns', { experiment_ids: [await tracking.newExperiment(experiment)], format })).file?.name
    expect(await name('/Users/me/Größe: "1"', 'PARQUET')).toBe('Users-me-Größe-1-runs.parquet')
    expect(await name('..', 'JSON')).toBe('runs.json')
    expect(await name('x'.repeat(500))).toBe(`${'x'.repeat(80)}-runs.csv`)
    expect((await ask('exportRuns', { experiment_ids: ['0', '1'] })).file?.name).toBe('runs.csv')
    expect((await ask('exportMetrics', { run_ids: [first] })).file).toEqual({
      mediaType: 'text/csv; charset=utf-8; header=present',
      name: 'metrics.csv',
    })
  })

  test('exportMetrics gives every point of the runs, by run, by key, in order of time', async () => {
    const shape = (rows: Record<string, string>[]) =>
      rows.map(({ run_name, key, step, value }) => [run_name, key, step, value])
    const all = await csv('exportMetrics', { experiment_ids: ['0'] })
    expect(Object.keys(all[0] ?? {})).toEqual(['run_id', 'run_name', 'key', 'step', 'timestamp', 'value'])
    expect(shape(all)).toEqual([
      ['first', 'acc', '0', 'Infinity'],
      ['first', 'loss', '0', '3'],
      ['first', 'loss', '1', 'NaN'],
      ['first', 'loss', '2', '1'],
      ['second, too', 'loss', '0', '0.5'],
    ])
    expect(shape(await csv('exportMetrics', { run_ids: [first], keys: ['loss', 'none'] }))).toEqual(
      shape(all.slice(1, 4)),
    )
  })

  test('exportMetrics gives histories longer than a block whole', async () => {
    const length = 25_003
    for (let start = 0; start < length; start += 1000) {
      const steps = Array.from({ length: Math.min(1000, length - start) }, (_, place) => start + place)
      await tracking.log(second, { metrics: steps.map((step) => point('long', step, step)) })
    }
    const rows = await csv('exportMetrics', { run_ids: [second], keys: ['long'] })
    expect(rows.map(({ step }) => Number(step))).toEqual(Array.from({ length }, (_, step) => step))
  })
})
