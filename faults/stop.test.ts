import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { call, createRun, get } from './api-call.ts'
import { integrityOf, serverFolder } from './server-folder.ts'

async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

describe('trackway server on SIGTERM', () => {
  it.each([1, 2, 3])('answers under load all that was sent before, keeps it, and empties the log (%i)', async () => {
    await using folder = serverFolder()
    const server = folder.launch()
    const url = await server.url
    const runId = await createRun(url)
    const acknowledged: number[] = []
    const brokenOff: string[] = []
    let signalled = Infinity
    let count = 0

    async function write(): Promise<void> {
      for (;;) {
        const step = count++
        const sent = performance.now()
        try {
          const point = { run_id: runId, key: 'loss', value: step, timestamp: step, step }
          const { status, body } = await call(url, 'runs/log-metric', point)
          expect(status, JSON.stringify(body)).toBe(200)
          acknowledged.push(step)
        } catch (error) {
          // Whoever sends after the signal may find nobody there any more.
          if (sent < signalled) brokenOff.push(String((error as Error).cause))
          return
        }
      }
    }
    async function search(): Promise<void> {
      for (;;) {
        const sent = performance.now()
        try {
          expect((await call(url, 'runs/search', { experiment_ids: ['0'] })).status).toBe(200)
        } catch (error) {
          if (sent < signalled) brokenOff.push(String((error as Error).cause))
          return
        }
      }
    }

    const clients = [...Array.from({ length: 24 }, write), ...Array.from({ length: 8 }, search)]
    await sleep(1000)
    const begun = performance.now()
    signalled = begun
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    expect(performance.now() - begun).toBeLessThan(5000)
    await Promise.all(clients)
    expect(brokenOff).toEqual([])
    expect(acknowledged.length).toBeGreaterThan(50)
    expect(existsSync(`${folder.databaseFile}-wal`)).toBe(false)
    expect(integrityOf(folder.databaseFile)).toBe('ok')

    const again = await folder.launch().url
    const { body } = await get(again, 'metrics/get-history', { run_id: runId, metric_key: 'loss' })
    const steps = new Set((body as { metrics: { step?: number }[] }).metrics.map(({ step = 0 }) => step))
    expect(acknowledged.filter((step) => !steps.has(step))).toEqual([])
  })

  it(
    'does not wait for connections that send nothing, half a request, or do not read',
    { timeout: 30_000 },
    async () => {
      await using folder = serverFolder()
      const server = folder.launch()
      const url = await server.url
      const runId = await createRun(url)
      for (let from = 0; from < 30_000; from += 1000) {
        const metrics = Array.from({ length: 1000 }, (_, i) => ({
          key: 'k',
          value: 1,
          timestamp: from + i,
          step: from + i,
        }))
        await call(url, 'runs/log-batch', { run_id: runId, metrics })
      }
      // A browser opens connections ahead of use; a laptop falls asleep in the middle of an upload.
      await openSocket(url)
      const halfHead = await openSocket(url)
      halfHead.write('POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-')
      const halfBody = await openSocket(url)
      halfBody.write(
        'PUT /api/2.0/mlflow-artifacts/artifacts/half.bin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf',
      )
      const deaf = await openSocket(url)
      deaf.pause()
      const history = `/api/2.0/mlflow/metrics/get-history?run_id=${runId}&metric_key=k`
      for (let i = 0; i < 10; i++) deaf.write(`GET ${history} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
      await sleep(500)
      const begun = performance.now()
      server.child.kill('SIGTERM')
      expect(await server.ended).toBe(0)
      expect(performance.now() - begun).toBeLessThan(8000)
      for (const socket of [halfHead, halfBody, deaf]) socket.destroy()
    },
  )

  it('ends at once on the second signal, and loses nothing by it', async () => {
    await using folder = serverFolder()
    const server = folder.launch()
    const url = await server.url
    const runId = await createRun(url)
    const halfBody = await openSocket(url)
    halfBody.write(
      'PUT /api/2.0/mlflow-artifacts/artifacts/half.bin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf',
    )
    await sleep(200)
    server.child.kill('SIGTERM')
    await expect.poll(() => server.output()).toContain('Finishing what has been taken')
    const begun = performance.now()
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(143)
    expect(performance.now() - begun).toBeLessThan(1000)
    halfBody.destroy()
    const again = await folder.launch().url
    expect((await get(again, 'runs/get', { run_id: runId })).status).toBe(200)
  })
})
