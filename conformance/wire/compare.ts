import { isDeepStrictEqual } from 'node:util'
import { normalise } from './normalise.ts'
import type { Outcome } from './normalise.ts'
import type { Exchange } from './replay.ts'
import { setAt } from './reply-body.ts'
import type { Json, Scenario, Step } from './scenario.ts'

/** MLflow's reply to one step. `request` tells whether the step has changed since it was recorded. */
export type RecordedStep = Outcome & { readonly request: string }

/** How a step is named in a recording and in what a test says. */
export function requestText(step: Step): string {
  const query = Object.entries(step.query ?? {}).map(([name, value]) => `${name}=${[value].flat().join('&')}`)
  const body = step.body === undefined ? (step.raw ?? '') : JSON.stringify(step.body)
  const text = [`${step.method} ${step.path}`, ...query, body, step.headers ? JSON.stringify(step.headers) : '']
  const joined = text.filter((part) => part !== '').join(' ')
  return joined.length > 240 ? `${joined.slice(0, 200)}… (${joined.length} characters)` : joined
}

/**
 * Compares a scenario's replies with MLflow's; one sentence for each difference that no reason covers.
 * @param hasBucket whether the artifacts are in a bucket, where the recordings are of a server with a folder.
 */
export function compare(
  scenario: Scenario,
  recorded: readonly RecordedStep[],
  exchanges: readonly Exchange[],
  hasBucket = false,
): string[] {
  return scenario.steps.flatMap((step, index) => {
    const mlflow = recorded[index]
    const exchange = exchanges[index]
    const request = requestText(step)
    if (mlflow?.request !== request) return [`${request}\n  is not what was recorded: run conformance/wire/record.ts`]
    if (exchange === undefined || 'lacks' in exchange) {
      return [`${request}\n  was not sent: no earlier reply gave \${${exchange?.lacks ?? ''}}`]
    }
    const problems = stepProblems(step, hasBucket ? withBucket(mlflow, step) : mlflow, normalise(step, exchange))
    return problems.length === 0 ? [] : [[request, ...problems].join('\n  ')]
  })
}

function stepProblems(step: Step, mlflow: RecordedStep, ours: Outcome): string[] {
  const { differs } = step
  const expected = differs === undefined ? mlflow : withDifference(mlflow, step)
  const unchanged = isDeepStrictEqual({ ...expected, message: '' }, { ...mlflow, message: '' })
  if (differs !== undefined && unchanged) return ['has a `differs` that changes nothing']

  const detail = ours.message === undefined ? '' : ` (${ours.message})`
  if (ours.status !== expected.status) return [`answers ${ours.status}${detail}, not ${expected.status}`]
  if (expected.status >= 400) {
    // MLflow's own 404, 405 and some 400 are HTML pages: only their status counts.
    if (expected.errorCode === undefined) return []
    if (ours.errorCode !== expected.errorCode) return [`says ${ours.errorCode}${detail}, not ${expected.errorCode}`]
    const says = step.says ?? ''
    return ours.message?.includes(says) ? [] : [`says “${ours.message}”, without “${says}”`]
  }
  const problems = differingPaths(expected.body, ours.body, '')
  const bodies = problems.map(({ path, theirs, here }) => `${path || 'body'} is ${shown(here)}, not ${shown(theirs)}`)
  const type =
    mlflow.status >= 400 || expected.type === ours.type ? [] : [`has content type ${ours.type}, not ${expected.type}`]
  const headers = Object.entries(expected.headers ?? {})
    .filter(([name, value]) => ours.headers?.[name] !== value)
    .map(([name, value]) => `has ${name}: ${ours.headers?.[name]}, not ${value}`)
  return [...type, ...headers, ...bodies]
}

function withBucket(mlflow: RecordedStep, { ofBucket = {} }: Step): RecordedStep {
  const body = structuredClone(mlflow.body)
  for (const [path, value] of Object.entries(ofBucket)) setAt(body ?? {}, path, value)
  return body === undefined ? mlflow : { ...mlflow, body }
}

function withDifference(mlflow: RecordedStep, { differs }: Step): RecordedStep {
  const { request, type, headers } = mlflow
  const status = differs?.status ?? mlflow.status
  if (differs?.errorCode !== undefined) return { request, status, errorCode: differs.errorCode, message: '' }
  if (status >= 400) return { ...mlflow, status }
  const body = structuredClone(differs?.body ?? mlflow.body)
  for (const [path, value] of Object.entries(differs?.at ?? {})) setAt(body ?? {}, path, value)
  const kept = differs?.body === undefined || mlflow.status < 400 ? { type: differs?.type ?? type, headers } : {}
  const present = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined))
  return { request, status, ...present, ...(body === undefined ? {} : { body }) }
}

interface DifferingPath {
  readonly path: string
  readonly theirs: Json | undefined
  readonly here: Json | undefined
}

/** The innermost paths at which two bodies differ. */
function differingPaths(theirs: Json | undefined, here: Json | undefined, path: string): DifferingPath[] {
  if (isDeepStrictEqual(theirs, here)) return []
  const bothLists = Array.isArray(theirs) && Array.isArray(here) && theirs.length === here.length
  if (!bothLists && !(isObject(theirs) && isObject(here))) return [{ path, theirs, here }]
  const inner = (name: string): string => (bothLists ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`)
  const left = theirs as Record<string, Json>
  const right = here as Record<string, Json>
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].flatMap((name) => differingPaths(left[name], right[name], inner(name)))
}

function isObject(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: Json | undefined): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
