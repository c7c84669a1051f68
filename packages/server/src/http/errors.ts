import { ApiError } from '@trackway/api'
import type { ErrorCode } from '@trackway/api'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

import { sendJson } from './json-reply.ts'

/** Turns whatever was thrown into the error reply that the official clients understand. */
export function answerError(error: FastifyError | ApiError, request: FastifyRequest, reply: FastifyReply): void {
  const known = error instanceof ApiError ? error : fromFastify(error)
  if (known.code === 'INTERNAL_ERROR') request.log.error({ err: error }, 'a request failed by a fault of the server')
  if (reply.raw.headersSent || reply.raw.destroyed) {
    reply.raw.destroy()
    return
  }
  sendJson(reply.code(known.status), JSON.stringify(known.toBody()))
}

function fromFastify(error: FastifyError): ApiError {
  const { statusCode = 500 } = error
  if (statusCode >= 500)
    return new ApiError('INTERNAL_ERROR', 'The server failed; its log says more.', { cause: error })
  const code: ErrorCode = statusCode === 413 ? 'PAYLOAD_TOO_LARGE' : 'BAD_REQUEST'
  return new ApiError(code, `Bad Request. ${error.message}.`, { cause: error })
}
