import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** An event as it arrived, its signature checked. */
export interface ReceivedEvent {
  readonly deliveryId: string
  readonly entity: string
  readonly action: string
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A receiver of webhooks as MLflow's documentation has one written. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly port: number
  /** Each event once, in the order of arrival, however often it was sent. */
  readonly events: readonly ReceivedEvent[]
  /** Requests that were refused because their signature, age or form was wrong. */
  readonly refused: readonly string[]
  /** How many requests came, repeated ones too. */
  readonly requests: () => number
}

const oldestSeconds = 300

/** @param port 0 for any free one. */
export async function startWebhookReceiver(secret: string, port = 0): Promise<WebhookReceiver> {
  const events = new Map<string, ReceivedEvent>()
  const refused: string[] = []
  let requests = 0
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests++
    const body = await text(request)
    const header = (name: string): string => String(request.headers[name] ?? '')
    const deliveryId = header('x-mlflow-delivery-id')
    const timestamp = header('x-mlflow-timestamp')
    const expected = `v1,${createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`).digest('base64')}`
    const given = header('x-mlflow-signature')
    const isGenuine = given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
    const isRecent = Math.abs(Date.now() / 1000 - Number(timestamp)) < oldestSeconds
    if (!isGenuine || !isRecent || !deliveryId) {
      refused.push(`${given} for ${deliveryId} at ${timestamp}: ${body}`)
      response.writeHead(401).end()
      return
    }
    events.set(deliveryId, { deliveryId, ...(JSON.parse(body) as Omit<ReceivedEvent, 'deliveryId'>) })
    response.writeHead(204).end()
  }
  const server = createServer((request, response) => void receive(request, response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get events() {
      return [...events.values()]
    },
    refused,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
