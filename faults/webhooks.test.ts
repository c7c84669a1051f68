import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { call } from './api-call.ts'
import { integrityOf, serverFolder } from './server-folder.ts'
import { startWebhookReceiver } from './webhook-receiver.ts'

const rounds = 4
const eventsOfRound = 60

it(
  'kill -9 while webhooks are sent loses no event: all arrive at least once, each under one id',
  { timeout: 180_000 },
  async () => {
    await using folder = serverFolder()
    using receiver = await startWebhookReceiver()
    const flags = ['--webhook-allowed-schemes', 'http', '--webhook-allow-private-ips', '--webhook-timeout', '1']
    const names: string[] = []
    for (let round = 0; round < rounds; round++) {
      const server = folder.launch({ flags })
      const url = await server.url
      if (round === 0) {
        const events = { trackway_events: ['experiment.created'] }
        const { status } = await call(url, 'webhooks', { name: 'hook', url: receiver.url, secret: 's', ...events })
        expect(status).toBe(200)
      }
      const made = Array.from({ length: eventsOfRound }, async (_, i) => {
        const name = `experiment ${round} ${i}`
        const { status } = await call(url, 'experiments/create', { name })
        expect(status).toBe(200)
        names.push(name)
      })
      await Promise.all(made)
      await sleep(randomInt(100, 800))
      server.child.kill('SIGKILL')
      expect(await server.ended).toBe('SIGKILL')
      expect(integrityOf(folder.databaseFile)).toBe('ok')
    }
    expect(receiver.heard.size, 'the server was killed with deliveries pending').toBeLessThan(names.length)

    await folder.launch({ flags }).url
    await expect.poll(() => names.filter((name) => !receiver.heard.has(name)), { timeout: 90_000 }).toEqual([])
    for (const [name, ids] of receiver.heard) expect(ids.size, name).toBe(1)
    // The key of the secrets outlives the server as the store does.
    expect(receiver.requests()).toBeGreaterThanOrEqual(names.length)
  },
)
