import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { EncodedReply } from '../../tracking/encoded-reply.ts'
import { createRunQueryHandlers } from '../../tracking/run-query.ts'
import { randomNumbers } from '../../random-numbers.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

describe.each(testEngines)('queryRuns() by levels on $engine', ({ open }) => {
  let tracking: TestTracking
  let handlers: ReturnType<typeof createRunQueryHandlers>
  let ids: Map<string, string>
  let clock: number

  beforeEach(async () => {
    tracking = await openTracking(open)
    handlers = createRunQueryHandlers(tracking)
    ids = new Map()
    clock = 0
  })
  afterEach(() => tracking.close())

  /** A run by its name, each younger than the one before. */
  async function add(name: string, parent?: string, experimentId = '0'): Promise<string> {
    const id = await tracking.newRun({ name, startTime: ++clock, experimentId })
    ids.set(name, id)
    if (parent !== undefined) await nest(name, parent)
    return id
  }

  const idOf = (name: string) => ids.get(name) ?? name
  const nest = (name: string, parent: string) =>
    tracking.log(idOf(name), { tags: [{ key: 'mlflow.parentRunId', value: idOf(parent) }] })

  type Query = Parameters<typeof handlers.queryRuns>[0]
  const query = async (request: Query) =>
    (await handlers.queryRuns({ experiment_ids: ['0'], ...request }, { user: '' })) as Exclude<
      Awaited<ReturnType<typeof handlers.queryRuns>>,
      EncodedReply
    >
  /** Each run of a level with how many are below it, and the counts. */
  async function level(request: Query) {
    const { runs = [], total, total_matching: matching } = await query({ order_by: ['run_name'], ...request })
    return { runs: runs.map((run) => [run.run_name, run.children]), total, matching }
  }
  const roots = (request: Query = {}) => level({ roots_only: true, ...request })
  const below = (name: string, request: Query = {}) => level({ parent_run_id: idOf(name), ...request })

  test('roots_only gives the top of the tree, parent_run_id what is directly below a run', async () => {
    await add('a')
    await add('a1', 'a')
    await add('a2', 'a')
    await add('a2x', 'a2')
    await add('b')
    expect(await roots()).toEqual({
      runs: [
        ['a', 2],
        ['b', 0],
      ],
      total: 2,
      matching: 5,
    })
    expect(await below('a')).toEqual({
      runs: [
        ['a1', 0],
        ['a2', 1],
      ],
      total: 2,
      matching: 5,
    })
    expect(await below('a2')).toMatchObject({ runs: [['a2x', 0]], total: 1 })
    expect(await below('a1')).toEqual({ runs: [], total: 0, matching: 5 })
    expect(await below('no such run')).toMatchObject({ runs: [], total: 0 })
  })

  test('tells the parent on all levels, but children only by level', async () => {
    await add('a')
    await add('a1', 'a')
    const { runs } = await query({ order_by: ['run_name'] })
    expect(runs?.map((run) => [run.parent_run_id, run.children])).toEqual([
      [undefined, undefined],
      [idOf('a'), undefined],
    ])
    expect(await query({})).not.toHaveProperty('total_matching', expect.anything())
  })

  test('without any nested run, all are roots', async () => {
    await add('a')
    await add('b')
    expect(await roots()).toMatchObject({ total: 2, matching: 2 })
    expect(await below('a')).toMatchObject({ runs: [], total: 0, matching: 2 })
  })

  test('shows a run whose parent does not match, is deleted, lies elsewhere or is unknown', async () => {
    await tracking.newExperiment('other')
    await add('a')
    await add('a1', 'a')
    await add('deleted')
    await add('d1', 'deleted')
    await add('far', undefined, '1')
    await add('f1', 'far')
    await add('u1', '0123456789abcdef0123456789abcdef')
    await add('s1', 'no id at all')
    await tracking.runs.delete(idOf('deleted'), at(9))
    expect((await roots()).runs).toEqual([
      ['a', 1],
      ['d1', 0],
      ['f1', 0],
      ['s1', 0],
      ['u1', 0],
    ])
    expect((await roots({ experiment_ids: ['0', '1'] })).runs).toContainEqual(['far', 1])
    expect((await roots({ filter: "run_name LIKE '%1'" })).runs).toContainEqual(['a1', 0])
    // What matches below a run is told, whether that run matches or not.
    expect(await below('a', { filter: "run_name != 'a'" })).toMatchObject({ runs: [['a1', 0]], total: 1 })
    expect(await below('deleted')).toMatchObject({ runs: [['d1', 0]], total: 1 })
  })

  test('counts the children that match only', async () => {
    await add('a')
    for (const name of ['a1', 'a2', 'a3']) await add(name, 'a')
    await tracking.log(idOf('a2'), { params: [{ key: 'lr', value: '1' }] })
    await tracking.runs.update(idOf('a3'), { status: 'FINISHED', endTime: 9 }, at(9))
    expect(await roots({ filter: "run_name = 'a' OR params.lr = '1'" })).toEqual({
      runs: [['a', 1]],
      total: 1,
      matching: 2,
    })
    expect(await query({ parent_run_id: idOf('a') })).toMatchObject({
      total: 3,
      running: 2,
      total_matching: 4,
      running_matching: 3,
    })
    expect(await query({ roots_only: true })).toMatchObject({ total: 1, running: 1, running_matching: 3 })
  })

  test('a run that is its own parent is a root, without itself below it', async () => {
    await add('self')
    await nest('self', 'self')
    await add('s1', 'self')
    expect(await roots()).toMatchObject({ runs: [['self', 1]], total: 1, matching: 2 })
    expect(await below('self')).toMatchObject({ runs: [['s1', 0]], total: 1 })
  })

  test('of runs in a circle the first made is a root, and the others lie below it, each once', async () => {
    await add('a')
    await add('b', 'a')
    await add('c', 'b')
    await nest('a', 'c')
    await add('c1', 'c')
    expect(await roots()).toMatchObject({ runs: [['a', 1]], total: 1, matching: 4 })
    expect((await below('a')).runs).toEqual([['b', 1]])
    expect((await below('b')).runs).toEqual([['c', 1]])
    expect((await below('c')).runs).toEqual([['c1', 0]])
    // Where one of the circle does not match, there is none.
    expect((await roots({ filter: "run_name != 'b'" })).runs).toEqual([['c', 2]])
    expect((await below('c', { filter: "run_name != 'b'" })).runs).toEqual([
      ['a', 0],
      ['c1', 0],
    ])
  })

  test('orders, filters and pages a level as any search', async () => {
    await add('a')
    for (const [place, name] of ['p', 'q', 'r', 's'].entries()) {
      await add(name, 'a')
      await tracking.log(idOf(name), { metrics: [point('loss', 4 - place)] })
    }
    const request = { parent_run_id: idOf('a'), order_by: ['metrics.loss ASC'], max_results: 3 }
    const first = await query(request)
    expect([first.runs?.map((run) => run.run_name), first.total]).toEqual([['s', 'r', 'q'], 4])
    const second = await query({ ...request, page_token: first.next_page_token })
    expect([second.runs?.map((run) => run.run_name), second.next_page_token]).toEqual([['p'], undefined])
    await expect(query({ ...request, parent_run_id: idOf('p'), page_token: first.next_page_token })).rejects.toThrow(
      'it belongs to another search',
    )
    expect((await query({ parent_run_id: idOf('a') })).runs?.map((run) => run.run_name)).toEqual(['s', 'r', 'q', 'p'])
  })

  test('every matching run has one place in a random forest with circles', async () => {
    const random = randomNumbers(7)
    const names = Array.from({ length: 60 }, (_, place) => `run${place}`)
    await tracking.fill(async () => {
      for (const name of names) await add(name)
      for (const name of names) {
        if (random() < 0.8) await nest(name, names[Math.floor(random() * names.length)] ?? name)
        await tracking.log(idOf(name), { metrics: [point('m', random())] })
      }
    })
    for (const filter of ['', 'metrics.m > 0.3', 'metrics.m > 0.7']) {
      const seen: string[] = []
      const walk = async ({ runs, total }: Awaited<ReturnType<typeof level>>): Promise<void> => {
        expect(runs).toHaveLength(total as number)
        for (const [name, children] of runs) {
          seen.push(String(name))
          const next = await below(String(name), { filter })
          expect(next.total).toBe(children)
          if (seen.length > names.length) throw new Error('The walk has come back')
          await walk(next)
        }
      }
      await walk(await roots({ filter }))
      const { runs } = await query({ filter, order_by: ['run_name'] })
      expect(seen.toSorted()).toEqual(runs?.map((run) => run.run_name).toSorted())
    }
  })

  test('refuses two levels at once', async () => {
    await expect(query({ roots_only: true, parent_run_id: 'x' })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('not both'),
    })
  })
})
