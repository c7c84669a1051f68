/**
 * Every error code that a reply may carry, with its HTTP status. The official clients branch on both;
 * the Python client retries 408, 429, 500, 502, 503 and 504.
 */
export const errorStatus = {
  INVALID_PARAMETER_VALUE: 400,
  BAD_REQUEST: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  INVALID_STATE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  RESOURCE_CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  RANGE_NOT_SATISFIABLE: 416,
  REQUEST_LIMIT_EXCEEDED: 429,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
} as const

export type ErrorCode = keyof typeof errorStatus

/** What each code tells the caller, for the reference (docs/reference/errors.md). */
export const errorMeaning: Readonly<Record<ErrorCode, string>> = {
  INVALID_PARAMETER_VALUE: 'A field is missing, has the wrong type or breaks a rule; the message names it.',
  BAD_REQUEST: 'The request as a whole cannot be read: wrong content type, a body that was cut off.',
  RESOURCE_ALREADY_EXISTS: 'The name is taken.',
  INVALID_STATE: 'The thing exists but is not in a state that allows this.',
  UNAUTHENTICATED: 'Nobody is signed in.',
  PERMISSION_DENIED: 'Who is signed in may not do this.',
  RESOURCE_DOES_NOT_EXIST: 'The id or name is unknown.',
  ENDPOINT_NOT_FOUND: 'No endpoint has this path.',
  METHOD_NOT_ALLOWED: 'The path exists, but not with this method.',
  RESOURCE_CONFLICT: 'Somebody else changed it meanwhile.',
  PAYLOAD_TOO_LARGE: 'The body is larger than the server takes.',
  RANGE_NOT_SATISFIABLE: 'The byte range lies outside the file.',
  REQUEST_LIMIT_EXCEEDED: 'Too many requests; try again later.',
  INTERNAL_ERROR: 'A fault of the server; its log has the details.',
  NOT_IMPLEMENTED: 'The storage in use cannot do this.',
  TEMPORARILY_UNAVAILABLE: 'The server cannot do this now, for example because the disk is full; try again later.',
}

/** The body of every error reply. */
export interface ErrorBody {
  error_code: ErrorCode
  message: string
}

/** An error that is told to the caller. The message says what was given and what is allowed. */
export class ApiError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ApiError'
    this.code = code
  }

  get status(): number {
    return errorStatus[this.code]
  }

  toBody(): ErrorBody {
    return { error_code: this.code, message: this.message }
  }
}

export function invalidParameter(message: string): ApiError {
  return new ApiError('INVALID_PARAMETER_VALUE', message)
}

export function doesNotExist(message: string): ApiError {
  return new ApiError('RESOURCE_DOES_NOT_EXIST', message)
}
