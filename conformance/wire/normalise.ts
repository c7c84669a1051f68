import type { Exchange } from './replay.ts'
import { readJson, setAt, valueAt } from './reply-body.ts'
import type { Json, Step } from './scenario.ts'

/** A reply without what is different each time: ids, times, tokens, and orders that nobody promises. */
export interface Outcome {
  readonly status: number
  /** The content type of a reply that is not JSON, without its charset. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly errorCode?: string
  readonly message?: string
  readonly body?: Json
}

const comparedHeaders = ['content-disposition', 'content-range', 'x-content-type-options']
const times = new Set([
  'creation_time',
  'last_update_time',
  'creation_timestamp_ms',
  'last_updated_timestamp_ms',
  'creation_timestamp',
  'last_updated_timestamp',
  'start_time',
])
/** Fields where a short id, such as an experiment's, is an id and not a number that happens to look the same. */
const idFields = new Set(['experiment_id', 'artifact_uri', 'artifact_location', 'root_uri', 'message'])
/** Fields of MLflow that are no part of what is promised here: workspaces are a feature of its server. */
const leftOut = new Set(['workspace'])
/** Lists without a promised order, and what to sort them by. A metric's history is not one of them. */
const unordered: Readonly<Record<string, (item: Json) => string>> = {
  tags: (item) => field(item, 'key'),
  params: (item) => field(item, 'key'),
  dataset_inputs: (item) => JSON.stringify(item),
  dataset_summaries: (item) => JSON.stringify(item),
  model_inputs: (item) => field(item, 'model_id'),
  model_outputs: (item) => field(item, 'model_id'),
  latest_versions: (item) => field(item, 'current_stage'),
  aliases: (item) => (typeof item === 'string' ? item : field(item, 'alias')),
  events: (item) => JSON.stringify(item),
}

/** Reduces a step's reply to what may be compared between two servers. */
export function normalise(step: Step, { reply, known }: Extract<Exchange, { reply: unknown }>): Outcome {
  const { status, headers, text } = reply
  const type = headers['content-type']?.split(';')[0]
  const body = type === 'application/json' ? readJson(text) : undefined
  if (status >= 400) {
    const errorCode = field(body, 'error_code')
    // MLflow's messages about its database go on for lines that change each time.
    const message = replaceKnown(field(body, 'message').split('\n')[0] ?? '', 'message', known)
    return errorCode === '' ? { status } : { status, errorCode, message }
  }
  const kept = comparedHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]))
  if (body !== undefined) {
    const whole = normaliseValue(body, '', '', known)
    for (const path of step.ignore ?? []) setAt(whole, path, null)
    for (const path of step.anyOrder ?? []) setAt(whole, path, sorted(valueAt(whole, path)))
    return { status, body: step.only === undefined ? whole : project(whole, step.only) }
  }
  if (text === '') return { status }
  return { status, ...(type === undefined ? {} : { type }), headers: Object.fromEntries(kept), body: text }
}

function sorted(list: Json | undefined): Json {
  if (!Array.isArray(list)) return list ?? null
  return list.toSorted((a: Json, b: Json) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

/** Of a page, only the named value of each item, and whether there is a next page. */
function project(page: Json, path: string): Json {
  const [list = '', inner = ''] = path.split('[].')
  const items = valueAt(page, list)
  const token = valueAt(page, 'next_page_token')
  const values = Array.isArray(items) ? items.map((item: Json) => valueAt(item, inner) ?? null) : []
  return { [path]: values, ...(token === undefined ? {} : { next_page_token: token }) }
}

function normaliseValue(value: Json, key: string, parent: string, known: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return key === 'next_page_token' ? '${token}' : replaceKnown(value, key, known)
  if (typeof value === 'number') return times.has(key) && value > 1e12 ? '${time}' : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => normaliseValue(item, key, parent, known))
    const sortedBy = key === 'metrics' && parent === 'data' ? unordered['params'] : unordered[key]
    return sortedBy === undefined ? items : items.toSorted((a, b) => (sortedBy(a) < sortedBy(b) ? -1 : 1))
  }
  const fields = Object.entries(value).filter(([name]) => !leftOut.has(name))
  return Object.fromEntries(fields.map(([name, inner]) => [name, normaliseValue(inner, name, key, known)]))
}

function replaceKnown(text: string, key: string, known: ReadonlyMap<string, string>): string {
  const holdsIds = idFields.has(key) || text.startsWith('mlflow-artifacts:')
  const byLength = [...known].toSorted((a, b) => b[1].length - a[1].length)
  const named = byLength.reduce((replaced, [name, value]) => {
    if (value.length >= 8) return replaced.replaceAll(value, `\${${name}}`)
    if (!holdsIds || !/^\w+$/.test(value)) return replaced
    return replaced.replaceAll(new RegExp(`(?<![\\w.])${value}(?![\\w.])`, 'g'), `\${${name}}`)
  }, text)
  return named.replaceAll(/\b(?:(?:m-)?[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g, '${id}')
}

function field(value: Json | undefined, name: string): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ''
  const found = (value as Record<string, Json>)[name]
  return typeof found === 'string' ? found : ''
}
