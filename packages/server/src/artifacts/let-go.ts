import { IncomingMessage } from 'node:http'

/**
 * Frees the memory of a piece of a stream that nobody looks at again. The garbage collector would let tens of megabytes
 * of them pile up, as little of that is on its heap, and then search the whole heap for them again and again.
 * A piece that is a part of some larger memory stays as it is.
 */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

/** What to do with a piece of an upload when its bytes are elsewhere: those of a request are nobody else's. */
export function usedUp(source: unknown): (piece: Uint8Array) => void {
  return source instanceof IncomingMessage ? letGo : () => {}
}
