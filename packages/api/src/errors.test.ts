import { describe, expect, test } from 'vitest'
import { ApiError, doesNotExist, errorMeaning, errorStatus, invalidParameter } from './errors.ts'

describe('ApiError', () => {
  test('carries code, status and message, and the body that clients read', () => {
    const error = new ApiError('RESOURCE_ALREADY_EXISTS', 'Taken.', { cause: 'why' })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'ApiError', code: 'RESOURCE_ALREADY_EXISTS', status: 400, cause: 'why' })
    expect(JSON.stringify(error.toBody())).toBe('{"error_code":"RESOURCE_ALREADY_EXISTS","message":"Taken."}')
  })

  test('has the statuses that the official clients branch on', () => {
    expect(invalidParameter('x')).toMatchObject({ code: 'INVALID_PARAMETER_VALUE', status: 400, message: 'x' })
    expect(doesNotExist('x')).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST', status: 404, message: 'x' })
    expect(new ApiError('ENDPOINT_NOT_FOUND', '').status).toBe(404)
  })
})

describe('errorStatus', () => {
  test('has an error status and a sentence for every code', () => {
    expect(Object.keys(errorMeaning).toSorted()).toEqual(Object.keys(errorStatus).toSorted())
    for (const status of Object.values(errorStatus)) expect(status >= 400 && status < 600).toBe(true)
    for (const sentence of Object.values(errorMeaning)) expect(sentence).toMatch(/^[A-Z].*\.$/)
  })

  // The Python client retries these by itself, so that no error of the caller's may have one.
  test('gives statuses that clients retry only to what may pass', () => {
    const retried = Object.entries(errorStatus).filter(([, status]) => [408, 429, 500, 502, 503, 504].includes(status))
    expect(retried.map(([code]) => code)).toEqual([
      'REQUEST_LIMIT_EXCEEDED',
      'INTERNAL_ERROR',
      'TEMPORARILY_UNAVAILABLE',
    ])
  })
})
