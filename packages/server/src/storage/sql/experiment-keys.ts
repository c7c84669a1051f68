import { invalidParameter } from '@trackway/api'

/**
 * The keys of experiments that a search names, each once. An unknown id is no error: it finds nothing.
 * @throws ApiError INVALID_PARAMETER_VALUE for what is no integer, as in MLflow.
 */
export function experimentKeys(ids: readonly string[]): number[] {
  const keys = [...new Set(ids)].map((id) => {
    if (!/^-?\d{1,15}$/.test(id)) {
      throw invalidParameter(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`)
    }
    return Number(id)
  })
  return keys.filter((key) => key <= largestKey)
}

/** No row has a larger key; PostgreSQL takes none as one. */
export const largestKey = 2 ** 31 - 1
