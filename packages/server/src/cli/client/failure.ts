import { printable } from '../terminal/printable.ts'

/** A command that was understood could not be done. The message says why. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** What a user reads of a failure: what happened, then what to do about it. Undefined for a fault of ours. */
export async function failureLines(error: unknown, trackingUri: string): Promise<string[] | undefined> {
  const { ApiError, UnreachableError } = await import('@trackway/sdk')
  if (error instanceof CommandError) return [printable(error.message)]
  if (error instanceof UnreachableError) {
    return [
      printable(error.message),
      'Start a server by `trackway server`, or name one by --tracking-uri or MLFLOW_TRACKING_URI.',
    ]
  }
  if (!(error instanceof ApiError)) return undefined
  const { code, message } = error
  if (code === 'ENDPOINT_NOT_FOUND') {
    // What it answers may be a page of HTML.
    const { origin, pathname } = new URL(trackingUri)
    return [`The server at ${origin}${pathname} does not know this call: it is no Trackway, or an older one.`]
  }
  if (code !== 'UNAUTHENTICATED') return [printable(message)]
  return [
    printable(message),
    'Say who calls: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.',
  ]
}
