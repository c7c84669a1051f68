import { describe, expect, it } from 'vitest'
import { bestOf, deltaOf, deltaText, type Fact, factText, isDiffering, percentText, wholeText } from './fact.ts'

function metric(name: string, ...values: Fact['values'][number][]): Fact {
  return { id: `metrics.${name}`, group: 'Metrics', name, kind: 'metric', values }
}

function param(...values: Fact['values'][number][]): Fact {
  return { id: 'params.p', group: 'Params', name: 'p', kind: 'text', values }
}

describe('isDiffering', () => {
  it.each([
    [[1, 1, 1], false],
    [[1, 2], true],
    [[1, undefined], true],
    [[undefined, undefined], false],
    [[Number.NaN, Number.NaN], false],
    [[Number.NaN, undefined], true],
    [[0, -0], false],
  ])('of %j is %s', (values, isIt) => {
    expect(isDiffering(metric('loss', ...values))).toBe(isIt)
  })

  it('takes texts as they are written', () => {
    expect(isDiffering(param('0.1', '0.10'))).toBe(true)
  })
})

describe('factText', () => {
  it('leaves a missing value blank and shows NaN and the infinities as themselves', () => {
    const fact = metric('loss')
    expect([undefined, Number.NaN, Infinity, -Infinity, 0.123_456].map((value) => factText(fact, value))).toEqual([
      '',
      'NaN',
      '∞',
      '-∞',
      '0.1235',
    ])
    expect(wholeText(fact, 0.123_456)).toBe('0.123456')
  })

  it('tells durations, and cuts texts that wholeText has in full', () => {
    expect(factText({ ...param(), kind: 'duration' }, 65_000)).toBe('1 min 5 s')
    const long = 'x'.repeat(8000)
    expect(factText(param(), long)).toHaveLength(200)
    expect(wholeText(param(), long)).toBe(long)
  })
})

describe('bestOf', () => {
  it('is the least of a loss and the greatest of an accuracy, whatever is missing or no number', () => {
    expect(bestOf(metric('val/loss', 0.3, undefined, Number.NaN, 0.2))).toBe(0.2)
    expect(bestOf(metric('accuracy', 0.3, undefined, Number.NaN, 0.2))).toBe(0.3)
  })

  it('marks none where runs are alike, nobody knows which way is better, or it is no metric', () => {
    expect(bestOf(metric('loss', 0.3, 0.3))).toBeUndefined()
    expect(bestOf(metric('lr', 0.3, 0.2))).toBeUndefined()
    expect(bestOf(param('0.3', '0.2'))).toBeUndefined()
  })
})

describe('deltaOf', () => {
  it('knows better from worse by the metric’s direction', () => {
    expect(deltaOf(metric('loss'), 0.2, 0.4)).toMatchObject({ percent: -50, verdict: 'better' })
    expect(deltaOf(metric('accuracy'), 0.2, 0.4)).toMatchObject({ percent: -50, verdict: 'worse' })
    expect(deltaOf(metric('lr'), 0.2, 0.4)).toMatchObject({ percent: -50, verdict: undefined })
    expect(deltaOf(metric('loss'), 0.4, 0.4)).toEqual({ by: 0, percent: 0, verdict: undefined })
  })

  it('has no percent of zero, and counts from the size of a negative baseline', () => {
    expect(deltaOf(metric('loss'), 1, 0)).toEqual({ by: 1, percent: undefined, verdict: 'worse' })
    expect(deltaOf(metric('reward'), -5, -10)).toEqual({ by: 5, percent: 50, verdict: 'better' })
  })

  it('is of numbers alone: also of params that are some', () => {
    expect(deltaOf(param(), '64', '32')).toEqual({ by: 32, percent: 100, verdict: undefined })
    for (const value of ['adam', '', 'NaN', '0x10', undefined]) expect(deltaOf(param(), value, '32')).toBeUndefined()
    for (const value of [Number.NaN, Infinity, undefined]) expect(deltaOf(metric('loss'), value, 1)).toBeUndefined()
  })
})

describe('deltaText', () => {
  it('has a sign and none of the arithmetic’s digits', () => {
    const delta = deltaOf(metric('loss'), 0.3, 0.1)
    expect(delta && [deltaText(delta, 'metric'), percentText(delta)]).toEqual(['+0.2', '+200 %'])
    const less = deltaOf(metric('loss'), 1, 1.0001)
    expect(less && [deltaText(less, 'metric'), percentText(less)]).toEqual(['−0.0001', '−0.01 %'])
    const duration = deltaOf({ ...metric('duration'), kind: 'duration' }, 65_000, 5000)
    expect(duration && deltaText(duration, 'duration')).toBe('+1 min')
  })
})
