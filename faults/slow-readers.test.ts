import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { ServerProcess } from '../conformance/start-server.ts'
import { call, createRun, get } from './api-call.ts'
import { head, rawConnection } from './raw-connection.ts'
import { serverFolder } from './server-folder.ts'
import type { ServerFolder } from './server-folder.ts'

const points = 300_000
let folder: ServerFolder
let server: ServerProcess
let url: string
let history: string

beforeAll(async () => {
  folder = serverFolder()
  server = folder.launch()
  url = await server.url
  const runId = await createRun(url)
  for (let from = 0; from < points; from += 1000) {
    const metrics = Array.from({ length: 1000 }, (_, i) => ({
      key: 'loss',
      value: i / 7,
      timestamp: from + i,
      step: from + i,
    }))
    expect((await call(url, 'runs/log-batch', { run_id: runId, metrics })).status).toBe(200)
  }
  history = `/api/2.0/mlflow/metrics/get-history?run_id=${runId}&metric_key=loss`
  // What a first read takes in memory is not what this measures.
  expect((await readHistory()).length).toBeGreaterThan(15_000_000)
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
})

async function readHistory(): Promise<string> {
  return await (await fetch(url + history)).text()
}

/** The server's memory, in MiB. */
function memory(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))?.[1]) / 1024
}

/** Processor time that the server has used, in ms (a tick is 10 ms on every Linux). */
function processorTime(): number {
  const fields = readFileSync(`/proc/${server.child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Waits until the server has nothing to do: it produces nothing for those who do not read. */
async function untilQuiet(): Promise<void> {
  const used = async (): Promise<number> => {
    const from = processorTime()
    await sleep(500)
    return processorTime() - from
  }
  await expect.poll(used, { timeout: 20_000 }).toBeLessThan(50)
}

it('readers that stop reading hold up neither memory nor others, and get the rest when they go on', async (context) => {
  if (process.platform !== 'linux') return context.skip('memory is read from /proc')
  const before = memory()
  const connections = await Promise.all(Array.from({ length: 40 }, async () => await rawConnection(url)))
  for (const { socket } of connections) {
    socket.removeAllListeners('data')
    socket.pause()
    socket.write(head('GET', history, { Connection: 'close' }))
  }
  for (let i = 0; i < 20; i++) {
    expect((await get(url, 'experiments/get', { experiment_id: '0' })).status).toBe(200)
    expect((await call(url, 'runs/search', { experiment_ids: ['0'] })).status).toBe(200)
    await createRun(url)
  }
  // Until then the system's own buffers fill.
  await untilQuiet()
  // 40 whole replies are 700 MiB; each may have a block of 10,000 points at both ends of its way, and one on it.
  expect(memory() - before).toBeLessThan(550)

  for (const { socket } of connections.slice(1)) socket.destroy()
  const [last] = connections
  let size = 0
  let tail = ''
  last?.socket.on('data', (chunk) => {
    size += chunk.length
    tail = (tail + chunk.toString('latin1')).slice(-20)
  })
  last?.socket.resume()
  await last?.closed
  expect(size).toBeGreaterThan((await readHistory()).length)
  expect(tail).toContain('0\r\n\r\n')
  return undefined
})

it('readers that go away in the middle, or before the reply begins, leave nothing behind', async (context) => {
  if (process.platform !== 'linux') return context.skip('memory is read from /proc')
  const before = memory()
  const leave = async (isBegun: boolean): Promise<void> => {
    using connection = await rawConnection(url)
    connection.write(head('GET', history))
    await (isBegun ? connection.until((text) => text.length > 100_000) : sleep(5))
  }
  for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 20 }, async () => await leave(true)))
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 20 }, async () => await leave(false)))
  await untilQuiet()
  // 400 replies, of which each held its first part until the last was begun, would be 400 MiB.
  expect(memory() - before).toBeLessThan(250)
  expect((await readHistory()).endsWith(']}')).toBe(true)
  return undefined
})

it('a reader that stops keeps the log from growing no longer than it reads', async (context) => {
  if (process.platform !== 'linux') return context.skip('memory is read from /proc')
  using connection = await rawConnection(url)
  connection.socket.pause()
  connection.write(head('GET', history))
  await sleep(300)
  const runId = await createRun(url)
  for (let n = 0; n < 60; n++) {
    const metrics = Array.from({ length: 1000 }, (_, i) => ({ key: `m${i}`, value: n, timestamp: n, step: n }))
    expect((await call(url, 'runs/log-batch', { run_id: runId, metrics })).status).toBe(200)
  }
  // The log is emptied at 4,000 pages (16 MiB); a reader in it would keep it growing.
  expect(readFileSync(`${folder.databaseFile}-wal`).length).toBeLessThan(40 * 1024 * 1024)
  return undefined
})
