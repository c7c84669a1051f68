export interface Bytes {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of the whole file. */
  readonly size: number
}

/** Reads `length` bytes from `from`; a negative `from` counts from the end. Past the end there are none. */
export type ReadRange = (from: number, length: number, signal?: AbortSignal) => Promise<Bytes>

/**
 * Reads parts of the file at an address.
 * @throws Error with the server's words where it refuses
 */
export function rangesOf(url: string): ReadRange {
  return async (from, length, signal) => {
    const range = from < 0 ? `bytes=${from}` : `bytes=${from}-${from + Math.max(1, length) - 1}`
    // A file that is being written must not be answered from the cache.
    const reply = await fetch(url, { headers: { range }, cache: 'no-store', ...(signal && { signal }) })
    const size = Number(/\/(\d+)$/.exec(reply.headers.get('content-range') ?? '')?.[1] ?? 0)
    if (reply.status === 416) return { bytes: new Uint8Array(), size }
    if (!reply.ok) throw new Error(await refusalOf(reply))
    if (reply.status === 206) return { bytes: new Uint8Array(await reply.arrayBuffer()), size }
    // A store without ranges sends the whole file: it is taken only as far as it is asked for.
    const whole = Number(reply.headers.get('content-length') ?? Number.NaN)
    const start = from < 0 ? Math.max(0, whole + from) : from
    const bytes = await readUpTo(reply, start + length)
    return { bytes: bytes.slice(start), size: Number.isNaN(whole) ? bytes.length : whole }
  }
}

/** A whole file, or the beginning of one that is larger than `most` bytes. */
export async function readHead(url: string, most: number, signal?: AbortSignal): Promise<Bytes> {
  return rangesOf(url)(0, most, signal)
}

/** Why the server refused, in its own words. */
export async function refusalOf(reply: Response): Promise<string> {
  const text = await reply.text()
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    if (typeof message === 'string') return message
  } catch {
    // Not from our server.
  }
  return `The server answered ${reply.status} ${reply.statusText}`.trim()
}

async function readUpTo(reply: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = reply.body?.getReader()
  while (reader && length < most) {
    const { value, done } = await reader.read()
    if (done) break
    chunks.push(value)
    length += value.length
  }
  void reader?.cancel()
  const bytes = new Uint8Array(Math.min(length, most))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk.subarray(0, bytes.length - at), at)
    at += chunk.length
    if (at >= bytes.length) break
  }
  return bytes
}
