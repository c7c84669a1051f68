import {
  basesOf,
  type Endpoint,
  type EndpointName,
  endpoints,
  invalidParameter,
  type Request,
  type Response,
  type Schema,
} from '@trackway/api'
import { encode } from '@trackway/api/codec'
import { replyValue } from './reply-values.ts'
import { type Call, type RequestBody, send, type TransportOptions } from './transport.ts'
import { UnreachableError } from './unreachable-error.ts'

export interface ClientOptions {
  /** The server's address, such as `http://127.0.0.1:5000`; user and password in it become Basic authentication. */
  readonly baseUrl: string
  /** Sent with every call. */
  readonly headers?: RequestInit['headers']
  readonly fetch?: typeof fetch
  /** How often a call is sent again after 429, 503 or, where it only reads, a broken connection. 3 when absent. */
  readonly retries?: number
  /** How long a call that moves JSON may take, each time it is sent. 60,000 when absent. */
  readonly timeoutMs?: number
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** Endpoints that reply with a file. */
type DownloadName =
  | 'getArtifact'
  | 'getLoggedModelArtifact'
  | 'getModelVersionArtifact'
  | 'downloadProxiedArtifact'
  | 'previewArtifact'
  | 'archiveArtifacts'
  | 'exportRuns'
  | 'exportMetrics'
  | 'streamEvents'
/** Endpoints that take a file as the request's body. */
type UploadName = 'uploadArtifact' | 'uploadProxiedArtifact' | 'uploadPart'
type JsonName = Exclude<EndpointName, DownloadName | UploadName>

type JsonCall<K extends JsonName> =
  {} extends Request<K>
    ? (request?: Request<K>, options?: CallOptions) => Promise<Response<K>>
    : (request: Request<K>, options?: CallOptions) => Promise<Response<K>>

/**
 * One method for each endpoint of the contract. Refusals are thrown as ApiError, silence as UnreachableError.
 * Those that move a file give fetch's reply, whose `body` is a stream, and know no time limit but the signal.
 */
export type Client = { readonly [K in JsonName]: JsonCall<K> } & {
  readonly [K in DownloadName]: (request: Request<K>, options?: CallOptions) => Promise<globalThis.Response>
} & {
  readonly [K in UploadName]: (
    request: Request<K>,
    body: RequestBody,
    options?: CallOptions,
  ) => Promise<globalThis.Response>
}

const downloads: ReadonlySet<string> = new Set<DownloadName>([
  'getArtifact',
  'getLoggedModelArtifact',
  'getModelVersionArtifact',
  'downloadProxiedArtifact',
  'previewArtifact',
  'archiveArtifacts',
  'exportRuns',
  'exportMetrics',
  'streamEvents',
])
const uploads: ReadonlySet<string> = new Set<UploadName>(['uploadArtifact', 'uploadProxiedArtifact', 'uploadPart'])

// MLflow 3 answers these under no other prefix.
const onlyPrefix: Partial<Record<EndpointName, string>> = {
  getServerInfo: '/api/3.0',
  uploadArtifact: '/ajax-api/2.0',
  getMetricHistoryBulk: '/ajax-api/2.0',
  getMetricHistoryBulkInterval: '/ajax-api/2.0',
}

/** A typed client of the server at `baseUrl`. */
export function createClient(options: ClientOptions): Client {
  const { root, headers } = serverAddress(options)
  const transport = { fetch: options.fetch ?? globalThis.fetch.bind(globalThis), retries: options.retries ?? 3 }
  const timeoutMs = options.timeoutMs ?? 60_000

  const methods = Object.entries(endpoints as Record<string, Endpoint>).map(([name, endpoint]) => {
    const prefix = onlyPrefix[name as EndpointName] ?? basesOf(endpoint)[0]
    const prepare = (request: object, body?: RequestBody): Call =>
      prepareCall(endpoint, root + prefix, headers, request, body)
    if (uploads.has(name)) {
      return [
        name,
        async (request: object, body: RequestBody, { signal }: CallOptions = {}) =>
          send({ ...prepare(request, body), signal }, transport, async (reply) => reply),
      ]
    }
    if (downloads.has(name)) {
      return [
        name,
        async (request: object, { signal }: CallOptions = {}) =>
          send({ ...prepare(request), signal }, transport, async (reply) => reply),
      ]
    }
    return [
      name,
      async (request: object = {}, { signal }: CallOptions = {}) =>
        readJson(endpoint, { ...prepare(request), signal, timeoutMs }, transport),
    ]
  })
  return Object.fromEntries(methods) as Client
}

async function readJson(endpoint: Endpoint, call: Call, transport: TransportOptions): Promise<unknown> {
  const text = await send(call, transport, (reply) => reply.text())
  try {
    return replyValue(endpoint.response, text === '' ? '{}' : text)
  } catch (cause) {
    const start = text.trimStart().slice(0, 60)
    throw new UnreachableError(call.url, `what answers there is no tracking server, its reply begins ${start}`, {
      cause,
    })
  }
}

function serverAddress({ baseUrl, headers }: ClientOptions): { root: string; headers: Headers } {
  const url = URL.parse(baseUrl)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`A server's address is a URL that begins with http:// or https://, got '${baseUrl}'.`)
  }
  const all = new Headers(headers)
  if (url.username !== '' && !all.has('authorization')) {
    const bytes = new TextEncoder().encode(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)
    all.set('authorization', `Basic ${btoa(String.fromCharCode(...bytes))}`)
  }
  return { root: url.origin + url.pathname.replace(/\/+$/, ''), headers: all }
}

/** Fields that the path names go there; the rest into the query or, where the method has one, the JSON body. */
function prepareCall(endpoint: Endpoint, base: string, headers: Headers, request: object, file?: RequestBody): Call {
  const rest: Record<string, unknown> = { ...request }
  const path = endpoint.path.replace(/\{(\w+)(\*?)\}/g, (_, name: string, slashes: string) => {
    const value = String(rest[name])
    delete rest[name]
    const segments = slashes === '' ? [value] : value.split('/')
    // An address is normalised before it is sent, encoded dots too: '..' would make this another call.
    if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
      throw invalidParameter(`Invalid value ${JSON.stringify(value)} for '${name}': it is part of the address.`)
    }
    return segments.map((segment) => encodeURIComponent(segment)).join('/')
  })
  const { method } = endpoint
  const isIdempotent = method === 'GET' || endpoint.mode === 'read'
  const sent = new Headers(headers)
  if (file !== undefined || method === 'GET') {
    if (file !== undefined) sent.set('content-type', 'application/octet-stream')
    const url = base + path + queryText(rest)
    return { method, url, headers: sent, isIdempotent, ...(file !== undefined && { body: file }) }
  }
  sent.set('content-type', 'application/json')
  return {
    method,
    url: base + path,
    headers: sent,
    isIdempotent,
    body: bodyText(endpoint.request as Schema<object>, rest),
  }
}

/** Replies leave out empty lists. In a request one may mean that there is to be none: what is given is said. */
function bodyText(schema: Schema<object>, fields: Record<string, unknown>): string {
  const text = encode(schema, fields)
  const known = schema.type === 'message' ? schema.fields : {}
  const empty = Object.keys(known).filter((name) => Array.isArray(fields[name]) && fields[name].length === 0)
  if (empty.length === 0) return text
  const members = empty.map((name) => `${JSON.stringify(name)}:[]`)
  return `{${[text.slice(1, -1), ...members].filter((member) => member !== '').join(',')}}`
}

function queryText(fields: Record<string, unknown>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(name, String(one))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}
