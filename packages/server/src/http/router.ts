import { ApiError, basesOf, endpoints } from '@trackway/api'
import type { DataEndpointName, Endpoint, EndpointName, Method, StreamEndpointName } from '@trackway/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'

import type { Executor } from '../execution/executor.ts'
import { callerOf } from './caller-of.ts'
import { contentDisposition } from '../artifacts/content-disposition.ts'
import { notJson } from './errors.ts'
import { sendJson } from './json-reply.ts'
import type { StreamHandler } from './stream-request.ts'

export interface RouterOptions {
  readonly executor: Executor
  readonly streams: Readonly<Record<StreamEndpointName, StreamHandler>>
  readonly staticPrefix: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The endpoint's name, for the log and Prometheus. */
    endpoint?: string
  }
}

/** Registers every endpoint of the contract under the first base that it has: `canonicalUrl` leads the others there. */
export function registerEndpoints(app: FastifyInstance, { executor, streams, staticPrefix }: RouterOptions): void {
  void app.register(async (data) => {
    data.removeAllContentTypeParsers()
    data.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    data.addContentTypeParser('*', (request, _payload, done) => done(notJson(request)))
    for (const name of Object.keys(endpoints) as EndpointName[]) {
      if (endpoints[name].mode !== 'stream') route(data, name, dataHandler(executor, name as DataEndpointName))
    }
  })
  void app.register(async (stream) => {
    stream.removeAllContentTypeParsers()
    // The body stays unread: the handler takes it as it comes.
    stream.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    for (const name of Object.keys(endpoints) as EndpointName[]) {
      if (endpoints[name].mode === 'stream') route(stream, name, streams[name as StreamEndpointName])
    }
  })

  function route(on: FastifyInstance, name: EndpointName, handler: StreamHandler): void {
    const endpoint: Endpoint = endpoints[name]
    const methods: (Method | 'HEAD')[] = endpoint.alsoMethod
      ? [endpoint.method, endpoint.alsoMethod]
      : [endpoint.method]
    if (endpoint.mode === 'stream' && endpoint.method === 'GET') methods.push('HEAD')
    on.route({
      method: methods,
      url: staticPrefix + basesOf(endpoint)[0] + toRoutePath(endpoint.path),
      handler,
      config: { endpoint: name },
    })
  }
}

function toRoutePath(path: string): string {
  return path.replaceAll(/\{\w+\*\}/g, '*').replaceAll(/\{(\w+)\}/g, ':$1')
}

function dataHandler(executor: Executor, endpoint: DataEndpointName): StreamHandler {
  return async (request, reply) => {
    const { status, body, file } = await executor.execute({
      endpoint,
      path: request.params as Record<string, string>,
      query: queryOf(request),
      body: bodyOf(request),
      caller: callerOf(request),
    })
    reply.code(status)
    if (file) {
      const disposition = contentDisposition('attachment', file.name)
      reply.headers({ 'content-type': file.mediaType, 'content-disposition': disposition, 'cache-control': 'no-store' })
    } else if (typeof body === 'string') return sendJson(reply, body)
    else reply.header('content-type', 'application/json')
    if (typeof body === 'string') return reply.send(body)
    return reply.send(body instanceof Uint8Array ? body : Readable.from(body, { objectMode: false }))
  }
}

/** GET has its fields in the query; so has a DELETE without a body. */
function bodyOf(request: FastifyRequest): string | null {
  if (typeof request.body === 'string') return request.body
  const { method } = request
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE') return null
  if (request.headers['content-type'] === undefined) throw notJson(request)
  return ''
}

function queryOf(request: FastifyRequest): string {
  const url = request.raw.url ?? ''
  const mark = url.indexOf('?')
  return mark < 0 ? '' : url.slice(mark + 1)
}

/** Whether any route answers this path with another method. */
export function answerUnknown(app: FastifyInstance): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
  return (request, reply) => {
    const [path = ''] = (request.raw.url ?? '').split('?', 1)
    const [asked = ''] = request.originalUrl.split('?', 1)
    const allowed = methods.filter((method) => {
      const found = app.findRoute({ url: path, method })
      return found !== null
    })
    const error =
      allowed.length > 0
        ? new ApiError('METHOD_NOT_ALLOWED', `${request.method} is not allowed here, use ${allowed.join(' or ')}.`)
        : new ApiError('ENDPOINT_NOT_FOUND', `No API found for ${request.method} ${asked}.`)
    return sendJson(reply.code(error.status), JSON.stringify(error.toBody()))
  }
}
