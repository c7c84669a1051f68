import type { DataEndpointName } from '@trackway/api'

import type { Caller } from '../access/caller.ts'
import type { Operations } from '../operations.ts'
import type { ReplyFile } from '../tracking/encoded-reply.ts'

/** A request as it came over the wire, for an endpoint that moves JSON. */
export interface RawRequest {
  readonly endpoint: DataEndpointName
  /** The values of the path's parameters. */
  readonly path: Readonly<Record<string, string>>
  /** The query string without its question mark. */
  readonly query: string
  /** The body's text; null for a request that has none by its method. */
  readonly body: string | null
  readonly caller: Caller
}

/** What is sent back: JSON or a file, whole or in pieces that come as they are read. */
export interface RawReply {
  readonly status: number
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>
  readonly file?: ReplyFile | undefined
}

/** Whether requests can be answered now. */
export interface Readiness {
  readonly ready: boolean
  /** A sentence, where it is not ready. */
  readonly reason?: string | undefined
}

/** Where requests are carried out: threads over an embedded database, or this process over one on the network. */
export interface Executor {
  /** Never rejects: faults are replies too. A write is durable when this resolves. */
  execute(request: RawRequest): Promise<RawReply>
  /** What the server asks for itself. @throws ApiError TEMPORARILY_UNAVAILABLE where the store cannot be used now. */
  readonly operations: Operations
  /** Calls `listener` soon after events were added to the outbox, with the newest one's id. */
  onEvents(listener: (lastId: number) => void): void
  /** Whether requests can be carried out now. */
  readiness(): Readiness
  /** Finishes what it has taken, then lets go of the database. */
  close(): Promise<void>
}
