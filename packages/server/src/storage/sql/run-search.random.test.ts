import type { Int64 } from '@trackway/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { randomNumbers } from '../../random-numbers.ts'

import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { SearchText, TestTracking } from './test-tracking.ts'

/** What a search may look at, kept in plain memory. */
interface PlainRun {
  readonly id: string
  readonly experiment: string
  readonly deleted: boolean
  readonly attributes: Readonly<Record<string, string | Int64 | null>>
  readonly metrics: ReadonlyMap<string, number>
  readonly params: ReadonlyMap<string, string>
  readonly tags: ReadonlyMap<string, string>
}

type Value = string | Int64 | null | undefined
type Test = (run: PlainRun) => boolean
type Order = (a: PlainRun, b: PlainRun) => number

const compareText = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const compare = (a: Value, b: Value) =>
  typeof a === 'string'
    ? compareText(a, b as string)
    : (a as Int64) < (b as Int64)
      ? -1
      : (a as Int64) > (b as Int64)
        ? 1
        : 0

const texts = ['', 'a', 'A', 'ab', 'a_b', 'a%b', 'ab*', '[a]', 'é', 'É', '𝒳y', 'b?', 'zz top']
const patterns = ['%', '', 'a%', 'A%', '%b', '_', '_b', 'a_b', '%[%', '%*', 'b?', '%é%', '_y', '%a%b%', '[a]']
const numbers = [-Infinity, -2, 0, 0.5, 1, 3, Infinity, NaN]
const times: readonly Int64[] = [0, 1, 2, 3, 9007199254740992n, 9007199254740993n]

function isLike(text: string, pattern: string, ignoreCase: boolean): boolean {
  const fold = (part: string) => (ignoreCase ? part.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : part)
  const source = [...fold(pattern)].map((char) =>
    char === '%' ? '.*' : char === '_' ? '.' : char.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'),
  )
  return new RegExp(`^${source.join('')}$`, 'su').test(fold(text))
}

function valueOf(run: PlainRun, kind: string, key: string): Value {
  return kind === 'attributes' ? run.attributes[key] : run[kind as 'metrics' | 'params' | 'tags'].get(key)
}

/** Ascending or descending, but missing values last, and NaN before them. */
function orderBy(kind: string, key: string, ascending: boolean): Order {
  const rank = (value: Value) => (value === undefined || value === null ? 2 : Number.isNaN(value) ? 1 : 0)
  return (first, second) => {
    const [a, b] = [valueOf(first, kind, key), valueOf(second, kind, key)]
    return rank(a) - rank(b) || (rank(a) > 0 ? 0 : ascending ? compare(a, b) : compare(b, a))
  }
}

const tieBreak: readonly Order[] = [orderBy('attributes', 'start_time', false), orderBy('attributes', 'run_id', true)]

function sorted(runs: readonly PlainRun[], orders: readonly Order[]): string[] {
  const all = [...orders, ...tieBreak]
  const order: Order = (a, b) => all.reduce((sum, one) => sum || one(a, b), 0)
  return runs.toSorted(order).map((run) => run.id)
}

