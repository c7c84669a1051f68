/**
 * A reply that a handler has written as JSON itself, because going through objects would cost more than all else:
 * whole runs out of their stored documents, and long histories.
 */
export class EncodedReply {
  /** Pieces of JSON text or UTF-8, taken one after the other. */
  readonly pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>

  constructor(pieces: EncodedReply['pieces']) {
    this.pieces = pieces
  }
}
