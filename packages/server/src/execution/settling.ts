import { ApiError } from '@trackway/api'

import type { ReportFault } from './perform.ts'

/** How long after a write, in ms, and how many at once, runs that have ended get their documents. */
const settleDelay = 200
const settleBatch = 25
/** A backlog of such runs is worked off with pauses of this many ms, in which writes go first. */
const settlePause = 20

/** Writes the documents of runs that have ended, when there is time for it: documents only save time. */
export interface Settling {
  soon(): void
  close(): Promise<void>
}

/** @param settle writes up to so many documents, and tells how many it wrote. */
export function startSettling(settle: (limit: number) => Promise<number>, report: ReportFault): Settling {
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> | undefined
  let isClosing = false

  function later(delay: number): void {
    if (isClosing) return
    timer ??= setTimeout(() => {
      timer = undefined
      // What was asked for meanwhile may not be among what is being written.
      if (working) return later(settleDelay)
      working = work().finally(() => {
        working = undefined
      })
    }, delay)
  }

  async function work(): Promise<void> {
    try {
      if ((await settle(settleBatch)) === settleBatch) later(settlePause)
    } catch (error) {
      // A full disk, or a database that is away.
      if (!(error instanceof ApiError)) report('writing documents of runs', error)
    }
  }

  return {
    soon: () => later(settleDelay),
    async close() {
      isClosing = true
      clearTimeout(timer)
      await working
    },
  }
}
