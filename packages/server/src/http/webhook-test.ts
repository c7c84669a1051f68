import { randomUUID } from 'node:crypto'

import { endpoints } from '@trackway/api'
import type { Request, Response, Webhook } from '@trackway/api'
import { encode } from '@trackway/api/codec'

import { exampleOf } from '../events/event-example.ts'
import type { WebhookKind } from '../events/store.ts'
import { mlflowKind, trackwayKind } from '../events/webhook-kinds.ts'
import { headersOf, messageOf } from '../events/webhook-message.ts'
import { UnreadableSecret } from '../events/webhook-secrets.ts'
import type { WebhookSecrets } from '../events/webhook-secrets.ts'
import type { Send } from '../events/webhook-sender.ts'
import type { Operations } from '../operations.ts'
import { sendJson } from './json-reply.ts'
import { jsonRequest } from './stream-request.ts'
import type { StreamHandler } from './stream-request.ts'

type Result = Response<'testWebhook'>['result']

interface Parts {
  readonly operations: Pick<Operations, 'webhookTarget'>
  readonly secrets: Pick<WebhookSecrets, 'open'>
  readonly send: Send
}

/** Sends an example once, while the caller waits; DISABLED webhooks too, and nothing of it is stored. */
export function createWebhookTest({ operations, secrets, send }: Parts): StreamHandler {
  return async (request, reply) => {
    const asked = await jsonRequest('testWebhook', request)
    const { webhook, secret } = await operations.webhookTarget(asked.webhook_id)
    const gone = new AbortController()
    reply.raw.on('close', () => gone.abort())
    const result = await attempt(webhook, secret, kindOf(asked, webhook), gone.signal)
    return sendJson(reply, encode(endpoints.testWebhook.response, { result }))
  }

  async function attempt(
    webhook: Webhook,
    secret: string | null,
    kind: WebhookKind,
    signal: AbortSignal,
  ): Promise<Result> {
    try {
      const opened = secret === null ? null : secrets.open(secret)
      const now = Date.now()
      const body = messageOf({ kind, timestamp: now, data: exampleOf(kind) })
      const answer = await send({ url: webhook.url, headers: headersOf(randomUUID(), body, opened, now), body, signal })
      if ('stopped' in answer)
        return { success: false, error_message: 'Failed to test webhook: nobody waits any more.' }
      if ('failure' in answer) return { success: false, error_message: `Failed to test webhook: ${answer.failure}` }
      // A delivery that is answered so would count as received.
      const success = answer.status >= 200 && answer.status < 300
      return { success, response_status: answer.status, response_body: answer.body }
    } catch (error) {
      if (error instanceof UnreadableSecret) return { success: false, error_message: error.message }
      throw error
    }
  }
}

/** The event that was asked for, whether the webhook has it or not; else the webhook's first. */
function kindOf({ event, trackway_event }: Request<'testWebhook'>, { events, trackway_events }: Webhook): WebhookKind {
  if (trackway_event) return trackwayKind(trackway_event)
  const [first] = events ?? []
  const chosen = event ?? first
  return chosen ? mlflowKind(chosen) : trackwayKind(trackway_events?.[0] ?? '')
}
