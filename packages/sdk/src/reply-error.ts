import { ApiError, type ErrorCode, errorStatus } from '@trackway/api'

// Where a status has more than one code, the one that says least.
const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'ENDPOINT_NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  409: 'RESOURCE_CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  416: 'RANGE_NOT_SATISFIABLE',
  429: 'REQUEST_LIMIT_EXCEEDED',
  501: 'NOT_IMPLEMENTED',
  503: 'TEMPORARILY_UNAVAILABLE',
}

/**
 * The error that a refused call throws. A code that this version does not know, and a reply that is not ours (a
 * proxy's page), become the code nearest to the HTTP status; the message keeps what came.
 */
export async function replyError(call: string, reply: Response): Promise<ApiError> {
  const text = await reply.text().catch(() => '')
  const { error_code: code, message } = errorBody(text)
  if (code !== undefined && Object.hasOwn(errorStatus, code)) return new ApiError(code as ErrorCode, message ?? code)
  const nearest = codeOfStatus[reply.status] ?? (reply.status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR')
  if (code !== undefined) return new ApiError(nearest, message === undefined ? code : `${code}: ${message}`)
  const start = text.replace(/\s+/g, ' ').trim().slice(0, 200)
  const status = `${reply.status} ${reply.statusText}`.trim()
  return new ApiError(nearest, start === '' ? `${call} answered ${status}.` : `${call} answered ${status}: ${start}`)
}

function errorBody(text: string): { error_code?: string; message?: string } {
  try {
    const { error_code: code, message } = JSON.parse(text) as Record<string, unknown>
    return {
      ...(typeof code === 'string' && code !== '' && { error_code: code }),
      ...(typeof message === 'string' && { message }),
    }
  } catch {
    return {}
  }
}
