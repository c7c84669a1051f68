import { describe, expect, it } from 'vitest'
import { completionsAt, fieldAt } from './filter-completion.ts'
import type { Facet } from './run-queries.ts'

const facets = [
  {
    field: 'attributes.status',
    kind: 'ATTRIBUTE',
    key: 'status',
    runs: 9,
    distinct: 1,
    values: [{ value: 'FAILED', runs: 9 }],
  },
  { field: 'metrics.loss', kind: 'METRIC', key: 'loss', runs: 9, distinct: 9, min: 0.1, max: 2 },
  { field: 'metrics.`my loss`', kind: 'METRIC', key: 'my loss', runs: 2, distinct: 2, min: 0, max: 1 },
  {
    field: 'params.model',
    kind: 'PARAM',
    key: 'model',
    runs: 9,
    distinct: 2,
    values: [
      { value: 'resnet', runs: 5 },
      { value: "it's", runs: 4 },
    ],
  },
] as const satisfies readonly Facet[]

function textsAt(text: string): string[] {
  return completionsAt(text, text.length, facets).options.map((option) => option.text)
}

/** The filter after the first completion was taken. */
function completed(text: string): string {
  const { from, to, options } = completionsAt(text, text.length, facets)
  return text.slice(0, from) + (options[0]?.insert ?? '') + text.slice(to)
}

describe('completionsAt', () => {
  it('offers fields first, those that begin so before those that contain it', () => {
    expect(textsAt('')).toEqual(expect.arrayContaining(['metrics.loss', 'params.model', 'attributes.status', 'NOT']))
    expect(textsAt('loss')).toEqual(['metrics.loss', 'metrics.`my loss`'])
    expect(completed('params.m')).toBe('params.model ')
    expect(completed('metrics.`my')).toBe('metrics.`my loss` ')
  })

  it('offers the comparators that a field takes', () => {
    expect(textsAt('metrics.loss ')).toEqual(['<', '<=', '>', '>=', '=', '!=', 'IS NULL', 'IS NOT NULL'])
    expect(textsAt('params.model ')).toContain('ILIKE')
    expect(textsAt('params.model ')).not.toContain('<')
    expect(completed('params.model NOT')).toBe('params.model NOT IN (')
  })

  it('offers values, quoted so that a filter can read them', () => {
    expect(textsAt('params.model = ')).toEqual(["'resnet'", "'it''s'"])
    expect(completed("params.model = 're")).toBe("params.model = 'resnet' ")
    expect(textsAt("params.model IN ('resnet', ")).toEqual(["'resnet'", "'it''s'"])
    expect(textsAt('metrics.loss > ')).toEqual(['0.1', '2'])
    expect(textsAt('status = ')).toEqual(["'FAILED'"])
  })

  it('offers connectives behind a whole condition, and fields again behind them', () => {
    expect(textsAt("params.model = 'resnet' ")).toEqual(['AND', 'OR', ')'])
    expect(textsAt("params.model IN ('a') ")).toEqual(['AND', 'OR', ')'])
    expect(textsAt('metrics.loss IS NOT NULL ')).toEqual(['AND', 'OR', ')'])
    expect(textsAt('(metrics.loss > 1 OR ')).toContain('params.model')
    expect(textsAt('NOT (')).toContain('params.model')
  })

  it('completes in the middle of a filter', () => {
    const text = 'metrics.lo > 1'
    const { from, to, options } = completionsAt(text, 9, facets)
    expect(text.slice(0, from) + options[0]?.insert + text.slice(to)).toBe('metrics.loss  > 1')
  })

  it('offers something or nothing for any text, and never fails', () => {
    for (const text of ["'", '`', '"', '(((', ')))', 'a = = =', "x = '", 'IN (', '😀 = 1', '\u0000']) {
      expect(Array.isArray(textsAt(text)), text).toBe(true)
    }
  })
})

describe('fieldAt', () => {
  it('is the field whose value is being written', () => {
    expect(fieldAt("params.model = 'r", 17)).toBe('params.model')
    expect(fieldAt('params.a = 1 AND ', 17)).toBe('')
  })
})
