import { replyError } from './reply-error.ts'
import { UnreachableError } from './unreachable-error.ts'

/** What fetch sends: named here, as only browsers have a global name for it. */
export type RequestBody = NonNullable<RequestInit['body']>

/** One HTTP call, ready to be sent, more than once if need be. */
export interface Call {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body?: RequestBody
  /** Whether doing it twice is the same as doing it once. */
  readonly isIdempotent: boolean
  /** How long each attempt may take, body included; for ever when absent. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface TransportOptions {
  readonly fetch: typeof fetch
  /** How often a call is sent again. */
  readonly retries: number
}

const firstDelayMs = 200
const longestDelayMs = 30_000

/**
 * Sends a call and reads its reply by `read`. Replies 429 and 503 say that nothing was done, so any call is sent
 * again; after a broken connection nobody knows, so only an idempotent call is.
 * @throws ApiError for a refusal, UnreachableError where no answer came, the signal's reason when it was aborted.
 */
export async function send<T>(
  call: Call,
  { fetch, retries }: TransportOptions,
  read: (reply: Response) => Promise<T>,
): Promise<T> {
  // A stream is gone once it has been read.
  const attempts = call.body instanceof ReadableStream ? 1 : retries + 1
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt >= attempts
    let waitMs = backoffMs(attempt)
    try {
      const reply = await fetch(call.url, requestInit(call))
      if (reply.ok) return await read(reply)
      if (isLast || (reply.status !== 429 && reply.status !== 503)) throw await replyError(describe(call), reply)
      waitMs = retryAfterMs(reply.headers.get('retry-after')) ?? waitMs
      await reply.body?.cancel()
    } catch (error) {
      call.signal?.throwIfAborted()
      if (!isNetworkError(error)) throw error
      if (isLast || !call.isIdempotent) throw new UnreachableError(call.url, reasonOf(error, call), { cause: error })
    }
    await delay(Math.min(waitMs, longestDelayMs), call.signal)
  }
}

function requestInit({ method, headers, body, timeoutMs, signal }: Call): RequestInit {
  const signals = [signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)].filter(
    (one) => one !== undefined,
  )
  return {
    method,
    headers,
    ...(body !== undefined && { body }),
    ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
    // Node and Chromium want this beside a stream; TypeScript's DOM types do not have it.
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  }
}

function describe(call: Call): string {
  return `${call.method} ${call.url}`
}

// fetch fails with a TypeError where the connection does, and with a TimeoutError when its signal's time is up.
function isNetworkError(error: unknown): error is Error {
  return error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')
}

/** Node hides the reason in a chain of causes ("fetch failed" ← ECONNREFUSED …), one for each address it tried. */
function reasonOf(error: Error, call: Call): string {
  if (error.name === 'TimeoutError') return `no answer within ${call.timeoutMs} ms.`
  const cause = error.cause
  if (cause instanceof AggregateError) return `${cause.errors.map((one: Error) => one.message).join('; ')}.`
  if (cause instanceof Error && cause.message !== '') return `${cause.message}.`
  return `${error.message}.`
}

function backoffMs(attempt: number): number {
  return firstDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random())
}

/** `Retry-After` holds seconds or a date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined
  const seconds = Number(header)
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
