import { ApiError } from '@trackway/api'
import http from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

import { StartupError } from '../startup-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface HttpReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Where the reply came from, after redirects. */
  readonly location: URL
  /** Read or destroy it. */
  readonly body: Readable
}

export interface HttpClient {
  /**
   * The reply, whatever its status, once its headers are there. What is refused for the moment is tried three times.
   * @throws ApiError for a redirect to another server; the system's error where there is no reply.
   */
  request(method: 'GET' | 'HEAD', url: URL, headers?: OutgoingHttpHeaders, signal?: AbortSignal): Promise<HttpReply>
  /** @throws ApiError TEMPORARILY_UNAVAILABLE for anything but JSON of at most 64 MiB. */
  json(reply: HttpReply): Promise<unknown>
  close(): void
}

const waitsMs = [200, 800]
const timeoutMs = 60_000
const mostRedirects = 5
const mostJsonBytes = 64 * 1024 * 1024
const passing = new Set([408, 429, 500, 502, 503, 504])

/**
 * Asks one web server, with the credentials that MLflow's variables give for it (`MLFLOW_TRACKING_TOKEN`, or
 * `MLFLOW_TRACKING_USERNAME` and `…_PASSWORD`; `MLFLOW_TRACKING_INSECURE_TLS`). They go nowhere else, so redirects are
 * followed on the same origin only.
 * @throws StartupError for a variable that cannot be understood.
 */
export function createHttpClient({ origin, protocol }: URL, env: Environment): HttpClient {
  const { Agent } = protocol === 'https:' ? https : http
  const begin: typeof http.request = protocol === 'https:' ? https.request : http.request
  const isSecure = !['true', '1'].includes(env['MLFLOW_TRACKING_INSECURE_TLS']?.toLowerCase() ?? '')
  const agent = new Agent({ keepAlive: true, maxSockets: 512, ...(isSecure ? {} : { rejectUnauthorized: false }) })
  const own = { 'accept-encoding': 'identity', 'user-agent': 'trackway', ...authorization(env) }

  return {
    async request(method, url, headers = {}, signal) {
      for (let attempt = 0; ; attempt++) {
        const waitMs = waitsMs[attempt]
        try {
          const reply = await redirected(method, url, headers, signal)
          if (waitMs === undefined || !passing.has(reply.status)) return reply
          reply.body.destroy()
        } catch (error) {
          if (waitMs === undefined || error instanceof ApiError || signal?.aborted) throw error
        }
        await delay(waitMs, undefined, signal ? { signal } : {})
      }
    },
    async json({ body }) {
      const chunks: Uint8Array[] = []
      let bytes = 0
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        bytes += chunk.byteLength
        if (bytes > mostJsonBytes) throw notJson(`it has more than ${mostJsonBytes} bytes`)
        chunks.push(chunk)
      }
      try {
        return JSON.parse(Buffer.concat(chunks).toString()) as unknown
      } catch (error) {
        throw notJson('it is not JSON', error)
      }
    },
    close: () => agent.destroy(),
  }

  async function redirected(
    method: string,
    url: URL,
    headers: OutgoingHttpHeaders,
    signal: AbortSignal | undefined,
  ): Promise<HttpReply> {
    let location = url
    for (let hop = 0; ; hop++) {
      const message = await answer(method, location, headers, signal)
      const { statusCode: status = 0, headers: got } = message
      const to = status >= 301 && status <= 308 && status !== 304 ? got.location : undefined
      if (to === undefined) return { status, headers: got, location, body: message }
      message.destroy()
      const next = URL.canParse(to, location.href) ? new URL(to, location) : undefined
      if (next?.origin !== origin || hop === mostRedirects) {
        const where = next?.origin === origin ? 'in a circle' : `elsewhere, to ${(next?.origin ?? to).slice(0, 200)}`
        throw new ApiError(
          'PERMISSION_DENIED',
          `The web server ${origin} leads ${where}, where the server does not follow. ` +
            'Name the artifacts by the address where they lie.',
        )
      }
      location = next
    }
  }

  async function answer(
    method: string,
    url: URL,
    headers: OutgoingHttpHeaders,
    signal: AbortSignal | undefined,
  ): Promise<IncomingMessage> {
    return await new Promise((resolve, reject) => {
      const timedOut = (): Error => Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' })
      const asked = begin(url.href, { method, agent, headers: { ...own, ...headers }, ...(signal ? { signal } : {}) })
      asked.setTimeout(timeoutMs, () => asked.destroy(timedOut()))
      asked.on('error', reject)
      asked.on('response', (message) => {
        // While nobody takes bytes, none can come.
        asked.setTimeout(timeoutMs, () => message.readableLength === 0 && message.destroy(timedOut()))
        // Once here, an error is for whoever reads; where nobody does, it must not end the process.
        message.on('error', () => {})
        resolve(message)
      })
      asked.end()
    })
  }
}

function authorization(env: Environment): { authorization?: string } {
  const token = env['MLFLOW_TRACKING_TOKEN']
  const user = env['MLFLOW_TRACKING_USERNAME']
  const password = env['MLFLOW_TRACKING_PASSWORD'] ?? ''
  if (token && /[^\x21-\x7e]/.test(token)) {
    throw new StartupError('MLFLOW_TRACKING_TOKEN takes a token without spaces or letters beyond ASCII.')
  }
  if (user) return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  return token ? { authorization: `Bearer ${token}` } : {}
}

function notJson(why: string, cause?: unknown): ApiError {
  return new ApiError('TEMPORARILY_UNAVAILABLE', `The listing of the artifact proxy cannot be read: ${why}.`, { cause })
}
