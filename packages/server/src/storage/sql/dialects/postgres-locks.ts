import type { Statement } from './postgres-batch.ts'

/** "TRKW": tells our locks from those of other programs on the same database. */
const lockSpace = 0x54524b57

/** The locks of what transactions are about; each has its number. */
const scopeSpace = lockSpace + 1

/** PostgreSQL's advisory locks, which all servers of a store share. */
export const advisoryLocks = { migration: 1, serialWork: 2, orderedRows: 3 } as const

/** Waits for a lock, which ends with the transaction. */
export function lockStatement(lock: number): Statement {
  return { ...waitForLock, values: [lockSpace, lock] }
}

const waitForLock = { name: 'lock', text: 'select pg_advisory_xact_lock($1, $2)', isWriting: false, shape: {} }

/**
 * Waits until nobody else is at work on these things, and keeps them until the transaction ends. All are waited for in
 * one order: else two servers, each with something that the other wants, would wait for PostgreSQL to notice, which
 * takes a second.
 */
export function lockScopes(scopes: Iterable<string>): Statement {
  const numbers = new Int32Array([...scopes].map(numberOf)).sort()
  if (numbers.length === 1) return { ...waitForLock, values: [scopeSpace, numbers[0]] }
  return { ...waitForScopes, values: [scopeSpace, `{${numbers.join()}}`] }
}

const waitForScopes = {
  name: 'lock_scopes',
  text: 'select pg_advisory_xact_lock($1, number) from unnest($2::integer[]) as number',
  isWriting: false,
  shape: {},
}

/** Things that share a number wait for each other, too. */
function numberOf(scope: string): number {
  let number = 0
  for (let i = 0; i < scope.length; i++) number = (Math.imul(number, 31) + scope.charCodeAt(i)) | 0
  return number
}
