import { randomUUID } from 'node:crypto'

import type { Operations } from '../operations.ts'

/** The right to do something that one server does at a time. */
export interface Lease {
  /** Whether this process has it, or could take it now. */
  hold(): Promise<boolean>
  /** Lets another take it at once. */
  drop(): Promise<void>
}

/** How long it holds unless it is prolonged, in ms: so long nobody does the work when the one who had it dies. */
const leaseTime = 5000

/** @param name what it is the right to do. */
export function createLease(operations: Pick<Operations, 'holdLease' | 'dropLease'>, name: string): Lease {
  const holder = randomUUID()
  let sureUntil = 0
  return {
    async hold() {
      const now = performance.now()
      if (now < sureUntil) return true
      const isHeld = await operations.holdLease({ name, holder, duration: leaseTime })
      sureUntil = isHeld ? now + leaseTime / 3 : 0
      return isHeld
    },
    async drop() {
      sureUntil = 0
      await operations.dropLease({ name, holder })
    },
  }
}
