import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { anonymous } from '../access/caller.ts'
import { testHandlerOptions } from '../test-options.ts'
import { startDataThreads } from './data-threads.ts'
import type { Executor, RawReply, RawRequest } from './executor.ts'

let folder: string
let executor: Executor
/** In the order in which they started. */
let threads: Worker[]
const remember = (thread: Worker): void => void threads.push(thread)

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trackway-threads-'))
  threads = []
  process.on('worker', remember)
  const options = {
    ...testHandlerOptions,
    database: { engine: 'sqlite' as const, file: join(folder, 'a.db') },
    artifactRoot: folder,
  }
  executor = await startDataThreads(options, () => {})
})
afterEach(async () => {
  await executor.close()
  process.off('worker', remember)
  rmSync(folder, { recursive: true })
})

async function ask(endpoint: RawRequest['endpoint'], body: object): Promise<RawReply> {
  return await executor.execute({ endpoint, path: {}, query: '', body: JSON.stringify(body), caller: anonymous })
}

const create = async (name: string): Promise<RawReply> => await ask('createExperiment', { name })
const search = async (): Promise<RawReply> => await ask('searchRuns', { experiment_ids: ['0'] })

/** Replies of which some may be lost to a thread that ended: each is whole, or says that it should be tried again. */
function expectWholeOrUnavailable(replies: readonly RawReply[]): void {
  for (const { status, body } of replies) {
    if (status !== 200) expect([status, body]).toEqual([503, expect.stringContaining('TEMPORARILY_UNAVAILABLE')])
  }
}

describe('startDataThreads', () => {
  it('starts the writer again when it ends; what was answered is stored, the rest is refused as retryable', async () => {
    const [writer] = threads
    const names = Array.from({ length: 200 }, (_, i) => `experiment ${i}`)
    const writing = Promise.all(names.map(create))
    await writer?.terminate()
    const replies = await writing
    expectWholeOrUnavailable(replies)
    expect(replies.some(({ status }) => status === 503)).toBe(true)
    expect((await create('while it starts')).status).toBe(503)

    await expect.poll(async () => (await create('when it runs')).status).toBe(200)
    for (const [i, { status }] of replies.entries()) {
      if (status === 200) expect((await create(names[i] as string)).body).toContain('RESOURCE_ALREADY_EXISTS')
    }
  })

  it('starts a reader again when it ends', async () => {
    expect((await search()).status).toBe(200)
    const readers = threads.slice(1)
    expect(readers.length).toBeGreaterThan(0)
    const reading = Promise.all(Array.from({ length: 200 }, search))
    await Promise.all(readers.map(async (reader) => await reader.terminate()))
    expectWholeOrUnavailable(await reading)
    await expect.poll(async () => (await search()).status).toBe(200)
  })

  it('ends its threads on close, though one has just ended and is being started again', async () => {
    await threads[0]?.terminate()
    await executor.close()
    await expect.poll(() => threads.every((thread) => thread.threadId === -1)).toBe(true)
  })

  it('carries out operations where they belong and gives their results and errors', async () => {
    const { operations } = executor
    expect(await operations.lastEventId()).toBe(0)
    await create('one')
    expect(await operations.lastEventId()).toBe(1)
    expect(await operations.eventsAfter({ id: 0, limit: 10 })).toMatchObject([{ id: 1, kind: 'experiment.created' }])
    expect(await operations.planDeliveries({ limit: 10, now: 1 })).toBeTypeOf('number')
    expect(await operations.claimDeliveries({ limit: 10, now: 1, lease: 1 })).toMatchObject({ due: [] })
    for (const owner of [{ run: 'x' }, { loggedModel: 'x' }, { name: 'x', version: 1 }]) {
      await expect(operations.artifactUri(owner)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    }
  })

  it('gives an operation of a writer that ended a retryable error', async () => {
    const planning = executor.operations.planDeliveries({ limit: 1, now: 1 })
    await threads[0]?.terminate()
    await expect(planning).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' })
  })

  it('tells of events after the commit that added them, and of nothing else', async () => {
    const told: number[] = []
    executor.onEvents((lastId) => told.push(lastId))
    await create('one')
    await expect.poll(() => told).toEqual([1])
    expect((await create('one')).status).toBe(400)
    await ask('setExperimentTag', { experiment_id: '0', key: 'k', value: 'v' })
    await Promise.all(['two', 'three', 'four'].map(create))
    await expect.poll(() => told.at(-1)).toBe(4)
    expect(told.length).toBeLessThanOrEqual(4)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
  })
})
