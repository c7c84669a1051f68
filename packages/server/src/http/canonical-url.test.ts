import { prefixes } from '@trackway/api'
import { describe, expect, test } from 'vitest'

import { canonicalUrl } from './canonical-url.ts'

describe('canonicalUrl', () => {
  test.each(prefixes)('gives what is below %s one address', (prefix) => {
    expect(canonicalUrl(`${prefix}/mlflow/runs/get?run_id=a%2Fb`, '')).toBe('/api/2.0/mlflow/runs/get?run_id=a%2Fb')
    expect(canonicalUrl(`/team/ml${prefix}/mlflow/x`, '/team/ml')).toBe('/team/ml/api/2.0/mlflow/x')
  })

  test.each([
    '/',
    '/health',
    '/api/2.0',
    '/api/3.0',
    '/api/4.0/mlflow/x',
    '/api/2.0previewx/y',
    '/get-artifact?path=/api/3.0/x',
  ])('leaves %s as it is', (url) => expect(canonicalUrl(url, '')).toBe(url))

  test('leaves what is outside of the static prefix as it is', () => {
    expect(canonicalUrl('/api/3.0/mlflow/x', '/team')).toBe('/api/3.0/mlflow/x')
  })
})
