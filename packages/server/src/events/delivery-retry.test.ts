import { describe, expect, test } from 'vitest'

import { judge } from './delivery-retry.ts'
import type { Answer } from './webhook-sender.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const rules = { maxRetries: 40, now }
const answered = (status: number, retryAfter?: string): Exclude<Answer, { stopped: true }> => ({
  status,
  body: 'said',
  retryAfter,
})
const hour = 3_600_000

describe('judge', () => {
  test.each([200, 201, 204, 299])('%i is delivered', (status) => {
    expect(judge(answered(status), 1, rules)).toEqual({
      state: 'DELIVERED',
      nextAttemptTime: null,
      responseStatus: status,
      responseBody: 'said',
      errorMessage: null,
    })
  })

  test.each([300, 301, 302, 307, 308, 400, 401, 404, 410, 422])('%i is final', (status) => {
    const { state, nextAttemptTime, errorMessage } = judge(answered(status, '5'), 1, rules)
    expect([state, nextAttemptTime]).toEqual(['FAILED', null])
    expect(errorMessage).toContain(`answered ${status}`)
    expect(errorMessage?.includes('redirect')).toBe(status < 400)
  })

  test.each([429, 500, 502, 503, 599])('%i is tried again until the attempts are used up', (status) => {
    expect(judge(answered(status), 1, rules)).toMatchObject({ state: 'PENDING', responseStatus: status })
    expect(judge(answered(status), 40, rules).state).toBe('PENDING')
    expect(judge(answered(status), 41, rules)).toMatchObject({ state: 'FAILED', nextAttemptTime: null })
    expect(judge(answered(status), 1, { ...rules, maxRetries: 0 }).state).toBe('FAILED')
  })

  test('a failure is tried again unless it is final', () => {
    expect(judge({ failure: 'gone', isFinal: false }, 1, rules)).toMatchObject({
      state: 'PENDING',
      responseStatus: null,
      errorMessage: 'gone',
    })
    expect(judge({ failure: 'refused', isFinal: true }, 1, rules).state).toBe('FAILED')
  })

  test('pauses double up to an hour, of which a random half is left out', () => {
    const pause = (attempts: number, random: number): number =>
      (judge(answered(500), attempts, { maxRetries: 2000, now, random }).nextAttemptTime ?? 0) - now
    expect([1, 2, 3, 4, 12, 13, 40, 2000].map((attempts) => pause(attempts, 0))).toEqual([
      1000,
      2000,
      4000,
      8000,
      2048_000,
      hour,
      hour,
      hour,
    ])
    expect([1, 2, 13].map((attempts) => pause(attempts, 1))).toEqual([500, 1000, hour / 2])
  })

  test('40 retries take about a day', () => {
    let time = now
    for (let attempts = 1; attempts <= 40; attempts++) {
      time = judge(answered(500), attempts, { maxRetries: 40, now: time, random: 0.5 }).nextAttemptTime ?? 0
    }
    expect((time - now) / hour).toBeGreaterThan(20)
    expect((time - now) / hour).toBeLessThan(26)
  })

  test.each([
    ['30', 30_000],
    ['0', 1000],
    ['-5', 1000],
    ['soon', 1000],
    ['999999', hour],
    ['Thu, 01 Jan 2026 00:00:20 GMT', 20_000],
    ['Thu, 01 Jan 2015 00:00:20 GMT', 1000],
    ['Thu, 01 Jan 2099 00:00:20 GMT', hour],
  ])('Retry-After: %s waits %i ms', (header, pause) => {
    for (const status of [429, 503]) {
      expect(judge(answered(status, header), 1, { ...rules, random: 0 }).nextAttemptTime).toBe(now + pause)
    }
  })
})
