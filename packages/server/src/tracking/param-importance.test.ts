import { describe, expect, test } from 'vitest'

import { type ParamValues, paramImportances } from './param-importance.ts'

/** Numbers from 0 to 1 that are the same each time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

const next = numbers(7)
const runs = 200
const column = (key: string, value: (run: number) => string | null): ParamValues => ({
  key,
  values: Array.from({ length: runs }, (_, run) => value(run)),
})
const lr = Array.from({ length: runs }, () => 10 ** (-4 * next()))
const depth = Array.from({ length: runs }, () => Math.floor(12 * next()))
const models = ['resnet', 'vit', 'mlp'] as const
const model = Array.from({ length: runs }, () => Math.floor(3 * next()))

const lrParam = column('lr', (run) => String(lr[run]))
const depthParam = column('depth', (run) => String(depth[run]))
const modelParam = column('model', (run) => models[model[run] ?? 0] ?? null)
const noise = column('noise', () => String(next()))
const colour = column('colour', () => `c${Math.floor(20 * next())}`)

const byKey = ({ params }: ReturnType<typeof paramImportances>) => new Map(params.map((param) => [param.key, param]))

describe('paramImportances', () => {
  test('finds what a metric is made of, in its order, and nothing in noise', () => {
    const metric = lr.map((one, run) => 3 * Math.log10(one) + (model[run] ?? 0) * 2 + 0.05 * next())
    const found = paramImportances([noise, modelParam, colour, lrParam], metric)
    expect(found.params.map(({ key }) => key).slice(0, 2)).toEqual(['lr', 'model'])
    expect(found.explained).toBeGreaterThan(0.8)
    const by = byKey(found)
    expect(by.get('lr')).toMatchObject({ measure: 'SPEARMAN', runs })
    expect(by.get('lr')?.correlation).toBeGreaterThan(0.7)
    expect(by.get('model')).toMatchObject({ measure: 'CORRELATION_RATIO' })
    expect(by.get('noise')?.importance).toBeLessThan(0.05)
    expect(by.get('colour')?.importance).toBeLessThan(0.05)
    expect(found.params.reduce((sum, { importance }) => sum + importance, 0)).toBeCloseTo(1, 9)
  })

  test('finds what no correlation shows: a best value in the middle', () => {
    const metric = depth.map((one) => (one - 5.5) ** 2 + 0.1 * next())
    const found = byKey(paramImportances([noise, depthParam], metric))
    expect(Math.abs(found.get('depth')?.correlation ?? 1)).toBeLessThan(0.25)
    expect(found.get('depth')?.importance).toBeGreaterThan(0.9)
  })

  test('has the sign of the correlation', () => {
    const found = byKey(
      paramImportances(
        [lrParam],
        lr.map((one) => -one),
      ),
    )
    expect(found.get('lr')?.correlation).toBeCloseTo(-1, 9)
  })

  test('explains nothing of a metric that is noise', () => {
    const found = paramImportances([noise, depthParam, modelParam], lr)
    expect(found.explained).toBeLessThan(0.2)
  })

  test('is not led by one run that diverged', () => {
    const metric = lr.map((one, run) => (run === 3 ? 1e300 : Math.log10(one)))
    expect(byKey(paramImportances([noise, lrParam], metric)).get('lr')?.importance).toBeGreaterThan(0.9)
  })

  test('counts a param that half of the runs have, by those and by whether it is there', () => {
    const half = column('half', (run) => (run % 2 === 0 ? String(lr[run]) : null))
    const metric = lr.map((one, run) => (run % 2 === 0 ? -Math.log10(one) : 50 + next()))
    const found = byKey(paramImportances([half, noise], metric)).get('half')
    expect(found).toMatchObject({ runs: runs / 2 })
    expect(found?.correlation).toBeCloseTo(-1, 9)
    expect(found?.importance).toBeGreaterThan(0.9)
  })

  test('is the same each time', () => {
    const metric = lr.map((one, run) => one + (depth[run] ?? 0))
    const params = [noise, lrParam, depthParam, modelParam, colour]
    expect(paramImportances(params, metric)).toEqual(paramImportances(params, metric))
  })

  test('leaves out what is the same for all, and texts that only name a run', () => {
    const params = [column('same', () => '1'), column('name', (run) => `run ${run}`), lrParam]
    expect(paramImportances(params, lr).params.map(({ key }) => key)).toEqual(['lr'])
  })

  test('says nothing of fewer than ten runs', () => {
    const few = { key: 'lr', values: lr.slice(0, 9).map(String) }
    expect(paramImportances([few], lr.slice(0, 9))).toEqual({ explained: undefined, params: [] })
  })

  test('takes hostile values and a metric that is all equal', () => {
    const odd = column('odd', (run) => (run % 3 === 0 ? '' : run % 3 === 1 ? 'NaN' : '__proto__'))
    const { params } = paramImportances(
      [odd],
      lr.map(() => 1),
    )
    expect(params).toEqual([{ key: 'odd', runs, measure: 'CORRELATION_RATIO', correlation: undefined, importance: 0 }])
  })
})
