import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'

import { startBalancer } from './team.ts'

/** Says its name to whatever it is asked. */
async function startNamed(name: string): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_request, response) => response.end(name)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

// What the suites show of a team hangs on this: a client that keeps its connection must not keep its server.
test('the proxy of a team sends the requests of one connection to each server in turn', async () => {
  await using first = await startNamed('first')
  await using second = await startNamed('second')
  await using balancer = await startBalancer([first.url, second.url])
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const answers: string[] = []
  const connections = new Set<unknown>()
  for (let asked = 0; asked < 6; asked++) {
    const sent = request(balancer.url, { agent, method: 'POST', path: '/api' }).end()
    const [reply] = (await once(sent, 'response')) as [IncomingMessage]
    connections.add(reply.socket.localPort)
    answers.push(await text(reply))
  }
  agent.destroy()
  expect(connections.size).toBe(1)
  expect(answers.join(' ')).toMatch(/^(first second ){2}first second$|^(second first ){2}second first$/)
})
