import { send } from './postgres-batch.ts'
import type { Statement, StatementResult } from './postgres-batch.ts'
import type { Connections } from './postgres-connections.ts'
import { isAway, isFollowUp, toApiError } from './postgres-errors.ts'
import type { Send } from './postgres-handle.ts'

interface Waiting {
  readonly statement: Statement
  readonly resolve: (result: StatementResult | Promise<StatementResult>) => void
  readonly reject: (error: unknown) => void
}

/** Statements that travel together at most: more would wait for each other where connections are free. */
const mostTogether = 8

/**
 * Sends brief reads: those that come in one round of the event loop, whoever asks, share a connection and its round
 * trip, which costs the database as much as they do.
 * @param alone sends those again that failed only because another did.
 */
export function shareReads(reads: Connections, alone: Send): Send {
  let waiting: Waiting[] = []

  function sendAll(): void {
    const all = waiting
    waiting = []
    for (let start = 0; start < all.length; start += mostTogether) void carry(all.slice(start, start + mostTogether))
  }

  async function carry(group: readonly Waiting[]): Promise<void> {
    let client
    try {
      client = await reads.connect()
    } catch (error) {
      for (const { reject } of group) reject(toApiError(error))
      return
    }
    let isLost = false
    const answers = group.map(async ({ statement, resolve, reject }) => {
      try {
        resolve(await send(client, statement))
      } catch (error) {
        if (isAway(error)) isLost = true
        if (isFollowUp(error)) resolve(alone(statement))
        else reject(toApiError(error))
      }
    })
    await Promise.all(answers)
    client.release(isLost)
  }

  return (statement) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(sendAll)
      waiting.push({ statement, resolve, reject })
    })
}
