import { describe, expect, test } from 'vitest'

import { headersOf, messageOf, signatureOf } from './webhook-message.ts'

const event = {
  kind: 'model_version.created',
  timestamp: Date.parse('2026-01-02T03:04:05.678Z'),
  data: { name: 'größe ✓' },
}
const deliveryId = '7f0c2b1e-1111-4222-8333-944445555666'

describe('messageOf', () => {
  test('gives entity, action, time and data in this order, in UTF-8', () => {
    expect(messageOf(event).toString('utf8')).toBe(
      '{"entity":"model_version","action":"created","timestamp":"2026-01-02T03:04:05.678+00:00","data":{"name":"größe ✓"}}',
    )
  })
})

describe('signatureOf', () => {
  test('is what Python makes of the same with hmac and hashlib', () => {
    expect(signatureOf('s€cret', deliveryId, '1767323045', messageOf(event))).toBe(
      'v1,+xt8rLRXpF/Q0NYihZToKhOcvCWRu18TZJ7z2L8wGkk=',
    )
  })
})

describe('headersOf', () => {
  test('signs for whole seconds, and only where there is a secret', () => {
    const body = messageOf(event)
    expect(headersOf(deliveryId, body, 's€cret', 1_767_323_045_999)).toEqual({
      'Content-Type': 'application/json',
      'X-MLflow-Delivery-Id': deliveryId,
      'X-MLflow-Timestamp': '1767323045',
      'X-MLflow-Signature': 'v1,+xt8rLRXpF/Q0NYihZToKhOcvCWRu18TZJ7z2L8wGkk=',
    })
    expect(headersOf(deliveryId, body, null, 0)).not.toHaveProperty('X-MLflow-Signature')
  })
})
