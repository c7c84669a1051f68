import type { DataEndpointName } from '@trackway/api'

import type { Caller } from '../access/caller.ts'

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

/** What is sent back: JSON, whole or in pieces that come as they are read. */
export interface RawReply {
  readonly status: number
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>
}

/** Where requests are carried out: threads over an embedded database, or this process over one on the network. */
export interface Executor {
  /** Never rejects: faults are replies too. A write is durable when this resolves. */
  execute(request: RawRequest): Promise<RawReply>
  /** The artifact URI of a run or logged model. @throws ApiError RESOURCE_DOES_NOT_EXIST */
  artifactUri(of: 'run' | 'logged_model', id: string): Promise<string>
  /** Finishes what it has taken, then lets go of the database. */
  close(): Promise<void>
}
