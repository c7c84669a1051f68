import { describe, expect, it } from 'vitest'
import type { Facet } from '../run-queries.ts'
import { autoColumns } from './auto-columns.ts'

function facet(kind: Facet['kind'], key: string, runs: number, distinct: number, more: Partial<Facet> = {}): Facet {
  return { field: `${kind.toLowerCase()}s.${key}`, kind, key, runs, distinct, ...more }
}

describe('autoColumns', () => {
  it('shows the metrics that most runs have, the telling ones first, and no system metrics', () => {
    const metrics = Array.from({ length: 12 }, (_, place) => facet('METRIC', `m${place}`, 12 - place, 2))
    const { columns } = autoColumns(
      [facet('METRIC', 'system/cpu', 99, 9), facet('METRIC', 'val/acc', 12, 9), ...metrics],
      99,
    )
    expect(columns).toEqual([
      'attributes.start_time',
      'metrics.val/acc',
      ...metrics.slice(0, 7).map(({ field }) => field),
      'attributes.duration',
    ])
  })

  it('shows params and tags that differ, and tells once what is the same for all', () => {
    const found = autoColumns(
      [
        facet('PARAM', 'lr', 10, 3),
        facet('PARAM', 'epochs', 10, 1, { values: [{ value: '30', runs: 10 }] }),
        facet('PARAM', 'sometimes', 4, 1, { values: [{ value: 'x', runs: 4 }] }),
        facet('TAG', 'team', 10, 2),
        facet('TAG', 'mlflow.user', 10, 2),
      ],
      10,
    )
    expect(found.columns.slice(1, -1)).toEqual(['params.lr', 'params.sometimes', 'tags.team'])
    expect(found.constants).toEqual([{ field: 'params.epochs', key: 'epochs', value: '30' }])
  })

  it('leaves out texts that are another for each run, but no numbers', () => {
    const { columns } = autoColumns(
      [facet('PARAM', 'id', 50, 50), facet('PARAM', 'lr', 50, 50, { min: 0, max: 1 })],
      50,
    )
    expect(columns.slice(1, -1)).toEqual(['params.lr'])
  })

  it('takes nothing for the same for all where there is one run', () => {
    const one = autoColumns([facet('PARAM', 'lr', 1, 1, { values: [{ value: '1', runs: 1 }] })], 1)
    expect([one.columns.includes('params.lr'), one.constants]).toEqual([true, []])
  })
})
