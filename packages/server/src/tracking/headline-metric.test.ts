import { describe, expect, it } from 'vitest'

import { headlineMetric } from './headline-metric.ts'

const all = (...keys: string[]) => keys.map((key) => ({ key, runs: 10 }))

describe('headlineMetric', () => {
  it('prefers what is measured on held-out data, then scores, then losses', () => {
    expect(headlineMetric(all('train/acc', 'val/loss', 'val/acc', 'epoch_time'))).toBe('val/acc')
    expect(headlineMetric(all('train_loss', 'valLoss'))).toBe('valLoss')
    expect(headlineMetric(all('loss', 'accuracy', 'lr'))).toBe('accuracy')
    expect(headlineMetric(all('something', 'loss'))).toBe('loss')
  })

  it('passes over what few runs have, and what nobody is judged by', () => {
    expect(headlineMetric([...all('loss'), { key: 'val/acc', runs: 2 }])).toBe('loss')
    expect(headlineMetric(all('system/cpu', 'epoch', 'lr'))).toBeUndefined()
    expect(headlineMetric([])).toBeUndefined()
  })
})
