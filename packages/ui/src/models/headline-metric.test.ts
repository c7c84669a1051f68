import { describe, expect, it } from 'vitest'
import { betterDirection, headlineMetric } from './headline-metric.ts'

describe('headlineMetric', () => {
  it.each([
    [['loss', 'val_loss', 'val_accuracy'], 'val_accuracy'],
    [['train_time_s', 'val/loss', 'loss'], 'val/loss'],
    [['system/cpu_utilization_percentage', 'steps'], 'steps'],
    [['system/cpu_utilization_percentage'], undefined],
    [[], undefined],
  ])('of %j is %s', (keys, metric) => {
    expect(headlineMetric(keys)).toBe(metric)
  })
})

describe('betterDirection', () => {
  it.each([
    ['val_accuracy', 'higher'],
    ['loss', 'lower'],
    ['train_time_s', 'lower'],
    ['steps', undefined],
  ])('of %s is %s', (key, direction) => {
    expect(betterDirection(key)).toBe(direction)
  })
})
