import { createHash, randomBytes } from 'node:crypto'
import { createServer, get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { createBulkAgent } from './bulk-agent.ts'

const content = randomBytes(20 * 1024 * 1024)
const agent = createBulkAgent({ keepAlive: true, maxSockets: 4 })
// Bodies in pieces of every size, with and without a length.
const server = createServer((request, reply) => {
  if (request.url === '/length') reply.setHeader('content-length', content.length)
  for (let at = 0, size = 1; at < content.length; at += size, size = (size * 3) % 700_001) {
    reply.write(content.subarray(at, at + size))
  }
  reply.end()
})

beforeAll(async () => await new Promise<void>((resolve) => server.listen(0, resolve)))
afterAll(() => {
  agent.destroy()
  server.close()
})

async function asked(path: string): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo
  // A name with two addresses is tried at each.
  return await new Promise((resolve, reject) => {
    get({ host: 'localhost', port, path, agent }, resolve).on('error', reject)
  })
}

async function sha256(pauseMs: number, body: IncomingMessage): Promise<string> {
  const hash = createHash('sha256')
  let pieces = 0
  for await (const piece of body) {
    if (pauseMs > 0 && ++pieces % 10 === 0) await sleep(pauseMs)
    hash.update(piece as Uint8Array)
  }
  return hash.digest('hex')
}

test.each(['/length', '/chunked'])(
  'createBulkAgent() brings %s as it was sent, to quick and slow readers',
  async (path) => {
    const expected = createHash('sha256').update(content).digest('hex')
    const pauses = [0, 0, 5, 20]
    for (let round = 0; round < 3; round++) {
      const sums = await Promise.all(pauses.map(async (pauseMs) => await sha256(pauseMs, await asked(path))))
      expect(sums).toEqual(pauses.map(() => expected))
    }
  },
)

test('createBulkAgent() reads more at a time than node, and uses a connection again', async () => {
  let most = 0
  const first = await asked('/length')
  const { localPort } = first.socket
  for await (const piece of first) most = Math.max(most, (piece as Uint8Array).byteLength)
  expect(most).toBeGreaterThan(64 * 1024)
  // The agent gets it back a moment after the body's end.
  await sleep(20)
  const second = await asked('/length')
  expect(second.socket.localPort).toBe(localPort)
  second.destroy()
})

test('createBulkAgent() breaks off where the server does', async () => {
  const body = await asked('/length')
  server.closeAllConnections()
  await expect(sha256(0, body)).rejects.toThrowError(/aborted|ECONNRESET/)
})
