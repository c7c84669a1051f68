import { invalidParameter } from '@trackway/api'

const mandatory = ['run_id', 'artifact_path', 'utc_time_created', 'flavors'] as const
const kept = ['run_id', 'artifact_path', 'utc_time_created', 'model_uuid', 'flavors'] as const

/**
 * What the tag `mlflow.log-model.history` keeps of an MLmodel description.
 * @throws ApiError INVALID_PARAMETER_VALUE where the text is no JSON object or lacks a mandatory field.
 */
export function describeModel(modelJson: string | undefined): Record<string, unknown> {
  if (!modelJson) throw invalidParameter("Missing value for required parameter 'model_json'.")
  let model: unknown
  try {
    model = JSON.parse(modelJson)
  } catch {
    throw invalidParameter(`Malformed model info. \n ${modelJson.slice(0, 500)} \n is not a valid JSON.`)
  }
  if (typeof model !== 'object' || model === null || Array.isArray(model)) {
    throw invalidParameter(`Malformed model info: it must be a JSON object, got ${modelJson.slice(0, 500)}.`)
  }
  const description = model as Record<string, unknown>
  const missing = mandatory.filter((field) => !(field in description))
  if (missing.length > 0) {
    throw invalidParameter(`Model json is missing mandatory fields: {${missing.map((name) => `'${name}'`).join(', ')}}`)
  }
  return Object.fromEntries(kept.flatMap((field) => (field in description ? [[field, description[field]]] : [])))
}

/** The tag's text with one model more. Text that is no JSON list, which only a client's set-tag can leave, counts as none. */
export function addToHistory(history: string | undefined, model: Record<string, unknown>): string {
  try {
    return JSON.stringify([...knownModels(history), model])
  } catch (error) {
    if (error instanceof RangeError) throw invalidParameter('Malformed model info: it is nested too deeply.')
    throw error
  }
}

function knownModels(history: string | undefined): unknown[] {
  try {
    const known: unknown = JSON.parse(history ?? '[]')
    return Array.isArray(known) ? known : []
  } catch {
    return []
  }
}
