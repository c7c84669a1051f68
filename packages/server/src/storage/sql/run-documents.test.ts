import type { Int64 } from '@trackway/api'
import { encodeDouble } from '@trackway/api/codec'
import sql from 'sql-template-tag'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { DatasetInput, MetricPoint, RunDocument, RunStatus } from '../../tracking/store.ts'
import { randomNumbers } from '../../random-numbers.ts'
import type { Database } from './database.ts'
import { createNames } from './names.ts'
import { query } from './query.ts'
import { readRun, readRuns } from './run-documents.ts'
import { findRun } from './run-rows.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking, point, textOf } from './test-tracking.ts'
import type { TestTracking, WireRun } from './test-tracking.ts'

const storedDocument = query<{ id: number }, { document: Uint8Array }>(
  (p) => sql`select document from run_documents where run_id = ${p.id}`,
)

const input = (name: string): DatasetInput => ({
  dataset: { name, digest: 'x', source_type: 'local', source: 's' },
  tags: [{ key: 'mlflow.data.context', value: 'train' }],
})

describe.each(testEngines)("the runs' documents on $engine", ({ open }) => {
  let tracking: TestTracking
  let runId: string

  beforeEach(async () => {
    tracking = await openTracking(open)
    runId = await tracking.newRun()
  })
  afterEach(() => tracking.close())

  async function isSettled(id = runId): Promise<boolean> {
    const run = await findRun(tracking.database, id)
    const stored = await tracking.database.first(storedDocument, { id: run.id })
    expect(stored !== undefined).toBe(run.settled === 1)
    return run.settled === 1
  }

  /** What a run's values come to, whatever document is stored. */
  async function compose(id = runId): Promise<WireRun> {
    const row = { ...(await findRun(tracking.database, id)), settled: 0 }
    const [document] = await readRuns(tracking.database, createNames(), [row])
    return JSON.parse(String(document)) as WireRun
  }

  const text = async (document: Promise<RunDocument>) => textOf(await document)
  const end = (status: RunStatus = 'FINISHED') => tracking.runs.update(runId, { status }, at(1))

  test('settleRuns writes documents of ended runs only, up to the limit, and tells how many', async () => {
    const statuses: RunStatus[] = ['FINISHED', 'FAILED', 'KILLED', 'SCHEDULED', 'RUNNING']
    const ids: string[] = []
    for (const status of statuses) {
      const id = await tracking.newRun()
      await tracking.runs.update(id, { status }, at(1))
      ids.push(id)
    }
    expect(await tracking.settleRuns(2)).toBe(2)
    expect(await tracking.settleRuns(2)).toBe(1)
    expect(await tracking.settleRuns(2)).toBe(0)
    expect(await Promise.all(ids.map((id) => isSettled(id)))).toEqual([true, true, true, false, false])
  })

  test('a settled run reads byte for byte as before', async () => {
    await tracking.log(runId, {
      metrics: [point('a', NaN), point('b', -Infinity, 9007199254740993n, 9007199254740995n), point('ü "q"', 0.1)],
      params: [{ key: 'p', value: '"\\\u2028\n𝒳' }],
      tags: [{ key: 't', value: '' }],
    })
    await tracking.datasets.logInputs(runId, [input('d')], ['m-1'])
    await tracking.datasets.logOutputs(runId, [{ modelId: 'm-2', step: 3 }])
    await end()
    const before = await text(tracking.runs.getDocument(runId))
    await tracking.settleRuns(10)
    expect(await isSettled()).toBe(true)
    expect(await text(tracking.runs.getDocument(runId))).toBe(before)
  })

  test('doubles read as JavaScript writes them, whatever their size', async () => {
    const random = randomNumbers(7)
    const sized = Array.from({ length: 300 }, (_, index) => (random() - 0.5) * 10 ** ((index % 60) - 30))
    const edges = [0, -0, 1, -1, 1e15, 1e16, 1e21, 2 ** 53, 1e-4, 1e-5, 1e-6, 1e-7, 5e-324, 1.7976931348623157e308]
    const values = [...sized, ...edges, NaN, Infinity, -Infinity]
    await tracking.log(runId, { metrics: values.map((value, index) => point(`m${index}`, value)) })
    const document = await text(tracking.runs.getDocument(runId))
    const written = new Map(
      [...document.matchAll(/"key":"m(\d+)","value":(.*?),/g)].map(([, key, value]) => [key, value]),
    )
    expect(values.map((_, index) => written.get(String(index)))).toEqual(values.map(encodeDouble))
  })

  test.each(['first', 'scan'] as const)(
    'a run that is settled just before readRun asks for its %s is read whole',
    async (call) => {
      await tracking.log(runId, { metrics: [point('m', 1)], params: [{ key: 'p', value: '1' }] })
      await end()
      const before = await text(tracking.runs.getDocument(runId))
      const { database } = tracking
      const other = call === 'first' ? 'scan' : 'first'
      const answered = Promise.withResolvers<void>()
      const settling: Database = {
        ...database,
        [other]: async (...of: Parameters<Database['scan']>) => {
          const answer = await database[other](...of)
          answered.resolve()
          return answer
        },
        [call]: async (...of: Parameters<Database['scan']>) => {
          await answered.promise
          await tracking.settleRuns(10)
          return database[call](...of)
        },
      }
      expect(textOf(await readRun(settling, createNames(), runId))).toBe(before)
      expect(await isSettled()).toBe(true)
    },
  )

  const writes: [string, () => Promise<unknown>][] = [
    ['a metric', () => tracking.log(runId, { metrics: [point('m', 5, 5)] })],
    ['a param', () => tracking.log(runId, { params: [{ key: 'new', value: '1' }] })],
    ['a tag', () => tracking.log(runId, { tags: [{ key: 't', value: 'changed' }] })],
    ['a deleted tag', () => tracking.runs.deleteTag(runId, 't')],
    ['a changed tag', () => tracking.runs.changeTag(runId, 't', (value) => `${value}!`)],
    ['a new name', () => tracking.runs.update(runId, { name: 'renamed' }, at(1))],
    ['a name by its tag', () => tracking.log(runId, { tags: [{ key: 'mlflow.runName', value: 'renamed' }] })],
    ['an input', () => tracking.datasets.logInputs(runId, [input('e')], [])],
    ['a model input', () => tracking.datasets.logInputs(runId, [], ['m-9'])],
    ['an output', () => tracking.datasets.logOutputs(runId, [{ modelId: 'm-9', step: 1 }])],
  ]

  test.each(writes)('%s unsettles a run and shows at once, and settles again', async (_what, write) => {
    await tracking.log(runId, { metrics: [point('m', 1)], tags: [{ key: 't', value: '1' }] })
    await end()
    await tracking.settleRuns(10)
    const before = await tracking.readRun(runId)
    await write()
    expect(await isSettled()).toBe(false)
    const after = await tracking.readRun(runId)
    expect(after).not.toEqual(before)
    expect(after).toEqual(await compose())
    expect(await tracking.settleRuns(10)).toBe(1)
    expect(await tracking.readRun(runId)).toEqual(after)
  })

  test('status, end time and lifecycle change without touching the document', async () => {
    await end()
    await tracking.settleRuns(10)
    await tracking.runs.update(runId, { status: 'RUNNING', endTime: 7 }, at(1))
    expect(await isSettled()).toBe(true)
    expect((await tracking.readRun(runId)).info).toMatchObject({ status: 'RUNNING', end_time: 7 })
    await tracking.runs.delete(runId, at(8))
    await tracking.runs.restore(runId, at(1))
    expect(await isSettled()).toBe(true)
  })

  test('a write that fails leaves the document', async () => {
    await tracking.log(runId, { params: [{ key: 'p', value: '1' }] })
    await end()
    await tracking.settleRuns(10)
    await expect(tracking.log(runId, { params: [{ key: 'p', value: '2' }] })).rejects.toThrow('Changing param values')
    expect(await isSettled()).toBe(true)
    await expect(tracking.runs.deleteTag(runId, 'none')).rejects.toThrow('No tag with name: none')
    expect(await isSettled()).toBe(true)
  })

  test('after random writes, get, search and the composed run equal a plain model of the rules', async () => {
    const random = randomNumbers(42)
    const below = (count: number) => Math.floor(random() * count)
    const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
    const models = new Map<string, RunModel>()
    for (let index = 0; index < 6; index++) models.set(await tracking.newRun(), newModel())
    const ids = [...models.keys()]
    const keys = ['a', 'b', 'mlflow.runName', 'c d']

    const operations: ((id: string, model: RunModel) => Promise<void>)[] = [
      async (id, model) => {
        const metrics = Array.from({ length: 1 + below(4) }, () =>
          point(pick(keys), pick([-1, 0, 2.5]), pick<Int64>([0, 1, 9007199254740993n]), below(3)),
        )
        const params = random() < 0.5 ? [{ key: pick(keys), value: pick(['1', '2']) }] : []
        const tags = random() < 0.5 ? [{ key: pick(keys), value: pick(['', 'x', 'y']) }] : []
        const changes = params.some(({ key, value }) => (model.params.get(key) ?? value) !== value)
        const logged = tracking.log(id, { metrics, params, tags })
        if (model.deleted || changes) return expect(logged).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
        await logged
        for (const one of metrics) model.addPoint(one)
        for (const { key, value } of params) model.params.set(key, value)
        for (const { key, value } of tags) model.setTag(key, value)
      },
      async (id, model) => {
        const key = pick(keys)
        const deleted = tracking.runs.deleteTag(id, key)
        if (model.deleted || !model.tags.has(key)) return expect(deleted).rejects.toBeInstanceOf(Error)
        await deleted
        model.tags.delete(key)
      },
      async (id, model) => {
        const status = pick<RunStatus>(['RUNNING', 'FINISHED', 'FINISHED', 'FAILED'])
        const name = random() < 0.3 ? pick(['n1', 'n2']) : undefined
        const updated = tracking.runs.update(id, { status, name }, at(1))
        if (model.deleted) return expect(updated).rejects.toBeInstanceOf(Error)
        await updated
        model.status = status
        if (name !== undefined) model.setTag('mlflow.runName', name)
      },
      async (id, model) => {
        const name = pick(['d', 'e'])
        const logged = tracking.datasets.logInputs(id, [input(name)], [])
        if (model.deleted) return expect(logged).rejects.toBeInstanceOf(Error)
        await logged
        model.datasets.add(name)
      },
      async (id, model) => {
        model.deleted = !model.deleted
        await (model.deleted ? tracking.runs.delete(id, at(1)) : tracking.runs.restore(id, at(1)))
      },
      async () => {
        await tracking.settleRuns(1 + below(6))
      },
    ]

    for (let turn = 0; turn < 500; turn++) {
      const id = pick(ids)
      await (turn % 3 === 0 ? operations.at(-1)! : pick(operations))(id, models.get(id)!)
      if (turn % 5 > 0) continue
      const read = await tracking.readRun(id)
      expect(summarise(read)).toEqual(models.get(id)!.summary())
      expect(summarise(await compose(id))).toEqual(summarise(JSON.parse(JSON.stringify(read, toNumber)) as WireRun))
      const { runs } = await tracking.searchRuns({ experiments: ['0'], view: 'ALL' })
      expect(runs.find((run) => run.info.run_id === id)).toEqual(read)
    }
    expect((await Promise.all(ids.map((id) => isSettled(id)))).some(Boolean)).toBe(true)
  })
})

