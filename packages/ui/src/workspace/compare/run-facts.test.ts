import { describe, expect, it } from 'vitest'
import type { ShownRun } from '../shown-runs.ts'
import { comparedFacets, factsOf } from './run-facts.ts'

function run(id: string, rest: Partial<ShownRun> = {}): ShownRun {
  return {
    id,
    name: id,
    experimentId: '1',
    status: 'FINISHED',
    startTime: 1000,
    endTime: 3000,
    colour: '--run-0',
    values: [],
    ...rest,
  }
}

const facet = (kind: 'METRIC' | 'PARAM' | 'TAG' | 'ATTRIBUTE', key: string) => ({
  kind,
  key,
  field: `${kind.toLowerCase()}s.${key}`,
})

describe('comparedFacets', () => {
  it('takes metrics first, the most telling ones ahead, and of clients’ tags those that say something', () => {
    const found = comparedFacets([
      facet('ATTRIBUTE', 'status'),
      facet('METRIC', 'system/cpu'),
      facet('METRIC', 'val/acc'),
      facet('PARAM', 'p10'),
      facet('PARAM', 'p2'),
      facet('TAG', 'mlflow.source.name'),
      facet('TAG', 'mlflow.log-model.history'),
      facet('TAG', 'team'),
    ])
    expect(found.map(({ key }) => key)).toEqual(['val/acc', 'system/cpu', 'p2', 'p10', 'mlflow.source.name', 'team'])
  })

  it('takes the user of the attribute where no tag tells it', () => {
    const attribute = facet('ATTRIBUTE', 'user_id')
    expect(comparedFacets([attribute])).toEqual([attribute])
    expect(comparedFacets([attribute, facet('TAG', 'mlflow.user')]).map(({ kind }) => kind)).toEqual(['TAG'])
  })
})

describe('factsOf', () => {
  const runs = [run('a'), run('b', { status: 'RUNNING', endTime: undefined })]
  const facets = [facet('METRIC', 'loss'), facet('PARAM', 'lr'), facet('TAG', 'mlflow.source.git.commit')]
  const byRun = new Map([
    ['a', ['NaN', '0.1', 'abc']],
    ['b', [0.5, null, null]],
  ])
  const facts = factsOf(runs, facets, byRun, { a: { training: 'mnist (1)' } })
  const valuesOf = (name: string) => facts.find((fact) => fact.name === name)?.values

  it('tells numbers, texts and what is missing apart', () => {
    expect(valuesOf('loss')).toEqual([Number.NaN, 0.5])
    expect(valuesOf('lr')).toEqual(['0.1', undefined])
  })

  it('knows durations of runs that ended, datasets by context, and a commit as the run’s own', () => {
    expect(valuesOf('Duration')).toEqual([2000, undefined])
    expect(valuesOf('Status')).toEqual(['Finished', 'Running'])
    expect(valuesOf('training')).toEqual(['mnist (1)', undefined])
    expect(facts.find(({ name }) => name === 'Commit')?.group).toBe('Attributes')
  })

  it('has blanks for a run that is gone', () => {
    expect(factsOf([run('gone')], facets, byRun, {})[0]?.values).toEqual([undefined])
  })
})
