import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it } from 'vitest'

import { health } from './health.ts'
import { TestTerminal } from './terminal/test-terminal.ts'

/** A server that answers each path with a status; one that is not given never answers. */
async function listening(statuses: Readonly<Record<string, number>>): Promise<AsyncDisposable & { port: number }> {
  const server = createServer(({ url = '' }, response) => {
    const status = statuses[url]
    if (status !== undefined) response.writeHead(status).end(status === 200 ? 'OK' : 'The database is away.')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

describe('trackway health', () => {
  it('asks the server that the environment describes, and tells readiness from life', async () => {
    await using server = await listening({ '/ml/health': 200, '/ml/ready': 503 })
    const terminal = new TestTerminal()
    Object.assign(terminal.env, {
      MLFLOW_HOST: '0.0.0.0',
      MLFLOW_PORT: String(server.port),
      MLFLOW_STATIC_PREFIX: '/ml',
    })
    expect(await health.run([], terminal)).toBe(0)
    expect(terminal.warnings).toEqual([])
    expect(await health.run(['--ready'], terminal)).toBe(1)
    expect(terminal.warnings).toEqual([
      `trackway: http://127.0.0.1:${server.port}/ml/ready answers 503: The database is away.`,
    ])
  })

  it('fails where nothing listens, where no answer comes in time, and where the answer leads elsewhere', async () => {
    await using server = await listening({ '/moved/health': 302 })
    const gone = await listening({})
    await gone[Symbol.asyncDispose]()
    const url = (port: number, path = ''): string => `http://127.0.0.1:${port}${path}`
    for (const [given, reason] of [
      [url(gone.port), /ECONNREFUSED/],
      [url(server.port), /nothing came for 1 s/],
      [url(server.port, '/moved/'), /\/moved\/health/],
    ] as const) {
      const terminal = new TestTerminal()
      expect(await health.run(['--url', given, '--timeout', '1'], terminal), given).toBe(1)
      expect(terminal.warnings.join()).toMatch(reason)
    }
  })

  it('refuses what is no address', async () => {
    await expect(health.run(['--url', 'localhost:5000'], new TestTerminal())).rejects.toThrow(
      "--url takes the address of a server, such as http://127.0.0.1:5000, got 'localhost:5000'.",
    )
  })
})