describe.each(testEngines)('random searches on $engine', ({ open }) => {
  const random = randomNumbers(2026)
  const below = (count: number) => Math.floor(random() * count)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const runs: PlainRun[] = []
  let experiments: string[]
  let tracking: TestTracking

  beforeAll(async () => {
    tracking = await openTracking(open)
    experiments = ['0', await tracking.newExperiment('one'), await tracking.newExperiment('two')]
    await tracking.fill(async () => {
      // Over a thousand in the first experiment: enough for walks along a metric.
      for (let index = 0; index < 1600; index++) runs.push(await addRun(index < 1150 ? '0' : pick(experiments)))
    })
    while ((await tracking.settleRuns(500)) > 0);
  })
  afterAll(() => tracking.close())

  async function addRun(experiment: string): Promise<PlainRun> {
    const name = pick(texts) || 'none'
    const [startTime, status] = [pick(times), pick(['RUNNING', 'FINISHED', 'FAILED'] as const)]
    const endTime = random() < 0.5 ? pick(times.slice(1)) : null
    const id = await tracking.newRun({ experimentId: experiment, name, startTime, userId: '' })
    const some = <T>(values: readonly T[]): Map<string, T> =>
      new Map(['x', 'y', 'z/1'].flatMap((key) => (random() < 0.6 ? [[key, pick(values)] as const] : [])))
    const [metrics, params, tags] = [some(numbers), some(texts), some(texts)]
    const points = [...metrics].flatMap(([key, value]) => [point(key, value, 2), point(key, pick(numbers), 1)])
    const toPairs = (values: Map<string, string>) => [...values].map(([key, value]) => ({ key, value }))
    await tracking.log(id, { metrics: points, params: toPairs(params), tags: toPairs(tags) })
    await tracking.runs.update(id, { status, endTime: endTime ?? undefined }, at(1))
    const deleted = random() < 0.15
    if (deleted) await tracking.runs.delete(id, at(1))
    const attributes = { run_id: id, run_name: name, status, start_time: startTime, end_time: endTime }
    return { id, experiment, deleted, attributes, metrics, params, tags }
  }

  function textCondition(field: string, valueOfRun: (run: PlainRun) => Value): [string, Test] {
    const comparator = pick(['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'])
    const list = [pick(texts), pick(texts), pick(texts)]
    const text = comparator.endsWith('LIKE') ? pick(patterns) : pick(texts)
    const written = comparator.endsWith('IN') ? `(${list.map((one) => `'${one}'`).join(', ')})` : `'${text}'`
    const tests: Record<string, (value: string) => boolean> = {
      '=': (value) => value === text,
      '!=': (value) => value !== text,
      LIKE: (value) => isLike(value, text, false),
      ILIKE: (value) => isLike(value, text, true),
      IN: (value) => list.includes(value),
      'NOT IN': (value) => !list.includes(value),
    }
    return [`${field} ${comparator} ${written}`, hasValue(valueOfRun, (value) => tests[comparator]!(value as string))]
  }

  function numberCondition(
    field: string,
    values: readonly Int64[],
    valueOfRun: (run: PlainRun) => Value,
  ): [string, Test] {
    const comparator = pick(['=', '!=', '<', '<=', '>', '>='])
    const number = pick(values)
    const tests: Record<string, (value: Int64) => boolean> = {
      '=': (value) => compare(value, number) === 0 && !Number.isNaN(value),
      '!=': (value) => Number.isNaN(value) || compare(value, number) !== 0,
      '<': (value) => value < number,
      '<=': (value) => value <= number,
      '>': (value) => value > number,
      '>=': (value) => value >= number,
    }
    const written = number === Infinity ? '1e999' : number === -Infinity ? '-1e999' : String(number)
    return [`${field} ${comparator} ${written}`, hasValue(valueOfRun, (value) => tests[comparator]!(value as Int64))]
  }

  function hasValue(valueOfRun: (run: PlainRun) => Value, holds: (value: Value) => boolean): Test {
    return (run) => {
      const value = valueOfRun(run)
      return value !== undefined && value !== null && holds(value)
    }
  }

  function condition(): [string, Test] {
    const key = pick(['x', 'y', 'z/1', 'never'])
    const kind = pick(['metrics', 'params', 'tags', 'attributes'])
    if (kind === 'attributes') {
      const attribute = pick(['run_name', 'status', 'start_time', 'end_time'])
      const of = (run: PlainRun) => run.attributes[attribute]
      return attribute.endsWith('time') ? numberCondition(attribute, times, of) : textCondition(attribute, of)
    }
    const of = (run: PlainRun) => valueOf(run, kind, key)
    if (random() < 0.15) return [`${kind}.${key} IS NULL`, (run) => of(run) === undefined]
    if (random() < 0.15) return [`${kind}.${key} IS NOT NULL`, (run) => of(run) !== undefined]
    return kind === 'metrics'
      ? numberCondition(`metrics.${key}`, numbers.slice(0, -1), of)
      : textCondition(`${kind}.${key}`, of)
  }

  /** A condition, or several under OR, NOT and parentheses: `NOT` holds wherever what it negates does not. */
  function tree(depth: number): [string, Test] {
    const kind = depth === 0 ? 'one' : pick(['one', 'and', 'or', 'not'])
    if (kind === 'one') return condition()
    if (kind === 'not') {
      const [text, holds] = tree(depth - 1)
      return [`NOT (${text})`, (run) => !holds(run)]
    }
    const parts = Array.from({ length: 2 + below(2) }, () => tree(depth - 1))
    const text = parts.map(([part]) => part).join(kind === 'or' ? ' OR ' : ' AND ')
    const tests = parts.map(([, holds]) => holds)
    const holds: Test = (run) => (kind === 'or' ? tests.some((one) => one(run)) : tests.every((one) => one(run)))
    return [`(${text})`, holds]
  }

  function orderTerm(): [string, Order] {
    const ascending = random() < 0.5
    const kind = pick(['metrics', 'metrics', 'params', 'tags', 'attributes'])
    const key =
      kind === 'attributes'
        ? pick(['run_name', 'status', 'start_time', 'end_time', 'run_id'])
        : pick(['x', 'y', 'z/1', 'never'])
    return [`${kind}.${key} ${ascending ? 'ASC' : 'DESC'}`, orderBy(kind, key, ascending)]
  }

  /** A search of any kind and what it should find; `first` is the first term of the order. */
  function randomSearch(first?: [string, Order]): { search: SearchText; expected: string[] } {
    const conditions = Array.from({ length: pick([0, 0, 1, 1, 2, 3]) }, () => tree(below(4)))
    const terms = [...(first ? [first] : []), ...Array.from({ length: below(3) }, orderTerm)]
    const distinct = terms.filter(
      ([text], index) => terms.findIndex(([other]) => fieldOf(other) === fieldOf(text)) === index,
    )
    const view = pick(['ACTIVE_ONLY', 'ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'] as const)
    const among = pick([experiments, ['0'], ['0', '1'], ['2', '1', '77']])
    const search = {
      experiments: among,
      view,
      filter: conditions.map(([text]) => text).join(' AND '),
      orderBy: distinct.map(([text]) => text),
    }
    const matching = runs.filter(
      (run) =>
        among.includes(run.experiment) &&
        (view === 'ALL' || run.deleted === (view === 'DELETED_ONLY')) &&
        conditions.every(([, holds]) => holds(run)),
    )
    const expected = sorted(
      matching,
      distinct.map(([, order]) => order),
    )
    // As many pages as take a moment: about ten.
    const maxResults = Math.max(1, pick([Math.ceil(expected.length / 9), expected.length, 1000]))
    return { search: { ...search, maxResults }, expected }
  }

  const fieldOf = (term: string) => term.split(' ')[0]

  test('find what a plain evaluation finds, in its order, in pages', async () => {
    for (let round = 0; round < 100; round++) {
      const { search, expected } = randomSearch()
      expect(await tracking.findRuns(search), JSON.stringify(search)).toEqual(expected)
    }
  })

  test('ordered by a metric first, they give the same whether walked along it or sorted', async () => {
    for (let round = 0; round < 40; round++) {
      const [key, ascending] = [pick(['x', 'y', 'z/1']), random() < 0.5]
      const { search, expected } = randomSearch([
        `metrics.${key}${ascending ? '' : ' DESC'}`,
        orderBy('metrics', key, ascending),
      ])
      expect(await tracking.findRuns(search), JSON.stringify(search)).toEqual(expected)
    }
  })

  test.each(['ASC', 'DESC'])(
    'small pages along a metric %s pass numbers, NaN and missing values without a gap',
    async (direction) => {
      const among = { experiments: ['0', '2'], orderBy: [`metrics.x ${direction}`, 'tags.y DESC'] }
      // A page of everything is too large to be worth a walk: it is sorted.
      const whole = await tracking.findRuns({ ...among, maxResults: 50_000 })
      const plain = runs.filter((run) => !run.deleted && run.experiment !== '1')
      expect(whole).toEqual(sorted(plain, [orderBy('metrics', 'x', direction === 'ASC'), orderBy('tags', 'y', false)]))
      for (const maxResults of [7, 64]) expect(await tracking.findRuns({ ...among, maxResults })).toEqual(whole)
    },
  )

  // The last, as it changes the runs.
  test('a run that joins or leaves between pages of a walk moves no other', async () => {
    const search = { experiments: ['0'], orderBy: ['metrics.y DESC'], filter: "run_name != 'passing'", maxResults: 150 }
    const expected = await tracking.findRuns(search)
    const found: string[] = []
    let pageToken: string | undefined
    do {
      const page = await tracking.searchRuns({ ...search, pageToken })
      found.push(...page.runs.map((run) => run.info.run_id))
      const passing = await tracking.newRun({ name: 'passing' })
      await tracking.log(passing, { metrics: [point('y', pick(numbers))] })
      await tracking.runs.delete(found.at(-1)!, at(1))
      pageToken = page.token ?? undefined
    } while (pageToken !== undefined)
    expect(found).toEqual(expected)
  })
})
