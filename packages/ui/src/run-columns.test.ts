import type { Run } from '@trackway/sdk'
import { describe, expect, it } from 'vitest'
import { runColumns } from './run-columns.ts'

function run(metrics: Record<string, number>, params: Record<string, string>): Run {
  return {
    data: {
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 0 })),
      params: Object.entries(params).map(([key, value]) => ({ key, value })),
    },
  } as Run
}

describe('runColumns', () => {
  it('puts the metrics first that most runs have, then by name', () => {
    const runs = [run({ loss: 1, m10: 1, m2: 1 }, {}), run({ loss: 2 }, {})]
    expect(runColumns(runs).metrics).toEqual(['loss', 'm2', 'm10'])
  })

  it('puts the params first that differ or that not every run has', () => {
    const runs = [run({}, { same: '1', rate: '0.1' }), run({}, { same: '1', rate: '0.2', extra: 'x' })]
    expect(runColumns(runs).params).toEqual(['rate', 'extra', 'same'])
  })

  it('leaves keys beyond twelve out and counts them', () => {
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`k${index}`, index]))
    expect(runColumns([run(many, {})])).toMatchObject({ metrics: { length: 12 }, hiddenMetrics: 3, hiddenParams: 0 })
  })

  it('takes a run without data', () => {
    expect(runColumns([{} as Run])).toEqual({ metrics: [], params: [], hiddenMetrics: 0, hiddenParams: 0 })
  })
})
