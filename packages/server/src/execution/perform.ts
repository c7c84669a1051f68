import { ApiError, endpoints, invalidParameter } from '@trackway/api'
import type { Endpoint } from '@trackway/api'
import { decode, decodeQuery, encode, parseJson } from '@trackway/api/codec'

import { EncodedReply } from '../tracking/encoded-reply.ts'
import type { Handlers } from '../tracking/handlers.ts'
import type { RawRequest } from './executor.ts'

/** A reply in its last form. */
export interface PerformedReply {
  readonly status: number
  readonly body: string | EncodedReply['pieces']
}

/** Tells of a fault of ours, as the caller is told no more than that there was one. `what` failed: an endpoint, a thread. */
export type ReportFault = (what: string, error: unknown) => void

/** Decodes a request, has it handled and encodes the reply. Never rejects. */
export async function perform(handlers: Handlers, request: RawRequest, report: ReportFault): Promise<PerformedReply> {
  try {
    const endpoint: Endpoint = endpoints[request.endpoint]
    const typed = decodeRequest(endpoint, request)
    const handle = handlers[request.endpoint] as (typed: unknown, caller: unknown) => Promise<unknown>
    const response = await handle(typed, request.caller)
    return {
      status: 200,
      body: response instanceof EncodedReply ? response.pieces : encode(endpoint.response, response),
    }
  } catch (error) {
    return errorReply(request.endpoint, error, report)
  }
}

export function errorReply(endpoint: string, error: unknown, report: ReportFault): PerformedReply {
  if (error instanceof ApiError) return { status: error.status, body: JSON.stringify(error.toBody()) }
  report(endpoint, error)
  const fault = new ApiError('INTERNAL_ERROR', `${endpoint} failed by a fault of the server; its log says more.`)
  return { status: fault.status, body: JSON.stringify(fault.toBody()) }
}

function decodeRequest(endpoint: Endpoint, { body, query, path }: RawRequest): unknown {
  if (body === null) return decodeQuery(endpoint.request, new URLSearchParams(query), path)
  const parsed = parseBody(body)
  return decode(endpoint.request, isPlainObject(parsed) ? { ...parsed, ...path } : parsed)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseBody(body: string): unknown {
  try {
    return parseJson(body)
  } catch (error) {
    const reason = body.trim() === '' ? 'it is empty' : error instanceof Error ? error.message : 'it cannot be read'
    throw invalidParameter(`The request's body is not valid JSON: ${reason}. Send a JSON object.`)
  }
}
