import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { parseField } from '../../search/field.ts'
import type { EncodedReply } from '../../tracking/encoded-reply.ts'
import { createRunFacetHandlers } from '../../tracking/run-facets.ts'
import { randomNumbers } from '../../random-numbers.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking, point } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

type Handler = ReturnType<typeof createRunFacetHandlers>['runFacets']
type Facets = Exclude<Awaited<ReturnType<Handler>>, EncodedReply>
type Facet = NonNullable<Facets['facets']>[number]

function askOf(tracking: TestTracking) {
  const { runFacets } = createRunFacetHandlers(tracking)
  return async (request: Partial<Parameters<Handler>[0]> = {}) =>
    (await runFacets({ experiment_ids: ['0'], ...request }, { user: '' })) as Facets
}

const byField = ({ facets = [] }: Facets) => new Map(facets.map((facet) => [facet.field, facet]))

const hostileKeys = [
  'batch size',
  'a`b',
  '``',
  'a"b',
  "it's",
  'a.b',
  '.',
  'é',
  '😀',
  'a\\',
  'a\\`',
  'val/loss',
  '-',
  'x:y',
]

describe.each(testEngines)('runFacets() on $engine', ({ open }) => {
  let tracking: TestTracking
  let ask: ReturnType<typeof askOf>

  beforeEach(async () => {
    tracking = await openTracking(open)
    ask = askOf(tracking)
  })
  afterEach(() => tracking.close())

  test('says of each field how many runs have it, and its values in short', async () => {
    const first = await tracking.newRun({ name: 'one', startTime: 10, userId: 'ana' })
    const second = await tracking.newRun({ name: 'two', startTime: 20 })
    await tracking.log(first, {
      metrics: [point('loss', 9, 0), point('loss', 1, 1), point('nan', NaN)],
      params: [
        { key: 'lr', value: '1e-3' },
        { key: 'mixed', value: '1' },
      ],
      tags: [{ key: 'mlflow.user', value: 'ana' }],
    })
    await tracking.log(second, {
      metrics: [point('loss', 3)],
      params: [
        { key: 'lr', value: '0.5' },
        { key: 'mixed', value: 'one' },
      ],
      tags: [{ key: 'mlflow.user', value: 'ana' }],
    })
    await tracking.runs.update(second, { status: 'FAILED', endTime: 30 }, at(30))
    const once = (value: string) => ({ value, runs: 1 })
    expect(await ask({ bins: 2 })).toEqual({
      total: 2,
      counted: 2,
      facets: [
        about('ATTRIBUTE', 'status', { runs: 2, distinct: 2, values: [once('FAILED'), once('RUNNING')] }),
        about('ATTRIBUTE', 'user_id', { runs: 1, distinct: 1, values: [once('ana')] }),
        about('ATTRIBUTE', 'run_name', { runs: 2, distinct: 2 }),
        about('ATTRIBUTE', 'start_time', { runs: 2, distinct: 2, min: 10, max: 20, histogram: [1, 1] }),
        about('METRIC', 'loss', { runs: 2, distinct: 2, min: 1, max: 3, histogram: [1, 1] }),
        about('METRIC', 'nan', { runs: 1, distinct: 1 }),
        about('PARAM', 'lr', {
          runs: 2,
          distinct: 2,
          values: [once('0.5'), once('1e-3')],
          min: 0.001,
          max: 0.5,
          histogram: [1, 1],
        }),
        about('PARAM', 'mixed', { runs: 2, distinct: 2, values: [once('1'), once('one')] }),
        about('TAG', 'mlflow.user', { runs: 2, distinct: 1, values: [{ value: 'ana', runs: 2 }] }),
      ],
    })
    expect(byField(await ask()).get('metrics.loss')?.histogram).toBeUndefined()
  })

  test('names fields so that a filter finds the runs that have them, whatever the key', async () => {
    for (const key of hostileKeys) {
      const run = await tracking.newRun()
      await tracking.log(run, { metrics: [point(key, 1)], params: [{ key, value: 'x' }], tags: [{ key, value: 'x' }] })
    }
    const facets = (await ask()).facets?.filter(({ kind }) => kind !== 'ATTRIBUTE') ?? []
    expect(facets).toHaveLength(3 * hostileKeys.length)
    for (const { field, kind, key } of facets) {
      expect(parseField('runs', field)).toMatchObject({ on: kind.toLowerCase(), key })
      expect(await ask({ filter: `${field} IS NOT NULL` }), field).toMatchObject({ total: 1 })
      expect((await ask({ fields: [field] })).facets).toMatchObject([{ field, kind, key, runs: 1 }])
    }
  })

  test('gives only the fields asked for, and of attributes those it has', async () => {
    await tracking.log(await tracking.newRun(), {
      metrics: [point('a', 1), point('b', 1)],
      tags: [{ key: 'a', value: '' }],
    })
    const fieldsOf = async (...fields: string[]) => (await ask({ fields })).facets?.map(({ field }) => field)
    expect(await fieldsOf('metrics.a', 'metrics.a', 'status')).toEqual(['attributes.status', 'metrics.a'])
    expect(await fieldsOf('params.a', 'metrics.none', 'user_id')).toEqual([])
    expect(await fieldsOf('tags.a')).toEqual(['tags.a'])
  })

  test('counts 1,000 distinct values, lists 12 or 200 of them and none that is long', async () => {
    await tracking.fill(async () => {
      for (let index = 0; index < 1005; index++) {
        const run = await tracking.newRun({ startTime: index })
        const long = 'é'.repeat(256)
        await tracking.log(run, {
          metrics: [point('m', index)],
          params: [
            { key: 'p', value: String(index % 300) },
            { key: 'many', value: String(index) },
          ],
          tags: [{ key: 'long', value: index === 0 ? long : `${long}${index}` }],
        })
      }
    })
    const all = byField(await ask())
    expect(all.get('metrics.m')).toMatchObject({ runs: 1005, distinct: 1000, min: 0, max: 1004 })
    expect(all.get('params.many')).toMatchObject({ runs: 1005, distinct: 1000, min: 0, max: 1004 })
    expect(all.get('params.p')).toMatchObject({ runs: 1005, distinct: 300 })
    expect(all.get('params.p')?.values).toHaveLength(12)
    expect(all.get('tags.long')).toMatchObject({ runs: 1005, distinct: 10, values: [{ runs: 1 }] })
    const [asked] = (await ask({ fields: ['params.p'] })).facets ?? []
    expect(asked?.values).toHaveLength(200)
    expect(asked?.values?.[0]).toEqual({ value: '0', runs: 4 })
  })

  test('puts numbers of any size into bins', async () => {
    const values = [-1.7e308, 1.7e308, 0, Infinity, -Infinity, NaN]
    for (const value of values) await tracking.log(await tracking.newRun(), { metrics: [point('far', value)] })
    const [far] = (await ask({ fields: ['metrics.far'], bins: 3 })).facets ?? []
    expect(far).toMatchObject({ runs: 6, distinct: 6, min: -1.7e308, max: 1.7e308, histogram: [1, 1, 1] })
    const [same] = (await ask({ fields: ['metrics.far'], bins: 3, filter: 'metrics.far = 0' })).facets ?? []
    expect(same).toMatchObject({ min: 0, max: 0, histogram: [1, 0, 0] })
  })

  test.each([
    [{ bins: 0 }, /'bins'.*from 1 to 100/],
    [{ bins: 101 }, /'bins'/],
    [{ fields: Array.from({ length: 101 }, () => 'params.a') }, /At most 100 fields/],
    [{ fields: ['datasets.name'] }, /datasets have no facets/],
    [{ fields: ['end_time'] }, /only status, user_id, run_name, start_time have facets/],
    [{ fields: ['foo.a'] }, /Invalid entity type 'foo'/],
    [{ fields: ['params.a b'] }, /Invalid field/],
    [{ filter: 'metrics.' }, /Invalid/],
    [{ experiment_ids: ['x'] }, /Invalid experiment ID 'x'/],
  ])('refuses %j', async (request, message) => {
    await expect(ask(request)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(message),
    })
  })
})

