import { describe, expect, it } from 'vitest'
import { differingMetrics, metricsOf } from './shown-metrics.ts'
import type { SourceRun } from './source-runs.ts'

function run(metrics: Readonly<Record<string, number>>): SourceRun {
  return {
    id: 'r',
    name: 'r',
    experimentId: '1',
    status: 'FINISHED',
    params: new Map(),
    metrics: new Map(Object.entries(metrics)),
  }
}

describe('differingMetrics', () => {
  it('leaves out what is the same for all, and begins with the headline', () => {
    const runs = [run({ epochs: 3, loss: 0.2, val_acc: 0.8 }), run({ epochs: 3, loss: 0.3, val_acc: 0.9 })]
    expect(differingMetrics(runs)).toEqual(['val_acc', 'loss'])
  })

  it('counts a missing value as a difference, and NaN as like itself', () => {
    expect(differingMetrics([run({ a: 1, b: NaN }), run({ b: NaN })])).toEqual(['a'])
  })

  it('has all of a single run', () => {
    expect(differingMetrics([run({ a: 1, b: 2 })])).toEqual(['a', 'b'])
  })

  it('has at most four', () => {
    const runs = [1, 2].map((value) => run(Object.fromEntries('abcdefg'.split('').map((key) => [key, value]))))
    expect(differingMetrics(runs)).toHaveLength(4)
    expect(metricsOf(runs)).toHaveLength(7)
  })
})
