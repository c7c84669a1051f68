import { createHmac } from 'node:crypto'

import type { Event } from '@trackway/api'

/** What is sent of an event: the same bytes each time, in the form of MLflow's webhooks. */
export function messageOf({ kind, timestamp, data }: Pick<Event, 'kind' | 'timestamp' | 'data'>): Buffer {
  const [entity, action] = kind.split('.', 2)
  // Python's spelling of UTC, which older versions of it cannot read as 'Z'.
  const time = new Date(Number(timestamp)).toISOString().replace('Z', '+00:00')
  return Buffer.from(JSON.stringify({ entity, action, timestamp: time, data }))
}

/** @param secret signs the message; null for none. @param now milliseconds since the epoch. */
export function headersOf(
  deliveryId: string,
  body: Buffer,
  secret: string | null,
  now: number,
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  return {
    'Content-Type': 'application/json',
    'X-MLflow-Delivery-Id': deliveryId,
    'X-MLflow-Timestamp': timestamp,
    ...(secret === null ? {} : { 'X-MLflow-Signature': signatureOf(secret, deliveryId, timestamp, body) }),
  }
}

/** MLflow's signature, that of Standard Webhooks: HMAC-SHA256 of the id, the time and the body, joined by dots. */
export function signatureOf(secret: string, deliveryId: string, timestamp: string, body: Buffer): string {
  const digest = createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.`).update(body).digest('base64')
  return `v1,${digest}`
}
