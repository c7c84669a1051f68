import { text } from 'node:stream/consumers'
import sql from 'sql-template-tag'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { query } from '../storage/sql/query.ts'
import { testEngines } from '../storage/sql/test-engines.ts'
import type { TestDatabase } from '../storage/sql/test-engines.ts'
import { createSqlStore } from '../storage/sql/sql-store.ts'
import { createHandlers } from '../handlers.ts'
import { createOperations } from '../operations.ts'
import { testHandlerOptions } from '../test-options.ts'
import type { DataService } from '../data-service.ts'
import type { RawRequest } from './executor.ts'
import { perform } from './perform.ts'

describe.each(testEngines)('perform() on $engine', ({ open }) => {
  let opened: TestDatabase
  let service: Pick<DataService, 'handlers' | 'operations'>
  let faults: { endpoint: string; error: unknown }[]

  beforeEach(async () => {
    opened = await open()
    const store = createSqlStore(opened.database, 'mlflow-artifacts:/')
    await store.prepare()
    service = { handlers: createHandlers(store, testHandlerOptions), operations: createOperations(store) }
    faults = []
  })

  afterEach(() => opened.close())

  async function call(endpoint: RawRequest['endpoint'], rest: Partial<RawRequest>): Promise<[number, string]> {
    const request: RawRequest = { endpoint, path: {}, query: '', body: null, caller: { user: '' }, ...rest }
    const { status, body } = await perform(service, request, (at, error) => faults.push({ endpoint: at, error }))
    return [status, typeof body === 'string' ? body : await text(Readable.from(body))]
  }

  const json = (body: unknown): Partial<RawRequest> => ({ body: JSON.stringify(body) })

  test('decodes a body, has it handled, and encodes the reply', async () => {
    expect(await call('createExperiment', json({ name: 'ü', tags: [{ key: 'k', value: 'v' }] }))).toEqual([
      200,
      '{"experiment_id":"1"}',
    ])
    const [status, reply] = await call('getExperiment', { query: 'experiment_id=1' })
    expect([status, JSON.parse(reply)]).toMatchObject([
      200,
      { experiment: { name: 'ü', tags: [{ key: 'k', value: 'v' }] } },
    ])
  })

  test('answers an empty reply with an empty object', async () => {
    expect(await call('setExperimentTag', json({ experiment_id: '0', key: 'k', value: 'v' }))).toEqual([200, '{}'])
  })

  test('gives replies that come in pieces', async () => {
    const [, created] = await call('createRun', json({ experiment_id: '0', run_name: 'r' }))
    const { run } = JSON.parse(created) as { run: { info: { run_id: string } } }
    const runId = run.info.run_id
    await call('logMetric', json({ run_id: runId, key: 'm', value: 'NaN', timestamp: '9007199254740993' }))
    const [status, history] = await call('getMetricHistory', { query: `run_id=${runId}&metric_key=m` })
    expect([status, history]).toEqual([
      200,
      expect.stringContaining('"value":"NaN","timestamp":9007199254740993,"step":0'),
    ])
  })

  test('lets the path win over body and query', async () => {
    const path = { model_id: 'm-path' }
    expect((await call('getLoggedModel', { path, query: 'model_id=m-query' }))[1]).toContain('m-path')
    const finalize = json({ model_id: 'm-body', status: 'LOGGED_MODEL_READY' })
    expect((await call('finalizeLoggedModel', { path, ...finalize }))[1]).toContain('m-path')
  })

  test.each([
    ['', 'it is empty'],
    ['  ', 'it is empty'],
    ['{', 'is not valid JSON'],
    ['[]', 'must be a JSON object, got []'],
    ['null', 'must be a JSON object, got null'],
    ['{}', "Missing value for required parameter 'name'."],
    ['{"name":5}', "Invalid value 5 for parameter 'name' supplied: it must be a string."],
  ])('tells what is wrong with the body %j', async (body, message) => {
    const [status, reply] = await call('createExperiment', { body })
    expect([status, JSON.parse(reply)]).toEqual([
      400,
      { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) },
    ])
    expect(faults).toEqual([])
  })

  test('tells errors of the rules and of the store with their status', async () => {
    expect((await call('getExperiment', { query: 'experiment_id=77' }))[0]).toBe(404)
    const [status, reply] = await call('createExperiment', json({ name: 'Default' }))
    expect([status, JSON.parse(reply)]).toMatchObject([400, { error_code: 'RESOURCE_ALREADY_EXISTS' }])
    expect(faults).toEqual([])
  })

  test('reports a fault and tells the caller no more than that there was one', async () => {
    await opened.database.run(
      query(() => sql`alter table experiments rename to elsewhere`),
      {},
    )
    expect(await call('getExperiment', { query: 'experiment_id=0' })).toEqual([
      500,
      '{"error_code":"INTERNAL_ERROR","message":"getExperiment failed by a fault of the server; its log says more."}',
    ])
    expect(faults).toMatchObject([
      { endpoint: 'getExperiment', error: { message: expect.stringMatching(/experiments/) } },
    ])
  })
})
