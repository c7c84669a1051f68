import { describe, expect, it } from 'vitest'
import { colourScale } from './colour-scale.ts'
import { fitted, plotAxis, valueText } from './plot-axis.ts'
import { categoryName, plotField } from './plot-field.ts'

describe('plotField', () => {
  it('takes a param for numbers only where all of its values are', () => {
    expect(plotField('params.a', ['1', '2e-3', null, 'nan']).isNumeric).toBe(true)
    expect(plotField('params.a', ['1', 'two']).isNumeric).toBe(false)
    expect(plotField('params.a', [null, null]).isNumeric).toBe(false)
    expect(plotField('metrics.a', ['NaN', null])).toMatchObject({ isNumeric: true, range: undefined })
  })

  it('keeps the most frequent values, and the rest as one; long ones are cut', () => {
    const field = plotField('params.a', [
      'b',
      ...Array.from({ length: 40 }, (_, run) => `v${run}`),
      'b',
      'x'.repeat(8000),
    ])
    expect(field.categories).toHaveLength(12)
    expect(field.categories[0]).toBe('b')
    expect(categoryName(field.categories.at(-1) ?? '')).toBe('others')
    expect(valueText(field, 42)).toHaveLength(200)
  })
})

describe('plotAxis', () => {
  it('places numbers evenly, or by their logarithm where they span decades', () => {
    const even = plotAxis(plotField('params.a', ['1', '2', '3']), [100, 0])
    expect([0, 1, 2].map(even.place)).toEqual([100, 50, 0])
    const wide = plotAxis(plotField('params.a', ['1e-4', '0.01', '1']), [100, 0])
    expect(wide.log).toBe(true)
    expect([0, 1, 2].map((run) => Math.round(wide.place(run)))).toEqual([100, 50, 0])
    expect(wide.valueAt(50)).toBeCloseTo(0.01, 6)
    expect(plotAxis(plotField('params.a', ['1e-4', '1']), [100, 0], { turned: true }).log).toBe(false)
  })

  it('has a lane for what is missing and one for what is no number', () => {
    const axis = plotAxis(plotField('metrics.a', [1, null, 'NaN', 2, 'Infinity']), [100, 0])
    expect(axis.lanes).toEqual([
      { label: 'missing', at: 118 },
      { label: 'NaN, ∞', at: 136 },
    ])
    expect([0, 1, 2, 3, 4].map(axis.place)).toEqual([100, 118, 136, 0, 136])
    expect(axis.share(1)).toBeUndefined()
  })

  it('puts what is not above zero into a lane of a logarithmic axis', () => {
    const axis = plotAxis(plotField('metrics.a', [0, 1, 100]), [100, 0], { turned: true })
    expect(axis.lanes.map(({ label }) => label)).toEqual(['≤ 0, NaN, ∞'])
    expect([0, 1, 2].map((run) => Math.round(axis.place(run)) + 0)).toEqual([118, 100, 0])
  })

  it('draws a single value in the middle', () => {
    expect(plotAxis(plotField('metrics.a', [7, 7]), [100, 0]).place(0)).toBe(50)
  })
})

describe('colourScale', () => {
  it('says where a value far from the others has the colour of the end', () => {
    const field = plotField('metrics.a', [1, 2, 3, 4, 5, 6, 7, 8, 1000])
    const { share, low, high } = colourScale(field, false)
    expect({ low, high }).toEqual({ low: '1', high: '≥ 8' })
    expect([0, 7, 8].map(share)).toEqual([0, 1, 1])
  })
})

describe('fitted', () => {
  it('cuts to the room there is', () => {
    expect(fitted('abc', 60)).toBe('abc')
    expect(fitted('a\nvery long name', 36)).toBe('a ver…')
  })
})
