import { describe, expect, it } from 'vitest'
import { betterWhen, headlineMetric, isLowerBetter, metricWeight } from './metric-name.ts'

describe('betterWhen', () => {
  it.each(
    [
      'loss val/loss valLoss train_batch_loss logloss trainloss rmse mean_squared_error error_rate WER epoch_time_s',
      'step-time latency_ms perplexity peak_memory_mb',
    ].flatMap((names) => names.split(' ')),
  )('takes less of %s for better', (metric) => {
    expect(betterWhen(metric)).toBe('lower')
    expect(isLowerBetter(metric)).toBe(true)
  })

  it.each(
    [
      'accuracy val/acc valAccuracy top5_acc F1 f1_score AUC r2 mAP50 rouge1 mean_iou images_per_second throughput',
      'error_recall balanced_accuracy',
    ].flatMap((names) => names.split(' ')),
  )('takes more of %s for better', (metric) => {
    expect(betterWhen(metric)).toBe('higher')
    expect(isLowerBetter(metric)).toBe(false)
  })

  it.each(['lr', 'epoch', 'x', 'glossary', 'mirror', 'loss_std', 'accuracy_variance', '', '/'])(
    'does not guess about %j',
    (metric) => {
      expect(betterWhen(metric)).toBeUndefined()
    },
  )
})

describe('headlineMetric', () => {
  it.each([
    [['train/acc', 'val/loss', 'val/acc', 'epoch_time'], 'val/acc'],
    [['train_loss', 'valLoss'], 'valLoss'],
    [['loss', 'accuracy', 'lr'], 'accuracy'],
    [['something', 'loss'], 'loss'],
    [['train_time_s', 'something'], 'something'],
    [['system/cpu_utilization_percentage', 'epoch', 'lr', 'grad_norm'], undefined],
    [[], undefined],
  ])('of %j is %s', (metrics, headline) => {
    expect(headlineMetric(metrics)).toBe(headline)
  })
})

describe('metricWeight', () => {
  it('falls from scores on held-out data to what runs are never judged by', () => {
    const falling = ['test/f1', 'test/loss', 'f1', 'loss', 'test/whatever', 'whatever', 'lr']
    expect(falling.map(metricWeight)).toEqual([6, 5, 4, 3, 2, 1, 0])
  })
})
