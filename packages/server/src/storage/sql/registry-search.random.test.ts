import { stages } from '@trackway/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { randomNumbers } from '../../random-numbers.ts'

import { testEngines } from './test-engines.ts'
import { by, openRegistry } from './test-registry.ts'
import type { RegistryAsk, TestRegistry } from './test-registry.ts'

type Value = string | number | undefined

/** What a search may look at, kept in plain memory. */
interface Plain {
  readonly id: string
  readonly isPrompt: boolean
  /** undefined is null to a filter and comes last in an order. */
  readonly attributes: Readonly<Record<string, Value>>
  readonly tags: ReadonlyMap<string, string>
}

type Test = (row: Plain) => boolean
type Order = (a: Plain, b: Plain) => number

const compare = (a: Value, b: Value) =>
  typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : Number(a) - Number(b)

const texts = ['a', 'A', 'ab', 'a_b', 'a%b', 'ab*', '[a]', 'é', 'É', '𝒳y', 'b?', 'zz top', `${'long '.repeat(20)}1`]
const patterns = ['%', 'a%', 'A%', '%b', '_', '_b', 'a_b', '%[%', '%*', 'b?', '%é%', '_y', '%a%b%', '[a]', 'long%']

function isLike(text: string, pattern: string, ignoreCase: boolean): boolean {
  const fold = (part: string) => (ignoreCase ? part.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : part)
  const source = [...fold(pattern)].map((char) =>
    char === '%' ? '.*' : char === '_' ? '.' : char.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'),
  )
  return new RegExp(`^${source.join('')}$`, 'su').test(fold(text))
}

function orderBy(key: string, ascending: boolean): Order {
  return (first, second) => {
    const [a, b] = [first.attributes[key], second.attributes[key]]
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
    return ascending ? compare(a, b) : compare(b, a)
  }
}

