import type { Readable } from 'node:stream'

/** Throws instead of waiting on when nothing came for so long. The clock stands still while nobody takes bytes. */
export async function* unlessStalled(stream: Readable, timeoutMs: number): AsyncGenerator<Uint8Array> {
  const stop = () =>
    stream.destroy(Object.assign(new Error('The artifact store did not answer in time.'), { code: 'ETIMEDOUT' }))
  let timer = setTimeout(stop, timeoutMs)
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      clearTimeout(timer)
      yield chunk
      timer = setTimeout(stop, timeoutMs)
    }
  } finally {
    clearTimeout(timer)
  }
}
