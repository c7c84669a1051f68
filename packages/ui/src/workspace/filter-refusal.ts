import { ApiError } from '@trackway/sdk'

/** Whether the server could not read what it was asked: then the question must change, not be asked again. */
export function isFilterRefusal(error: Error): boolean {
  return error instanceof ApiError && error.code === 'INVALID_PARAMETER_VALUE'
}

/** Where in the filter the server's sentence points to, from 0; undefined where it does not. */
export function refusedPosition(error: Error): number | undefined {
  const [, position] = /at position (\d+)/.exec(error.message) ?? []
  return position === undefined ? undefined : Number(position) - 1
}
