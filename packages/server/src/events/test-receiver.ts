import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Received {
  readonly path: string
  readonly method: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Milliseconds since the epoch. */
  readonly time: number
}

/** Answers one request. */
export type Respond = (response: ServerResponse, request: Received) => void

/** A receiver of webhooks for one test. */
export interface TestReceiver {
  readonly url: string
  readonly port: number
  readonly received: Received[]
  /** What is answered from now on; 200 'heard' at first. */
  respond: Respond
  /** The first `count` requests, once there are that many. */
  wait(count: number): Promise<readonly Received[]>
  close(): Promise<void>
}

export async function startReceiver(): Promise<TestReceiver> {
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => {
    void text(request)
      .then((body) => {
        const { url: path = '', method, headers } = request
        const one = { path, method, headers, body, time: Date.now() }
        receiver.received.push(one)
        receiver.respond(response, one)
        for (const check of waiting) check()
      })
      .catch(() => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receiver: TestReceiver = {
    url: `http://127.0.0.1:${port}`,
    port,
    received: [],
    respond: (response) => response.end('heard'),
    wait: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (receiver.received.length < count) return
          waiting.delete(check)
          resolve(receiver.received.slice(0, count))
        }
        waiting.add(check)
        check()
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}
