import { ApiError } from '@trackway/api'
import { Readable } from 'node:stream'
import type { WriteOptions } from './artifact-store.ts'

/**
 * The bytes of an upload as they come. It throws instead of ending where the source broke off, was called off, or had
 * fewer or more bytes than announced: who stores only what ended stores no half file.
 * @throws ApiError BAD_REQUEST
 */
export async function* uploadSource(
  source: AsyncIterable<Uint8Array>,
  { size, signal }: WriteOptions = {},
): AsyncGenerator<Uint8Array> {
  let total = 0
  for await (const chunk of unlessBroken(source)) {
    refuseAborted(signal)
    total += chunk.byteLength
    if (size !== undefined && total > size) break
    yield chunk
  }
  refuseAborted(signal)
  if (size !== undefined && total !== size) {
    const got = total > size ? 'more' : String(total)
    throw new ApiError('BAD_REQUEST', `The upload announced ${size} bytes, but ${got} came. Nothing was stored.`)
  }
}

/** @throws ApiError BAD_REQUEST */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new ApiError('BAD_REQUEST', 'The upload was called off. Nothing was stored.', { cause: signal.reason })
  }
}

async function* unlessBroken(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (!(source instanceof Readable)) return yield* source
  try {
    // A request that is refused half-way must still be able to get its reply, so its stream is not destroyed.
    yield* source.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw new ApiError('BAD_REQUEST', 'The upload broke off before its end. Nothing was stored.', { cause: error })
  }
}
