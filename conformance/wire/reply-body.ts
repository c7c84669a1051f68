import type { Json } from './scenario.ts'

/** JSON with integers beyond 2^53 kept exact, as `int64:9007199254740993`; undefined for anything else. */
export function readJson(text: string): Json | undefined {
  const exact = (_key: string, value: Json, context: { source?: string }): Json =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context.source ?? '')
      ? `int64:${context.source}`
      : value
  try {
    return JSON.parse(text, exact as (key: string, value: unknown) => unknown) as Json
  } catch {
    return undefined
  }
}

/** The value at a path such as `runs[0].info.run_id`. */
export function valueAt(body: Json | undefined, path: string): Json | undefined {
  let value: Json | undefined = body
  for (const part of path.match(/[^.[\]]+/g) ?? []) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Array.isArray(value) ? value[Number(part)] : (value as Record<string, Json>)[part]
  }
  return value
}

/** Sets the value at a path, if there is anything to hold it; null removes it. */
export function setAt(body: Json, path: string, value: Json): void {
  const parts = path.match(/[^.[\]]+/g) ?? []
  const last = parts.pop() ?? ''
  let holder = body as Record<string, Json>
  for (const part of parts) {
    const inner = holder[part]
    if (typeof inner !== 'object' || inner === null) return
    holder = inner as Record<string, Json>
  }
  if (value === null) Reflect.deleteProperty(holder, last)
  else holder[last] = value
}
