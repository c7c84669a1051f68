import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'

import { expect } from 'vitest'

import { check, newClient, Refusal, write } from './acknowledged-writes.ts'
import type { Acknowledged } from './acknowledged-writes.ts'
import { call } from './api-call.ts'
import type { Answer } from './api-call.ts'

/** Clients that write and read without a pause, and come again when they are told to. */
export interface SteadyLoad {
  /** Answers other than 200. */
  readonly refusals: readonly Answer[]
  /** Connections that broke, and whatever else should not be. */
  readonly failures: readonly string[]
  /** How many batches were acknowledged so far. */
  batches(): number
  /** Ends it and waits for what is under way. */
  stop(): Promise<void>
  /** Expects that all that was acknowledged is there, and each batch whole or not at all. */
  check(url: string): Promise<void>
}

/** @param urls servers of one store; the clients are spread over them. */
export async function startLoad(urls: readonly string[], clients: number): Promise<SteadyLoad> {
  const refusals: Answer[] = []
  const failures: string[] = []
  let isOver = false
  const urlOf = (index: number): string => urls[index % urls.length] as string
  const writers = await Promise.all(Array.from({ length: clients }, (_, index) => newClient(urlOf(index))))

  async function again(work: () => Promise<void>): Promise<void> {
    while (!isOver) {
      try {
        await work()
      } catch (error) {
        if (error instanceof Refusal) refusals.push(error.answer)
        else failures.push(inspect(error))
        await sleep(50)
      }
    }
  }

  async function read(url: string): Promise<void> {
    const endpoint = 'runs/search'
    const answer = await call(url, endpoint, { experiment_ids: ['0'], max_results: 5 })
    if (answer.status !== 200) throw new Refusal(endpoint, answer)
    await sleep(20)
  }

  const working = [
    ...writers.map((own: Acknowledged, index) => again(() => write(urlOf(index), own, () => isOver))),
    ...urls.map((url) => again(() => read(url))),
  ]
  return {
    refusals,
    failures,
    batches: () => writers.reduce((sum, own) => sum + own.batches.length, 0),
    async stop() {
      isOver = true
      await Promise.all(working)
    },
    async check(url) {
      for (const own of writers) await check(url, own)
    },
  }
}

/** Expects an answer after which a client does well to try again. */
export function expectRetryable({ status, headers, body }: Answer): void {
  const told = { status, error_code: body['error_code'], retryAfter: headers.get('retry-after') }
  expect(told, JSON.stringify(body)).toEqual({ status: 503, error_code: 'TEMPORARILY_UNAVAILABLE', retryAfter: '1' })
}
