import { setTimeout as sleep } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { createRun } from './api-call.ts'
import { head, rawConnection } from './raw-connection.ts'
import { serverFolder } from './server-folder.ts'

const path = '/api/trackway/v1/events/stream'

/** A client that keeps the ids of the events that it was sent, and where it would go on. */
interface Listener {
  readonly ids: number[]
  lastId: string
  readonly ended: Promise<void>
  close(): void
}

async function listen(url: string, lastId?: string): Promise<Listener> {
  const leaving = new AbortController()
  const reply = await fetch(url + path, {
    headers: lastId === undefined ? {} : { 'last-event-id': lastId },
    signal: leaving.signal,
  })
  expect(reply.status).toBe(200)
  const lines = reply.body?.pipeThrough(new TextDecoderStream()) as ReadableStream<string>
  const listener = { ids: [] as number[], lastId: '', ended: read(), close: () => leaving.abort() }
  await expect.poll(() => listener.lastId).not.toBe('')
  return listener

  async function read(): Promise<void> {
    let text = ''
    try {
      for await (const chunk of lines) {
        const blocks = (text + chunk).split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          listener.lastId = /^id: (\d+)$/m.exec(block)?.[1] ?? listener.lastId
          if (/^data: /m.test(block)) listener.ids.push(Number(listener.lastId))
        }
      }
    } catch {
      // The server was killed, or the test leaves.
    }
  }
}

const numbersTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1)

it.each(['SIGTERM', 'SIGKILL'] as const)('clients miss and repeat no event when %s ends the server', async (signal) => {
  await using folder = serverFolder()
  const seen: number[] = []
  let lastId = '0'
  let newest = 0
  for (let round = 0; round < 3; round++) {
    const server = folder.launch()
    const url = await server.url
    const listener = await listen(url, lastId)
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
  const last = await listen(await folder.launch().url, lastId)
  await expect.poll(() => last.lastId).toBe(String(newest))
  expect([...seen, ...last.ids]).toEqual(numbersTo(newest))
  expect(newest).toBeGreaterThan(40)
  last.close()
})

it('200 live connections keep neither health nor the stop waiting', async () => {
  await using folder = serverFolder()
  const server = folder.launch()
  const url = await server.url
  const listeners = await Promise.all(Array.from({ length: 200 }, async () => await listen(url)))
  using deaf = await rawConnection(url)
  deaf.socket.pause()
  deaf.write(head('GET', `${path}?after=0`))

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
