import type { Request } from '@trackway/api'
import { at, textOf } from '../storage/sql/test-tracking.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { anonymous } from '../access/caller.ts'
import { testEngines } from '../storage/sql/test-engines.ts'
import type { TestDatabase } from '../storage/sql/test-engines.ts'
import { createTrackingStore } from '../storage/sql/tracking-store.ts'
import { createDatasetHandlers } from './datasets.ts'
import type { TrackingStore } from './store.ts'

describe('the handlers of datasets', () => {
  let opened: TestDatabase
  let handlers: ReturnType<typeof createDatasetHandlers>
  let runs: TrackingStore['runs']
  const run_id = 'a'.repeat(32)

  beforeEach(async () => {
    opened = await testEngines[0]!.open()
    const store = createTrackingStore(opened.database, 'mlflow-artifacts:')
    const experimentId = await store.experiments.create({ name: 'e', artifactLocation: undefined, tags: [] }, at(1))
    runs = store.runs
    await runs.create({ runId: run_id, experimentId, name: 'r', userId: '', startTime: 1, tags: [] }, at(1))
    handlers = createDatasetHandlers(store)
  })
  afterEach(() => opened.close())

  type Input = NonNullable<Request<'logInputs'>['datasets']>[number]

  const input = (dataset: Partial<Input['dataset']>, tags?: Input['tags']): Input => ({
    dataset: { name: 'd', digest: 'x', source_type: 'local', source: 's', ...dataset },
    tags,
  })

  const logInputs = (...datasets: Input[]) => handlers.logInputs({ run_id, datasets }, anonymous)

  async function readRun(): Promise<{ inputs: unknown; outputs: unknown }> {
    return JSON.parse(textOf(await runs.getDocument(run_id)))
  }

  test('logInputs and logOutputs end up in the run', async () => {
    const one = input({ schema: '{}' }, [{ key: 'mlflow.data.context', value: '' }])
    expect(await handlers.logInputs({ run_id, datasets: [one], models: [{ model_id: 'm-1' }] }, anonymous)).toEqual({})
    expect(await handlers.logOutputs({ run_id, models: [{ model_id: 'm-2' }] }, anonymous)).toEqual({})
    expect(await readRun()).toMatchObject({
      inputs: { dataset_inputs: [one], model_inputs: [{ model_id: 'm-1' }] },
      outputs: { model_outputs: [{ model_id: 'm-2', step: 0 }] },
    })
  })

  test('logInputs without anything and logOutputs with an empty list are fine', async () => {
    await handlers.logInputs({ run_id }, anonymous)
    await handlers.logOutputs({ run_id, models: [] }, anonymous)
    expect(await readRun()).toMatchObject({ inputs: {}, outputs: {} })
    await expect(handlers.logOutputs({ run_id }, anonymous)).rejects.toThrow(
      "Missing value for required parameter 'models'.",
    )
  })

  test('logInputs refuses a malformed run id before it looks for the run', async () => {
    await expect(handlers.logInputs({ run_id: 'no pe*' }, anonymous)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
    await expect(handlers.logInputs({ run_id: 'nope' }, anonymous)).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })

  test.each([
    ['name', 500],
    ['digest', 36],
    ['source', 65_535],
    ['schema', 1_048_575],
    ['profile', 16_777_215],
  ])('logInputs limits %s to %i characters', async (field, limit) => {
    await logInputs(input({ [field]: 'a'.repeat(limit) }))
    await expect(logInputs(input({ [field]: 'a'.repeat(limit + 1) }))).rejects.toThrow(
      `'${field}' exceeds the maximum length of ${limit} characters`,
    )
  })

  test('logInputs limits tags and refuses the same key twice in an input', async () => {
    const tag = (key: number, value: number) => [{ key: 'k'.repeat(key), value: 'v'.repeat(value) }]
    await logInputs(input({}, tag(255, 500)))
    await expect(logInputs(input({}, tag(256, 1)))).rejects.toThrow("'key' exceeds the maximum length of 255")
    await expect(logInputs(input({}, tag(1, 501)))).rejects.toThrow("'value' exceeds the maximum length of 500")
    await expect(logInputs(input({}), input({}, [...tag(1, 1), ...tag(1, 2)]))).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining("The tag 'k' stands twice in 'datasets[1].tags'"),
    })
  })

  test('searchDatasets asks for 1 to 20 experiments', async () => {
    await logInputs(input({}))
    const search = (experiment_ids: string[]) => handlers.searchDatasets({ experiment_ids }, anonymous)
    expect(await search(['1'])).toEqual({ dataset_summaries: [{ experiment_id: '1', name: 'd', digest: 'x' }] })
    expect(await search(Array.from({ length: 20 }, (_, index) => String(index + 2)))).toEqual({ dataset_summaries: [] })
    await expect(search([])).rejects.toThrow('SearchDatasets request must specify at least one experiment_id.')
    await expect(search(Array.from({ length: 21 }, String))).rejects.toThrow('Received 21 experiment_ids.')
  })
})
