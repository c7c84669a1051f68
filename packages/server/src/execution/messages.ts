import type { DatabaseLocation } from '../data-location.ts'
import type { HandlerOptions } from '../handlers.ts'
import type { OperationName } from '../operations.ts'
import type { ReplyFile } from '../tracking/encoded-reply.ts'
import type { RawRequest } from './executor.ts'

/** What a data thread is started with. */
export interface ThreadOptions extends HandlerOptions {
  readonly role: 'writer' | 'reader'
  readonly database: DatabaseLocation
  readonly artifactRoot: string
}

/** Something that the server asks for itself. The result comes back as JSON. */
export interface OperationCall {
  readonly operation: OperationName
  readonly argument: unknown
}

/** A request to a data thread; `id` comes back with its reply. */
export interface Job {
  readonly id: number
  readonly request: RawRequest | OperationCall
}

/** From the main thread. `more` asks for the next pieces of a reply, `stop` says that nobody wants them. */
export type ToThread =
  | { readonly jobs: readonly Job[] }
  | { readonly more: number }
  | { readonly stop: number }
  | { readonly close: true }

/** A whole reply, the first part of one (`open`), or a later part; the last part has `open` false. */
export interface Part {
  readonly id: number
  readonly status: number
  readonly body: string | Uint8Array
  readonly open: boolean
  /** In the first part of a reply that is a file. */
  readonly file?: ReplyFile | undefined
}

/** To the main thread. */
export type FromThread =
  | { readonly ready: true }
  | { readonly startupFailure: string; readonly known: boolean }
  | { readonly parts: readonly Part[] }
  /** The id of the newest event, after a commit that added some. */
  | { readonly newestEvent: number }
  | { readonly fault: { readonly what: string; readonly message: string; readonly stack: string | undefined } }