describe.each(testEngines)('runFacets() over random runs on $engine', ({ open }) => {
  const random = randomNumbers(19)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const keys = ['loss', 'a b', 'a`b', '😀', "q'"]
  const numbers = [-2, 0, 0.25, 1e9, Infinity, -Infinity, NaN]
  const texts = ['1', ' 2.5e1 ', 'nan', 'inf', '', 'x', '0x10', 'é']
  let tracking: TestTracking
  let ask: ReturnType<typeof askOf>
  const runs: { experiment: string; deleted: boolean; values: Map<string, number | string> }[] = []

  beforeAll(async () => {
    tracking = await openTracking(open)
    ask = askOf(tracking)
    const other = await tracking.newExperiment('other')
    await tracking.fill(async () => {
      for (let index = 0; index < 1200; index++) {
        const experiment = pick(['0', '0', other])
        const id = await tracking.newRun({ experimentId: experiment, startTime: index })
        const values = new Map<string, number | string>()
        for (const key of keys.filter(() => random() < 0.6)) {
          values.set(`METRIC ${key}`, pick(numbers))
          values.set(`PARAM ${key}`, pick(key === 'loss' ? texts.slice(0, 4) : texts))
          if (random() < 0.5) values.set(`TAG ${key}`, pick(texts))
        }
        const of = (kind: string) =>
          [...values].flatMap(([name, value]) =>
            name.startsWith(kind) ? [{ key: name.slice(kind.length + 1), value: value as string }] : [],
          )
        await tracking.log(id, {
          metrics: of('METRIC').map(({ key, value }) => point(key, Number(value))),
          params: of('PARAM'),
          tags: of('TAG'),
        })
        const deleted = random() < 0.2
        if (deleted) await tracking.runs.delete(id, at(1))
        runs.push({ experiment, deleted, values })
      }
    })
  })
  afterAll(() => tracking.close())

  test.each([
    { filter: '', matches: () => true },
    { filter: "params.loss = '1'", matches: (run: Map<string, unknown>) => run.get('PARAM loss') === '1' },
    { filter: 'metrics.`a``b` > 0', matches: (run: Map<string, unknown>) => (run.get('METRIC a`b') as number) > 0 },
    { filter: "tags.'none' = 'x'".replaceAll("'none'", '"none"'), matches: () => false },
  ])('agrees with a plain count where $filter', async ({ filter, matches }) => {
    for (const view of ['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'] as const) {
      for (const experiments of [['0'], ['0', '1'], ['99']]) {
        const bins = 1 + Math.floor(random() * 9)
        const found = runs.filter(
          (run) =>
            experiments.includes(run.experiment) &&
            (view === 'ALL' || run.deleted === (view === 'DELETED_ONLY')) &&
            matches(run.values),
        )
        const reply = await ask({ experiment_ids: experiments, filter, run_view_type: view, bins })
        expect([reply.total, reply.counted]).toEqual([found.length, found.length])
        const facets = reply.facets?.filter(({ kind }) => kind !== 'ATTRIBUTE') ?? []
        const present = new Set(found.flatMap(({ values }) => [...values.keys()]))
        expect(new Set(facets.map(({ kind, key }) => `${kind} ${key}`))).toEqual(present)
        for (const facet of facets) {
          const name = `${facet.kind} ${facet.key}`
          const values = found.flatMap((run) => run.values.get(name) ?? [])
          expect(facet).toEqual({
            field: facet.field,
            kind: facet.kind,
            key: facet.key,
            ...naive(facet.kind, values, bins),
          })
        }
      }
    }
  })
})

