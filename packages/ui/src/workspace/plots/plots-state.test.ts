import { describe, expect, it } from 'vitest'
import type { Facet } from '../run-queries.ts'
import { defaultPlots, filledPlot, plotChoices } from './plot-defaults.ts'
import { parsePlots, plotFields } from './plots-state.ts'

const facet = (field: string, runs: number, distinct: number, more: Partial<Facet> = {}): Facet => {
  const [, kind = '', key = ''] = /^(\w+)\.(.*)$/.exec(field) ?? []
  return {
    field,
    kind: ({ metrics: 'METRIC', params: 'PARAM', tags: 'TAG' }[kind] ?? 'ATTRIBUTE') as Facet['kind'],
    key,
    runs,
    distinct,
    ...more,
  }
}
const numbers = { min: 0, max: 1 }
const texts = { values: [{ value: 'a', runs: 1 }] }

const facets = [
  facet('metrics.val_acc', 40, 40, numbers),
  facet('metrics.epoch_time', 40, 40, numbers),
  facet('metrics.system/cpu', 40, 40, numbers),
  facet('params.lr', 40, 30, numbers),
  facet('params.seed', 40, 40, numbers),
  facet('params.model', 40, 3, texts),
  facet('params.epochs', 40, 1, numbers),
  facet('params.run_id', 40, 40, texts),
  facet('tags.mlflow.user', 40, 3, texts),
]

describe('plotChoices', () => {
  it('puts first the metric that matters and the params that vary most, without names and constants', () => {
    const choices = plotChoices(facets, 40)
    expect(choices.metrics).toEqual(['metrics.val_acc', 'metrics.epoch_time', 'metrics.system/cpu'])
    expect(choices.varying).toEqual(['params.lr', 'params.model', 'params.seed'])
    expect(choices.groups[0]).toBe('params.model')
    expect(choices.fields).not.toContain('params.epochs')
    expect(choices.fields).not.toContain('tags.mlflow.user')
  })

  it('fills what a plot leaves open, and keeps what it says', () => {
    const choices = plotChoices(facets, 40)
    expect(defaultPlots(choices).map(({ kind }) => kind)).toEqual(['parallel', 'scatter', 'importance'])
    expect(filledPlot({ kind: 'parallel' }, choices).fields).toEqual([
      'params.lr',
      'params.model',
      'params.seed',
      'metrics.val_acc',
    ])
    expect(filledPlot({ kind: 'scatter', y: 'metrics.epoch_time' }, choices)).toMatchObject({
      x: 'params.lr',
      y: 'metrics.epoch_time',
    })
    expect(defaultPlots(plotChoices([], 0))).toEqual([])
  })
})

describe('parsePlots', () => {
  it('takes what is sound of an address', () => {
    const list = [
      { kind: 'scatter', x: 'params.lr', trend: 'yes', size: 3 },
      { kind: 'pie' },
      null,
      { kind: 'parallel', fields: ['a', 'a', 1] },
    ]
    expect(parsePlots({ list })).toEqual([
      { kind: 'scatter', x: 'params.lr' },
      { kind: 'parallel', fields: ['a'] },
    ])
    expect(parsePlots({ list: 'x' })).toBeUndefined()
    expect(parsePlots(undefined)).toBeUndefined()
  })
})

describe('plotFields', () => {
  it('names what must be read', () => {
    expect(plotFields({ kind: 'scatter', x: 'a', y: 'b', size: '' })).toEqual(['a', 'b'])
    expect(plotFields({ kind: 'importance', y: 'a' })).toEqual([])
  })
})
