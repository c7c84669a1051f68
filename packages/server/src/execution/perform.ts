import { ApiError, endpoints } from '@trackway/api'
import type { Endpoint } from '@trackway/api'
import { decodeBody, decodeQuery, encode } from '@trackway/api/codec'

import { EncodedReply } from '../tracking/encoded-reply.ts'
import type { ReplyFile } from '../tracking/encoded-reply.ts'
import type { DataService } from '../data-service.ts'
import type { RawRequest } from './executor.ts'
import type { OperationCall } from './messages.ts'

/** A reply in its last form. */
export interface PerformedReply {
  readonly status: number
  readonly body: string | EncodedReply['pieces']
  /** Absent for JSON. */
  readonly file?: ReplyFile | undefined
}

/** Tells of a fault of ours, as the caller is told no more than that there was one. `what` failed: an endpoint, a thread. */
export type ReportFault = (what: string, error: unknown) => void

/** Decodes a request, has it handled and encodes the reply. Never rejects. */
export async function perform(
  { handlers, operations }: Pick<DataService, 'handlers' | 'operations'>,
  request: RawRequest | OperationCall,
  report: ReportFault,
): Promise<PerformedReply> {
  try {
    if ('operation' in request) {
      const operate = operations[request.operation] as (argument: unknown) => Promise<unknown>
      return { status: 200, body: JSON.stringify((await operate(request.argument)) ?? null) }
    }
    const endpoint: Endpoint = endpoints[request.endpoint]
    const typed = decodeRequest(endpoint, request)
    const handle = handlers[request.endpoint] as (typed: unknown, caller: unknown) => Promise<unknown>
    const response = await handle(typed, request.caller)
    if (response instanceof EncodedReply) return { status: 200, body: response.pieces, file: response.file }
    return { status: 200, body: encode(endpoint.response, response) }
  } catch (error) {
    return errorReply(nameOf(request), error, report)
  }
}

/** What a request asks for, for the log. */
export function nameOf(request: RawRequest | OperationCall): string {
  return 'operation' in request ? request.operation : request.endpoint
}

export function errorReply(endpoint: string, error: unknown, report: ReportFault): PerformedReply {
  if (error instanceof ApiError) return { status: error.status, body: JSON.stringify(error.toBody()) }
  report(endpoint, error)
  const fault = new ApiError('INTERNAL_ERROR', `${endpoint} failed by a fault of the server; its log says more.`)
  return { status: fault.status, body: JSON.stringify(fault.toBody()) }
}

function decodeRequest(endpoint: Endpoint, { body, query, path }: RawRequest): unknown {
  if (body === null) return decodeQuery(endpoint.request, new URLSearchParams(query), path)
  return decodeBody(endpoint.request, body, path)
}
