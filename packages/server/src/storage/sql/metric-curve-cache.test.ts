import { expect, test } from 'vitest'

import { createCurveCache } from './metric-curve-cache.ts'

test('createCurveCache() gives a value for its version only', () => {
  const cache = createCurveCache()
  cache.put('a', '1', 'first', 1)
  expect(cache.get('a', '1')).toBe('first')
  expect(cache.get('a', '2')).toBeUndefined()
  expect(cache.get('a', '1')).toBeUndefined()
})

test('createCurveCache() forgets what was not used for longest, and takes nothing that is too large', () => {
  const cache = createCurveCache(300)
  cache.put('a', '', 'a', 50)
  cache.put('b', '', 'b', 50)
  cache.put('b', '', 'b', 50)
  cache.put('c', '', 'c', 50)
  cache.get('a', '')
  cache.put('d', '', 'd', 50)
  cache.put('large', '', 'large', 300)
  expect(['a', 'b', 'c', 'd', 'large'].filter((key) => cache.get(key, '') !== undefined)).toEqual(['a', 'c', 'd'])
})
