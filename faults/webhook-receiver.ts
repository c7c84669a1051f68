import { randomInt } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** Who was sent what: each event's name with the ids that it came under. */
export async function startWebhookReceiver() {
  const heard = new Map<string, Set<string>>()
  let requests = 0
  const server = createServer((request, response) => {
    void text(request)
      .then(async (body) => {
        const { data } = JSON.parse(body) as { data: { name: string } }
        const ids = heard.get(data.name) ?? new Set()
        heard.set(data.name, ids.add(String(request.headers['x-mlflow-delivery-id'])))
        // Some answers come late, so that the server is killed between sending and noting down.
        if (++requests % 3 === 0) await sleep(randomInt(300))
        response.writeHead(requests % 10 === 0 ? 503 : 200).end()
      })
      .catch(() => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    heard,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    [Symbol.dispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
