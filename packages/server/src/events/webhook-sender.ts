import { lookup as resolveName } from 'node:dns'
import type { LookupAddress, LookupOptions } from 'node:dns'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

import { TRACKWAY_VERSION } from '../version.ts'
import { isPublicAddress } from './public-address.ts'
import { hostOf, notPublic, refusalOf } from './webhook-url.ts'
import type { TargetRules } from './webhook-url.ts'

/** What a receiver answered, or why it did not. */
export type Answer =
  | { readonly status: number; readonly body: string; readonly retryAfter: string | undefined }
  /** `isFinal` where another attempt would end in the same way. */
  | { readonly failure: string; readonly isFinal: boolean }
  /** It was stopped by the signal. */
  | { readonly stopped: true }

export interface Sending {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Ends it from outside. */
  readonly signal: AbortSignal
}

export type Send = (sending: Sending) => Promise<Answer>

export interface SenderRules extends TargetRules {
  /** For the connection and the whole answer, in ms. */
  readonly timeout: number
}

/** How much of an answer is read, in bytes, and how much of that is kept, in characters. */
const mostRead = 64 * 1024
const mostKept = 1000

/**
 * Sends one POST. The name is resolved once, each of its addresses is judged, and the connection goes to one of these:
 * a name that changes its mind meanwhile (DNS rebinding) gains nothing. Redirects are not followed, proxies not used,
 * connections not kept. Never rejects.
 */
export function createWebhookSender(rules: SenderRules): Send {
  return async ({ url: text, headers, body, signal }) => {
    // Settings may have changed since the webhook was made.
    const refusal = refusalOf(text, rules)
    if (refusal !== undefined) return { failure: refusal, isFinal: true }
    const url = new URL(text)
    const timeout = AbortSignal.timeout(rules.timeout)
    const options = {
      method: 'POST',
      headers: { ...headers, 'User-Agent': `trackway/${TRACKWAY_VERSION}`, 'Content-Length': String(body.length) },
      agent: url.protocol === 'https:' ? new HttpsAgent() : new HttpAgent(),
      lookup: createLookup(rules),
      signal: AbortSignal.any([signal, timeout]),
    }
    try {
      const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
      return await answerTo(request, body)
    } catch (error) {
      if (signal.aborted) return { stopped: true }
      if (timeout.aborted) {
        return { failure: `No complete answer within ${rules.timeout / 1000} seconds.`, isFinal: false }
      }
      return { failure: failureOf(error, hostOf(url)), isFinal: error instanceof RefusedAddress }
    }
  }
}

function answerTo(request: ClientRequest, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let isAnswered = false
    request.on('error', reject)
    request.on('close', () => {
      if (!isAnswered) reject(new Error('the connection was closed before an answer came'))
    })
    request.on('response', (response) => {
      isAnswered = true
      readAnswer(response)
        .then(resolve, reject)
        .finally(() => request.destroy())
    })
    request.end(body)
  })
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= mostRead) break
  }
  const text = Buffer.concat(chunks).subarray(0, mostRead).toString('utf8')
  return {
    status: response.statusCode ?? 0,
    body: text.slice(0, mostKept).replaceAll('\0', '\uFFFD').toWellFormed(),
    retryAfter: response.headers['retry-after'],
  }
}

class RefusedAddress extends Error {}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void

function createLookup(rules: TargetRules) {
  return (host: string, options: LookupOptions, callback: LookupCallback): void => {
    resolveName(host, { ...options, all: true }, (error, addresses) => {
      const refused = rules.allowPrivateAddresses ? undefined : addresses?.find((one) => !isPublicAddress(one.address))
      if (error) callback(error, [])
      else if (refused) callback(new RefusedAddress(notPublic(`The name ${host}`, refused.address)), [])
      else if (options.all) callback(null, addresses)
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family)
    })
  }
}

function failureOf(error: unknown, host: string): string {
  if (error instanceof RefusedAddress) return error.message
  const { code, message } = (error instanceof AggregateError ? error.errors[0] : error) as NodeJS.ErrnoException
  switch (code) {
    case 'ENOTFOUND':
      return `The name ${host} has no address.`
    case 'EAI_AGAIN':
      return `The name ${host} cannot be resolved now.`
    case 'ECONNREFUSED':
      return 'The connection was refused: nothing listens there.'
    case 'ECONNRESET':
      return 'The receiver closed the connection before it answered.'
    default:
      return `The request failed: ${message || code || 'no reason is known'}.`.slice(0, 500)
  }
}
