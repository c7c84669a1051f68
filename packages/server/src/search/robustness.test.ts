import { ApiError } from '@trackway/api'
import { describe, expect, it } from 'vitest'
import { comparators, type EntityName, searchEntities } from './entities.ts'
import { conditionsOf } from './filter.ts'
import type { Condition } from './filter.ts'
import { parseOrderBy, parseOrderField } from './order-by.ts'
import { parseFilter } from './parser.ts'

const entities = Object.keys(searchEntities) as EntityName[]

/** Always the same sequence (mulberry32), so that a failure comes again. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const fragments = [
  ['metrics.a > 1', "tags.b = 'x'", "name IN ('a')", 'params."c d" IS NULL', 'AND', 'AND'],
  ['metrics.', 'params.', 'tags.', 'attributes.', 'datasets.', 'name', 'status', 'run_id', 'start_time', 'a', '日本'],
  [
    '=',
    '!=',
    '<',
    '<=',
    '>',
    '>=',
    '==',
    ' LIKE ',
    ' ilike ',
    ' IN ',
    ' NOT ',
    ' IS ',
    ' NULL ',
    ' AND ',
    ' OR ',
    ' NOT (',
    ') OR (',
  ],
  ["'", '"', '`', "''", "\\'", '\\', "'x'", '"y"', '`z`', '(', ')', ',', ';', '.', '-', ' ', '\n', '\0', '\ud800'],
  ['1', '-1', '1e5', '.5', '9007199254740993', '1e999', '0x1', 'NaN', ' DESC', ' asc', '__proto__', '😀', '#', '%'],
].flat()

/** What it answers; undefined when it refuses. Any error but a refusal passes through. */
function attempt<Result>(parse: () => Result): Result | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof ApiError && error.code === 'INVALID_PARAMETER_VALUE') return undefined
    throw error
  }
}

const types = (value: Condition['value']) => (value === null || Array.isArray(value) ? 'list' : typeof value)

describe('the search language', () => {
  it('answers random text with typed conditions or an ApiError, never another error', () => {
    const random = createRandom(20_261_123)
    let accepted = 0
    for (let round = 0; round < 10_000; round++) {
      const text = Array.from({ length: 1 + random(9) }, () => fragments[random(fragments.length)]).join('')
      const entity = entities[random(entities.length)] ?? 'runs'
      const filter = attempt(() => parseFilter(entity, text))
      for (const { comparator, value } of conditionsOf(filter ?? [])) {
        accepted++
        expect(Object.values(comparators).flat()).toContain(comparator)
        expect(['string', 'number', 'bigint', 'list']).toContain(types(value))
      }
      attempt(() => parseOrderBy(entity, [text]))
      attempt(() => parseOrderField(entity, { field_name: text }))
    }
    expect(accepted).toBeGreaterThan(30)
  })

  it('reads back every condition that is written in its own syntax', () => {
    const random = createRandom(7)
    const characters = ['a', ' ', "'", '"', '`', '.', ',', ')', 'AND', 'é', '😀', '\n', '%', '\\d']
    const anyText = () => Array.from({ length: 1 + random(8) }, () => characters[random(characters.length)]).join('')
    for (let round = 0; round < 5_000; round++) {
      const expected: Condition[] = [
        { on: 'tag', key: anyText(), comparator: '=', value: anyText() },
        { on: 'param', key: anyText(), comparator: 'NOT IN', value: [anyText(), anyText()] },
        { on: 'metric', key: anyText(), comparator: '<', value: (random(2_000) - 1_000) / 7 },
      ]
      const write = ({ on, key, comparator, value }: Condition) =>
        `${on}.\`${key.replaceAll('`', '``')}\` ${comparator} ${writeValue(value)}`
      expect(parseFilter('runs', expected.map(write).join(' AND '))).toEqual(expected)
    }
  })

  it.each<[string, (length: number) => string]>([
    ['spaces', (length) => ' '.repeat(length)],
    ['digits', (length) => `metrics.a > ${'1'.repeat(length)}x`],
    ['a number of int64', (length) => `start_time > ${'9'.repeat(length)}`],
    ['a word', (length) => 'a.'.repeat(length / 2)],
    ['quotes', (length) => "'".repeat(length)],
    ['escaped quotes', (length) => `tags.a = ${String.raw`'\'"\"`.repeat(length / 5)}`],
    ['back-ticks', (length) => '`a'.repeat(length / 2)],
    ['names in quotes', (length) => `"a"`.repeat(length / 3)],
    ['parentheses', (length) => '('.repeat(length)],
    ['negations', (length) => 'NOT '.repeat(length / 4)],
    ['closing parentheses', (length) => `tags.a = 'x'${')'.repeat(length - 12)}`],
    ['minus signs', (length) => `metrics.a > ${'-1'.repeat(length / 2)}`],
    ['a list', (length) => `tags.a IN (${"'',".repeat(length / 3)}`],
  ])('takes time in proportion to its input: %s', (_, write) => {
    const longest = write(65_000)
    const start = performance.now()
    for (const entity of entities) attempt(() => parseFilter(entity, longest))
    // A million characters by order_by, which has no limit of length: quadratic work would take minutes.
    attempt(() => parseOrderBy('runs', [write(1_000_000)]))
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})

function writeValue(value: Condition['value']): string {
  if (value === null) return ''
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  return `(${value.map(writeValue).join(', ')})`
}
