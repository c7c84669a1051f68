import { describe, expect, it } from 'vitest'
import { factsOf } from './metric-facts.ts'
import { repositoryLinks } from './repository-links.ts'
import { sparkPath } from './spark-path.ts'

const series = { run_id: 'r', key: 'k', points: 3 }

describe('factsOf', () => {
  it('finds the extremes of a whole curve with their steps, NaN left out', () => {
    const facts = factsOf({ ...series, x: [0, 5, 9], last: [2, 'NaN', '-Infinity'] })
    expect(facts.max).toEqual({ value: 2, step: 0, isExact: true })
    expect(facts.min).toEqual({ value: -Infinity, step: 9, isExact: true })
    expect(facts.values).toEqual([2, null, null])
  })

  it('says that a step is not exact where the curve is sampled', () => {
    const facts = factsOf({ ...series, x: [0, 50], last: [1, 1], min: [0, null], max: [7, null] })
    expect(facts.max).toEqual({ value: 7, step: 0, isExact: false })
    expect(facts.min).toEqual({ value: 0, step: 0, isExact: false })
  })

  it('has no extremes where there is nothing but NaN', () => {
    expect(factsOf({ ...series, x: [0], last: ['NaN'] }).min).toBeUndefined()
  })
})

describe('sparkPath', () => {
  it('fills its box and leaves gaps', () => {
    expect(sparkPath([0, 1, 2, 3], [0, 1, null, 1], 90, 20)).toBe('M0.0 18.5L30.0 1.5M90.0 1.5')
  })

  it('draws what does not change in the middle, and nothing of nothing', () => {
    expect(sparkPath([1, 2], [3, 3], 10, 20)).toBe('M0.0 10.0L10.0 10.0')
    expect(sparkPath([1], [null], 10, 20)).toBe('')
  })
})

describe('repositoryLinks', () => {
  it('leads to repository and commit, without passwords', () => {
    expect(repositoryLinks('git@github.com:acme/vision.git', 'abcdef0')).toEqual({
      repository: 'https://github.com/acme/vision',
      commit: 'https://github.com/acme/vision/commit/abcdef0',
    })
    expect(repositoryLinks('https://me:secret@gitlab.com/a/b', 'abcdef0').repository).toBe('https://gitlab.com/a/b')
  })

  it('leads nowhere from what a browser must not open', () => {
    const nowhere = { repository: undefined, commit: undefined }
    expect(repositoryLinks('javascript:alert(1)', 'abcdef0')).toEqual(nowhere)
    expect(repositoryLinks('/home/me/code', undefined)).toEqual(nowhere)
    expect(repositoryLinks('https://example.com/x', '"><script>').commit).toBeUndefined()
  })
})
