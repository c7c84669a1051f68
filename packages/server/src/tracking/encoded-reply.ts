/** What a reply is that is a file, not JSON. */
export interface ReplyFile {
  readonly mediaType: string
  /** What it is saved as. */
  readonly name: string
}

/**
 * A reply that a handler has written itself: JSON, because going through objects would cost more than all else (whole
 * runs out of their stored documents, and long histories), or a file.
 */
export class EncodedReply {
  /** Pieces of text or bytes, taken one after the other. */
  readonly pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>
  readonly file: ReplyFile | undefined

  constructor(pieces: EncodedReply['pieces'], file?: ReplyFile) {
    this.pieces = pieces
    this.file = file
  }
}