const toNumber = (_key: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)

interface RunModel {
  deleted: boolean
  status: string
  readonly params: Map<string, string>
  readonly tags: Map<string, string>
  readonly datasets: Set<string>
  addPoint(point: MetricPoint): void
  setTag(key: string, value: string): void
  summary(): ReturnType<typeof summarise>
}

/** What a run has, by the rules alone. */
function newModel(): RunModel {
  const metrics = new Map<string, MetricPoint>()
  const [params, tags] = [new Map<string, string>(), new Map<string, string>()]
  const datasets = new Set<string>()
  let name = 'r'
  return {
    deleted: false,
    status: 'RUNNING',
    params,
    tags,
    datasets,
    addPoint(added) {
      const known = metrics.get(added.key)
      const pairs = known
        ? ([
            [added.step, known.step],
            [added.timestamp, known.timestamp],
            [added.value, known.value],
          ] as const)
        : []
      const [ours, theirs] = pairs.find(([a, b]) => a !== b) ?? [1, 0]
      if (ours > theirs) metrics.set(added.key, added)
    },
    setTag(key, value) {
      if (key === 'mlflow.runName') {
        if (value === '') return
        name = value
      }
      tags.set(key, value)
    },
    summary() {
      return {
        name,
        status: this.status,
        lifecycle: this.deleted ? 'deleted' : 'active',
        metrics: [...metrics.values()].map((one) => `${one.key}=${one.value}@${one.step}/${one.timestamp}`).toSorted(),
        params: [...params].map(String).toSorted(),
        tags: [...tags].map(String).toSorted(),
        datasets: [...datasets].toSorted(),
      }
    },
  }
}

function summarise({ info, data, inputs }: WireRun) {
  const pairs = (list: WireRun['data']['tags']) => (list ?? []).map(({ key, value }) => `${key},${value}`).toSorted()
  return {
    name: info.run_name,
    status: info.status,
    lifecycle: info.lifecycle_stage,
    metrics: (data.metrics ?? []).map((one) => `${one.key}=${one.value}@${one.step}/${one.timestamp}`).toSorted(),
    params: pairs(data.params),
    tags: pairs(data.tags),
    datasets: ((inputs['dataset_inputs'] ?? []) as DatasetInput[]).map(({ dataset }) => dataset.name).toSorted(),
  }
}