describe.each(testEngines)('random searches of the registry on $engine', ({ open }) => {
  const random = randomNumbers(2027)
  const below = (count: number) => Math.floor(random() * count)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const models: Plain[] = []
  const versions: Plain[] = []
  let registry: TestRegistry

  beforeAll(async () => {
    registry = await openRegistry(open)
    await registry.fill(async () => {
      for (let index = 0; index < 90; index++) await addModel(index)
    })
  })
  afterAll(() => registry.close())

  function someTags(): Record<string, string> {
    return Object.fromEntries(['x', 'y', 'z/1'].flatMap((key) => (random() < 0.5 ? [[key, pick(texts)]] : [])))
  }

  async function addModel(index: number): Promise<void> {
    const isPrompt = random() < 0.15
    const mark = isPrompt ? { 'mlflow.prompt.is_prompt': 'true' } : {}
    const [name, time] = [`${pick(texts)}${index}`, below(6)]
    const [tags, description] = [{ ...someTags(), ...mark }, random() < 0.5 ? '' : pick(texts)]
    await registry.newModel(name, { time, description, tags })
    let updated = time
    for (let number = 1; number <= below(16); number++) {
      const made = { time: below(6), user: pick(['', 'ann', 'bob']), stage: pick(stages) }
      const [runId, about] = [random() < 0.5 ? '' : pick(['r1', 'r2']), random() < 0.5 ? '' : pick(texts)]
      const source = isPrompt ? 'dummy-source' : `s3://bucket/${below(4)}`
      const own = { ...someTags(), ...mark }
      const version = await registry.newVersion(name, { ...made, runId, description: about, source, tags: own })
      updated = made.time
      versions.push({
        id: `${name}/${version}`,
        isPrompt,
        attributes: {
          name,
          version_number: version,
          run_id: runId || undefined,
          source_path: source,
          creation_timestamp: made.time,
          last_updated_timestamp: made.time,
          current_stage: made.stage,
          status: 'READY',
          user_id: made.user || undefined,
          description: about || undefined,
        },
        tags: new Map(Object.entries(own)),
      })
    }
    if (random() < 0.3) await registry.models.describe(name, undefined, by((updated = below(6))))
    models.push({
      id: name,
      isPrompt,
      attributes: {
        name,
        creation_timestamp: time,
        last_updated_timestamp: updated,
        description: description || undefined,
      },
      tags: new Map(Object.entries(tags)),
    })
  }

  function textCondition(field: string, values: readonly string[], valueOf: (row: Plain) => Value): [string, Test] {
    const comparator = pick(['=', '=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN', 'IS NULL', 'IS NOT NULL'])
    if (comparator === 'IS NULL') return [`${field} IS NULL`, (row) => valueOf(row) === undefined]
    if (comparator === 'IS NOT NULL') return [`${field} IS NOT NULL`, (row) => valueOf(row) !== undefined]
    const chosen = [pick(values), pick(values), pick(values)]
    const text = comparator.endsWith('LIKE') ? pick(patterns) : pick(values)
    const written = comparator.endsWith('IN') ? `(${chosen.map((one) => `'${one}'`).join(', ')})` : `'${text}'`
    const tests: Record<string, (value: string) => boolean> = {
      '=': (value) => value === text,
      '!=': (value) => value !== text,
      LIKE: (value) => isLike(value, text, false),
      ILIKE: (value) => isLike(value, text, true),
      IN: (value) => chosen.includes(value),
      'NOT IN': (value) => !chosen.includes(value),
    }
    return [
      `${field} ${comparator} ${written}`,
      (row) => {
        // Runs, users and descriptions of versions that were not given are '' to a comparison, as in MLflow.
        const value = valueOf(row) ?? (isEmptyable(field, row) ? '' : undefined)
        return value !== undefined && tests[comparator]!(String(value))
      },
    ]
  }

  const isEmptyable = (field: string, { attributes }: Plain) =>
    attributes['version_number'] !== undefined && ['run_id', 'user_id', 'description'].includes(field)

  function numberCondition(field: string): [string, Test] {
    const number = below(7)
    const tests: Record<string, (value: number) => boolean> = {
      '=': (value) => value === number,
      '!=': (value) => value !== number,
      '<': (value) => value < number,
      '<=': (value) => value <= number,
      '>': (value) => value > number,
      '>=': (value) => value >= number,
    }
    const comparator = pick(Object.keys(tests))
    return [`${field} ${comparator} ${number}`, ({ attributes }) => tests[comparator]!(Number(attributes[field]))]
  }

  function condition(rows: readonly Plain[]): [string, Test] {
    if (random() < 0.4) {
      const key = pick(['x', 'y', 'z/1', 'never'])
      return textCondition(`tags.${key}`, texts, ({ tags }) => tags.get(key))
    }
    const field = pick(Object.keys(rows[0]!.attributes))
    if (/_(timestamp|number)$/.test(field)) return numberCondition(field)
    const valueOf = ({ attributes }: Plain) => attributes[field]
    return textCondition(field, [...rows.slice(0, 8).map((row) => String(valueOf(row) ?? '')), 'other'], valueOf)
  }

  /** A condition, or two under OR, or what NOT makes of one. */
  function tree(rows: readonly Plain[]): [string, Test] {
    const [text, holds] = condition(rows)
    const kind = pick(['one', 'one', 'or', 'not'])
    if (kind === 'one') return [text, holds]
    if (kind === 'not') return [`NOT ${text}`, (row) => !holds(row)]
    const [other, otherHolds] = tree(rows)
    return [`(${text} OR ${other})`, (row) => holds(row) || otherHolds(row)]
  }

  /** A search of any kind and what it should find. */
  function randomSearch(rows: readonly Plain[], tieBreak: readonly Order[], usual: readonly Order[]) {
    const conditions = Array.from({ length: pick([0, 0, 1, 1, 2, 3]) }, () => tree(rows))
    const prompts = pick(['', '', "= 'true'", "!= 'true'"])
    if (prompts) conditions.push([`tags.mlflow.prompt.is_prompt ${prompts}`, () => true])
    const keys = [...new Set(Array.from({ length: below(4) }, () => pick(Object.keys(rows[0]!.attributes))))]
    const terms = keys.map((key) => ({ key, ascending: random() < 0.5 }))
    const orders = terms.length === 0 ? usual : terms.map(({ key, ascending }) => orderBy(key, ascending))
    const all = [...orders, ...tieBreak]
    const expected = rows
      .filter((row) => row.isPrompt === (prompts === "= 'true'") && conditions.every(([, holds]) => holds(row)))
      .toSorted((a, b) => all.reduce((sum, one) => sum || one(a, b), 0))
      .map(({ id }) => id)
    const ask: RegistryAsk = {
      filter: conditions.map(([text]) => text).join(' AND '),
      orderBy: terms.map(({ key, ascending }) => `${key} ${ascending ? 'ASC' : 'DESC'}`),
      maxResults: Math.max(1, pick([Math.ceil(expected.length / 7), expected.length, 1000])),
    }
    return { ask, expected }
  }

  test('of models find what a plain evaluation finds, in its order, in pages', async () => {
    let found = 0
    for (let round = 0; round < 250; round++) {
      const { ask, expected } = randomSearch(models, [orderBy('name', true)], [])
      expect(await registry.findModels(ask), JSON.stringify(ask)).toEqual(expected)
      found += expected.length
    }
    expect(found).toBeGreaterThan(1000)
  })

  test('of versions find what a plain evaluation finds, in its order, in pages', async () => {
    let found = 0
    for (let round = 0; round < 250; round++) {
      const { ask, expected } = randomSearch(
        versions,
        [orderBy('name', true), orderBy('version_number', false)],
        [orderBy('last_updated_timestamp', false)],
      )
      expect(await registry.findVersions(ask), JSON.stringify(ask)).toEqual(expected)
      found += expected.length
    }
    expect(found).toBeGreaterThan(5000)
  })
})
