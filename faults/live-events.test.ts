import { setTimeout as sleep } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { createRun } from './api-call.ts'
import { eventPath, listenForEvents } from './event-listener.ts'
import { head, rawConnection } from './raw-connection.ts'
import { serverFolder } from './server-folder.ts'

const numbersTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1)

it.each(['SIGTERM', 'SIGKILL'] as const)('clients miss and repeat no event when %s ends the server', async (signal) => {
  await using folder = serverFolder()
  const seen: number[] = []
  let lastId = '0'
  let newest = 0
  for (let round = 0; round < 3; round++) {
    const server = folder.launch()
    const url = await server.url
    const listener = await listenForEvents(url, lastId)
    const runs = Array.from({ length: 40 }, async () => await createRun(url).catch(() => undefined))
    await Promise.race(runs)
    if (round > 0) await Promise.all(runs)
    server.child.kill(signal)
    await server.ended
    await listener.ended
    seen.push(...listener.ids)
    lastId = listener.lastId
    // Some changes are made while nobody listens.
    const between = folder.launch()
    await createRun(await between.url)
    const counted = await fetch(`${await between.url}/api/trackway/v1/events?newest_first=true&max_results=1`)
    newest = ((await counted.json()) as { events: { id: number }[] }).events[0]?.id ?? 0
    between.child.kill('SIGTERM')
    expect(await between.ended).toBe(0)
  }
  const last = await listenForEvents(await folder.launch().url, lastId)
  await expect.poll(() => last.lastId).toBe(String(newest))
  expect([...seen, ...last.ids]).toEqual(numbersTo(newest))
  expect(newest).toBeGreaterThan(40)
  last.close()
})

it('200 live connections keep neither health nor the stop waiting', async () => {
  await using folder = serverFolder()
  const server = folder.launch()
  const url = await server.url
  const listeners = await Promise.all(Array.from({ length: 200 }, async () => await listenForEvents(url)))
  using deaf = await rawConnection(url)
  deaf.socket.pause()
  deaf.write(head('GET', `${eventPath}?after=0`))

  const times: number[] = []
  let isWriting = true
  const probing = (async () => {
    while (isWriting) {
      const begun = performance.now()
      expect((await fetch(`${url}/health`)).status).toBe(200)
      times.push(performance.now() - begun)
      await sleep(5)
    }
  })()
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 20 }, async () => await createRun(url)))
  }
  isWriting = false
  await probing
  await expect.poll(() => listeners.filter(({ ids }) => ids.length === 200).length, { timeout: 10_000 }).toBe(200)
  // The 200 clients' own work is in it: they are one process with this probe.
  expect(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(100)

  const begun = performance.now()
  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(0)
  expect(performance.now() - begun).toBeLessThan(1500)
  await Promise.all(listeners.map(async ({ ended }) => await ended))
})
