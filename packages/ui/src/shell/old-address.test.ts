import { describe, expect, it } from 'vitest'
import { pathOfOldAddress } from './old-address.ts'

describe('pathOfOldAddress', () => {
  it.each([
    ['#/', '/'],
    ['#/experiments', '/experiments'],
    ['#/experiments/7', '/experiments/7/runs'],
    ['#/experiments/7/runs', '/experiments/7/runs'],
    ['#/experiments/7?searchFilter=&orderByKey=x', '/experiments/7/runs'],
    ['#/experiments/7/runs/ab', '/experiments/7/runs/ab'],
    ['#/experiments/7/runs/ab/artifacts', '/experiments/7/runs/ab/artifacts'],
    ['#/experiments/7/runs/ab/artifactPath/model/MLmodel', '/experiments/7/runs/ab/artifacts/model/MLmodel'],
    ['#/experiments/7/runs/ab/model-metrics', '/experiments/7/runs/ab/charts'],
    ['#/experiments/7/runs/ab/system-metrics', '/experiments/7/runs/ab/system'],
    ['#/experiments/7/models/m-1', '/logged-models/m-1'],
    ['#/experiments/7/models', '/experiments/7/models'],
    ['#/runs/ab', '/open-run/ab'],
    ['#/models', '/models'],
    ['#/models/a%2Fb', '/models/a%2Fb'],
    ['#/models/churn/versions/3', '/models/churn/versions/3'],
    ['#/settings', '/settings'],
    ['#/metric/loss?runs=["ab"]&experiments=["7"]', '/experiments/7/runs/ab/charts'],
    ['#/never/heard/of', '/never/heard/of'],
  ])('leads %s to %s', (hash, path) => {
    expect(pathOfOldAddress(hash)).toBe(path)
  })

  it('keeps the runs of a comparison', () => {
    const path = pathOfOldAddress('#/compare-runs?runs=["a","b"]&experiments=["7"]') ?? ''
    const { pathname, searchParams } = new URL(path, 'http://host')
    expect(pathname).toBe('/experiments/7/runs')
    expect(JSON.parse(searchParams.get('sel') ?? '')).toEqual(['a', 'b'])
    expect(searchParams.get('lens')).toBe('compare')
  })

  it('keeps the experiments and the versions that are compared', () => {
    const runs = new URL(pathOfOldAddress('#/compare-experiments/s?experiments=["1","2"]') ?? '', 'http://host')
    expect([runs.pathname, runs.searchParams.get('experiments')]).toEqual(['/runs', '["1","2"]'])
    const hash = '#/compare-model-versions?name="a b"&runs={"r1":"3","r2":"4"}'
    const versions = new URL(pathOfOldAddress(hash) ?? '', 'http://host')
    expect([versions.pathname, versions.searchParams.get('v')]).toEqual(['/models/a%20b/compare', '["3","4"]'])
  })

  it('leaves other hashes alone, and does not stumble over broken ones', () => {
    expect(pathOfOldAddress('')).toBeUndefined()
    expect(pathOfOldAddress('#content')).toBeUndefined()
    expect(pathOfOldAddress('#/compare-runs?runs=[broken')).toBe('/runs?lens=compare')
    expect(pathOfOldAddress('#/compare-model-versions')).toBe('/models')
  })
})
