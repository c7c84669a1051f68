import { ApiError, endpoints, invalidParameter } from '@trackway/api'
import type { Request, StreamEndpointName } from '@trackway/api'
import { decodeBody, decodeQuery } from '@trackway/api/codec'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'

/** Serves an endpoint where the connection is. The body is unread; an ApiError thrown becomes the reply. */
export type StreamHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** Enough for the 10,000 parts of a multipart upload with their URLs. */
const mostJsonBytes = 16 * 1024 * 1024

/** The typed request of an endpoint whose fields come in the path and the query. */
export function queryRequest<K extends StreamEndpointName>(name: K, request: FastifyRequest): Request<K> {
  const { schema, query, path } = partsOf(name, request)
  return decodeQuery(schema, query, path) as Request<K>
}

/** The typed request of an endpoint whose fields come in the path and a JSON body. */
export async function jsonRequest<K extends StreamEndpointName>(name: K, request: FastifyRequest): Promise<Request<K>> {
  const { schema, path } = partsOf(name, request)
  return decodeBody(schema, await textOf(bodyOf(request)), path) as Request<K>
}

/** The bytes of the request's body, unread. */
export function bodyOf(request: FastifyRequest): Readable {
  return request.body instanceof Readable ? request.body : request.raw
}

/** How many bytes the body must have, where the client says so. */
export function announcedSize(request: FastifyRequest): number | undefined {
  const length = request.headers['content-length']
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined
}

function partsOf(name: StreamEndpointName, request: FastifyRequest) {
  const endpoint = endpoints[name]
  const [rawPath, rawQuery = ''] = splitOnce(request.raw.url ?? '', '?')
  const path: Record<string, string> = {}
  for (const [parameter, value] of Object.entries(request.params as Record<string, string>)) {
    if (parameter !== '*') path[parameter] = value
  }
  const wildcard = /\{(\w+)\*\}$/.exec(endpoint.path)?.[1]
  if (wildcard !== undefined) path[wildcard] = wildcardOf(rawPath, request.routeOptions.url ?? '')
  return { schema: endpoint.request, query: new URLSearchParams(rawQuery), path }
}

/** What stands in the URL for the route's `*`, decoded once. Slashes are counted, as clients may encode what precedes. */
function wildcardOf(rawPath: string, route: string): string {
  const slashes = route.split('/').length - 1
  const raw = rawPath.split('/').slice(slashes).join('/')
  try {
    return decodeURIComponent(raw)
  } catch {
    throw invalidParameter(`Invalid path ${JSON.stringify(raw.slice(0, 200))}: it must be percent-encoded UTF-8.`)
  }
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > mostJsonBytes) {
      body.resume()
      throw new ApiError('PAYLOAD_TOO_LARGE', `The request's body has more than the allowed ${mostJsonBytes} bytes.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
