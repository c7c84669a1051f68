import { describe, expect, it } from 'vitest'
import { isLowerBetter } from './metric-direction.ts'

describe('isLowerBetter', () => {
  it('knows losses, errors and times by their names', () => {
    const costs = ['loss', 'val/loss', 'valLoss', 'train_rmse', 'val_loss_epoch', 'mean_squared_error', 'step-time', 'logloss', 'WER']
    expect(costs.filter((name) => !isLowerBetter(name))).toEqual([])
  })

  it('takes anything else for a gain', () => {
    const gains = ['accuracy', 'val/acc', 'f1', 'r2', 'auc', 'glossary', 'timely_share', 'mirror', 'bleu', 'terror_recall', '']
    expect(gains.filter((name) => isLowerBetter(name))).toEqual([])
  })
})
