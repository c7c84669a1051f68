import type { PerformedReply } from './perform.ts'

/** What a long reply is made of. */
export type Pieces = Exclude<PerformedReply['body'], string>

/** Characters up to which a reply is put together to one string, which HTTP sends in one piece with its headers. */
export const shortLength = 65_536
/** Bytes of a reply that are sent at once. */
const partSize = 256 * 1024

/** A short reply that is all text, as one string; else all of its pieces, as they come. */
export async function shortText(pieces: Pieces): Promise<string | AsyncIterable<string | Uint8Array>> {
  if (Array.isArray(pieces) && pieces.every((piece) => typeof piece === 'string')) {
    const text = pieces.join('')
    if (text.length <= shortLength) return text
  }
  const iterator = iterate(pieces)
  const taken: (string | Uint8Array)[] = []
  let length = 0
  for (;;) {
    const { value, done } = await iterator.next()
    if (done === true) return taken.join('')
    taken.push(value)
    if (typeof value !== 'string' || (length += value.length) > shortLength) return continued(taken, iterator)
  }
}

async function* continued(
  taken: readonly (string | Uint8Array)[],
  rest: AsyncGenerator<string | Uint8Array>,
): AsyncGenerator<string | Uint8Array> {
  yield* taken
  yield* rest
}

/** Pieces, however they come, one after the other. */
export async function* iterate(pieces: Pieces): AsyncGenerator<string | Uint8Array> {
  yield* pieces
}

/** Pieces as bytes, small ones together. */
export async function* inParts(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    held.push(bytes)
    size += bytes.length
    if (size < partSize) continue
    yield Buffer.concat(held)
    held = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(held)
}
