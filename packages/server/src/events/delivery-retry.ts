import type { DeliveryOutcome } from './store.ts'
import type { Answer } from './webhook-sender.ts'

const firstPause = 1000
/** Also the longest that a receiver may ask for. */
const longestPause = 3_600_000

type Verdict = Omit<DeliveryOutcome, 'deliveryId'>

/**
 * What an attempt's answer means for its delivery. Only 2xx is success. No answer, 429 and 5xx are tried again, after
 * 1 s, 2 s, 4 s … up to an hour, of which a random half may be left out, so that receivers that come back are not met by
 * all at once; a Retry-After in the answer counts where it is longer. All else is final.
 *
 * @param attempts how often it was sent, this time included.
 * @param random from 0 to 1.
 */
export function judge(
  answer: Exclude<Answer, { stopped: true }>,
  attempts: number,
  { maxRetries, now, random = Math.random() }: { maxRetries: number; now: number; random?: number },
): Verdict {
  const failed = 'failure' in answer
  const said = {
    responseStatus: failed ? null : answer.status,
    responseBody: failed ? null : answer.body,
    errorMessage: failed ? answer.failure : errorOf(answer.status),
  }
  if (said.errorMessage === null) return { ...said, state: 'DELIVERED', nextAttemptTime: null }
  const isFinal = failed ? answer.isFinal : answer.status !== 429 && answer.status < 500
  if (isFinal || attempts > maxRetries) return { ...said, state: 'FAILED', nextAttemptTime: null }
  const pause = Math.min(firstPause * 2 ** Math.min(attempts - 1, 30), longestPause)
  const asked = failed ? 0 : retryAfterOf(answer.retryAfter, now)
  return {
    ...said,
    state: 'PENDING',
    nextAttemptTime: Math.round(now + Math.max(pause * (1 - random / 2), Math.min(asked, longestPause))),
  }
}

function errorOf(status: number): string | null {
  if (status >= 200 && status < 300) return null
  const redirect = status >= 300 && status < 400 ? ', a redirect, which is not followed: name its target instead' : ''
  return `The receiver answered ${status}${redirect}.`
}

/** In ms: the header has seconds or a date. */
function retryAfterOf(header: string | undefined, now: number): number {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? 0 : Math.max(0, date - now)
}