function about(kind: Facet['kind'], key: string, rest: Omit<Facet, 'field' | 'kind' | 'key'>): Facet {
  return { field: `${kind.toLowerCase()}s.${key}`, kind, key, ...rest }
}

function naive(
  kind: string,
  values: readonly (number | string)[],
  bins: number,
): Omit<Facet, 'field' | 'kind' | 'key'> {
  const distinct = [...new Set(values)]
  const isNumber = (text: string) => text !== '' && (['nan', 'inf'].includes(text) || /^[ \d.e]+$/.test(text))
  const areNumbers = kind === 'METRIC' || (kind === 'PARAM' && values.every((value) => isNumber(String(value))))
  const finite = areNumbers ? values.map(Number).filter((value) => Number.isFinite(value)) : []
  const [min, max] = [Math.min(...finite), Math.max(...finite)]
  const binOf = (value: number) =>
    max === min ? 0 : Math.min(bins - 1, Math.floor(((value - min) / (max - min)) * bins))
  const listed = distinct.map((value) => ({ value: String(value), runs: values.filter((one) => one === value).length }))
  return {
    runs: values.length,
    distinct: distinct.length,
    values:
      kind === 'METRIC'
        ? undefined
        : listed.toSorted((a, b) => b.runs - a.runs || (a.value < b.value ? -1 : 1)).slice(0, 12),
    ...(finite.length > 0 && {
      min,
      max,
      histogram: Array.from({ length: bins }, (_, bin) => finite.filter((value) => binOf(value) === bin).length),
    }),
  }
}
