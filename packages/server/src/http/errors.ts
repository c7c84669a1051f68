import { ApiError } from '@trackway/api'
import type { ErrorCode } from '@trackway/api'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

import { sendJson } from './json-reply.ts'

/** Turns whatever was thrown into the error reply that the official clients understand. */
export function answerError(error: FastifyError | ApiError, request: FastifyRequest, reply: FastifyReply): void {
  const known = error instanceof ApiError ? error : fromFastify(error, request)
  if (known.code === 'INTERNAL_ERROR') request.log.error({ err: error }, 'a request failed by a fault of the server')
  if (reply.raw.headersSent || reply.raw.destroyed) {
    reply.raw.destroy()
    return
  }
  if (known.status === 413) {
    // Clients look for the reply only when their whole body is sent: it is read over, as a refused upload is.
    request.raw.resume()
    reply.removeHeader('connection')
  }
  sendJson(reply.code(known.status), JSON.stringify(known.toBody()))
}

function fromFastify(error: FastifyError, request: FastifyRequest): ApiError {
  const { statusCode = 500 } = error
  if (statusCode >= 500)
    return new ApiError('INTERNAL_ERROR', 'The server failed; its log says more.', { cause: error })
  if (statusCode === 415) return notJson(request)
  const code: ErrorCode = statusCode === 413 ? 'PAYLOAD_TOO_LARGE' : 'BAD_REQUEST'
  return new ApiError(code, `Bad Request. ${error.message}.`, { cause: error })
}

export function notJson(request: FastifyRequest): ApiError {
  const given = request.headers['content-type']
  return new ApiError(
    'BAD_REQUEST',
    `Bad Request. The body must be JSON, sent with Content-Type: application/json; got ${given === undefined ? 'no Content-Type' : `'${given}'`}.`,
  )
}
