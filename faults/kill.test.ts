import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { check, newClient, write } from './acknowledged-writes.ts'
import type { Acknowledged } from './acknowledged-writes.ts'
import { integrityOf, serverFolder } from './server-folder.ts'

const clients = 16
const rounds = 5

it(
  'kill -9 under load loses no acknowledged write and leaves every batch whole or absent',
  { timeout: 180_000 },
  async () => {
    await using folder = serverFolder()
    const all: Acknowledged[] = []
    for (let round = 0; round < rounds; round++) {
      const server = folder.launch()
      const url = await server.url
      for (const own of all) await check(url, own)
      while (all.length < clients) all.push(await newClient(url))
      const writing = all.map(async (own) => await write(url, own).catch((error: unknown) => error))
      await sleep(randomInt(200, 1500))
      server.child.kill('SIGKILL')
      // They end by the broken connection, never by an error reply.
      for (const end of await Promise.all(writing)) expect(String(end)).not.toContain('answered')
      expect(await server.ended).toBe('SIGKILL')
      expect(integrityOf(folder.databaseFile)).toBe('ok')
    }
    const last = folder.launch()
    const url = await last.url
    for (const own of all) await check(url, own)
    expect(all.reduce((sum, own) => sum + own.batches.length, 0)).toBeGreaterThan(rounds * clients)
  },
)
