import { describe, expect, it } from 'vitest'
import { filterOf } from '../workspace-state.ts'
import { brushRange, isBrushed, mostBrushed, rangeBrush, toggledBrush, withBrush } from './field-brush.ts'
import { plotField } from './plot-field.ts'

const loss = plotField('metrics.loss', [0.1, 0.25, null, 0.9, 'NaN', '-Infinity'])
const lr = plotField('params.lr', ['0.1', '1e-3', '0.001', null, '0.5'])
const model = plotField('params.model', ['vit', "it's", 'vit', null])

describe('rangeBrush', () => {
  it('of a metric is a range, open where it reaches the end, rounded outwards', () => {
    expect(rangeBrush(loss, { from: 0.2, to: Infinity })).toEqual({ field: 'metrics.loss', from: 0.2 })
    const brush = rangeBrush(loss, { from: 0.123_456_7, to: 0.876_543_2 })
    expect(brush).toEqual({ field: 'metrics.loss', from: 0.12345, to: 0.87655 })
    expect(rangeBrush(loss, { from: -Infinity, to: Infinity })).toBeUndefined()
  })

  it('of a param is its values, each as it was logged, in their order', () => {
    const brush = rangeBrush(lr, { from: 0.0005, to: 0.2 })
    expect(brush).toEqual({ field: 'params.lr', values: ['1e-3', '0.001', '0.1'] })
    expect(typeof brush === 'object' && filterOf({ brush: [brush] })).toBe(
      "(params.lr = '1e-3' OR params.lr = '0.001' OR params.lr = '0.1')",
    )
  })

  it('says where a param has no value in a range, or more than a filter takes', () => {
    expect(rangeBrush(lr, { from: 0.2, to: 0.3 })).toBe('none')
    const many = plotField(
      'params.x',
      Array.from({ length: mostBrushed + 2 }, (_, value) => String(value)),
    )
    expect(rangeBrush(many, { from: 0.5, to: Infinity })).toBe('many')
    expect(rangeBrush(many, { from: 1.5, to: Infinity })).toMatchObject({ field: 'params.x' })
  })
})

describe('brushRange', () => {
  it('leads back to the place on the axis', () => {
    expect(brushRange(loss, { field: 'metrics.loss', from: 0.2 })).toEqual({ from: 0.2, to: 0.9 })
    expect(brushRange(lr, { field: 'params.lr', values: ['0.1', '1e-3', 'gone'] })).toEqual({ from: 0.001, to: 0.1 })
    expect(brushRange(lr, undefined)).toBeUndefined()
  })
})

describe('isBrushed', () => {
  it('keeps what the server would: NaN and what is missing lie in no range', () => {
    const kept = (field: typeof loss, brush: Parameters<typeof isBrushed>[1]) =>
      field.texts.flatMap((_, run) => (isBrushed(field, brush, run) ? [run] : []))
    expect(kept(loss, { field: 'metrics.loss', from: 0.2 })).toEqual([1, 3])
    expect(kept(loss, { field: 'metrics.loss', to: 0.2 })).toEqual([0, 5])
    expect(kept(model, { field: 'params.model', values: ['vit'] })).toEqual([0, 2])
  })
})

describe('toggledBrush', () => {
  it('chooses values one by one; none and all are no choice', () => {
    const one = toggledBrush(model, undefined, 'vit')
    expect(one).toEqual({ field: 'params.model', values: ['vit'] })
    expect(toggledBrush(model, one, "it's")).toBeUndefined()
    expect(toggledBrush(model, one, 'vit')).toBeUndefined()
  })
})

describe('withBrush', () => {
  it('replaces the brush of a field, and takes it away', () => {
    const kept = [
      { field: 'a', from: 1 },
      { field: 'b', to: 2 },
    ]
    expect(withBrush(kept, 'a', { field: 'a', from: 3 })).toEqual([
      { field: 'b', to: 2 },
      { field: 'a', from: 3 },
    ])
    expect(withBrush(kept.slice(0, 1), 'a', undefined)).toBeUndefined()
  })
})
