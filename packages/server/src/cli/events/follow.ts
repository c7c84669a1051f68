import { setTimeout as sleep } from 'node:timers/promises'

import type { Client, Event, Request } from '@trackway/sdk'

import { readEvents } from './server-sent-events.ts'

const firstPauseMs = 1000
const longestPauseMs = 30_000

interface FollowOptions {
  readonly client: Client
  readonly selection: Omit<Request<'streamEvents'>, 'after'>
  /** The id to begin behind; at what happens next when absent. */
  readonly after: number | bigint | undefined
  /** Told of a connection that was lost and is made again. */
  readonly onLoss: (reason: string) => void
}

/**
 * Events as they happen, each once and in order, without end. A connection that breaks is made again behind the last
 * event; only one that cannot be made at first, and a refusal, are errors.
 */
export async function* follow({ client, selection, after, onLoss }: FollowOptions): AsyncGenerator<Event> {
  const { UnreachableError } = await import('@trackway/sdk')
  let position = after === undefined ? undefined : String(after)
  let hasConnected = false
  let pauseMs = firstPauseMs
  for (;;) {
    try {
      const request = { ...selection, ...(position !== undefined && { after: BigInt(position) }) }
      const { body } = await client.streamEvents(request)
      hasConnected = true
      for await (const { type, data, lastId } of readEvents(body as ReadableStream<Uint8Array>)) {
        pauseMs = firstPauseMs
        if (lastId !== '') position = lastId
        if (type === 'reset') onLoss('the server has other events than before; going on with what happens next')
        else if (data !== undefined) yield JSON.parse(data) as Event
      }
      onLoss('the server ended the connection; connecting again')
    } catch (error) {
      // Of a body that breaks off, fetch says so by a TypeError.
      if (!hasConnected || !(error instanceof UnreachableError || error instanceof TypeError)) throw error
      onLoss('the connection was lost; connecting again')
    }
    await sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }
}
