import { invalidParameter, stages } from '@trackway/api'
import type { Stage } from '@trackway/api'

import { checkKey, checkLength } from '../tracking/rules.ts'
import type { KeyValue } from '../tracking/store.ts'

/** In characters (code points). MLflow's columns have 256 for a name; on SQLite it takes longer ones all the same. */
const limits = { name: 256, alias: 255, tagKey: 250, tagValue: 100_000 } as const

/**
 * Checks the name of a registered model, in every request that has one. Names may become parts of paths.
 * @param parameter the request's field, for the message.
 */
export function checkModelName(name: string, parameter = 'name'): void {
  if (name.trim() === '') throw invalidParameter(`Missing value for required parameter '${parameter}'.`)
  if (/[/:]/.test(name)) {
    throw invalidParameter(`Invalid model name '${name.slice(0, 300)}'. Names cannot contain '/' or ':'.`)
  }
  if (name === '.' || name.startsWith('..')) {
    throw invalidParameter(
      `Invalid value ${JSON.stringify(name.slice(0, 300))} for parameter '${parameter}' supplied: Names may be treated ` +
        'as files in certain cases, and must not resolve to other names when treated as such. This name would resolve ' +
        `to '${name.slice(0, 300)}'`,
    )
  }
}

/** Checks a name that a registered model is about to get. */
export function checkNewModelName(name: string, parameter = 'name'): void {
  checkModelName(name, parameter)
  checkLength(parameter, name, limits.name)
}

/** Checks a tag of a registered model or a version. */
export function checkTag({ key, value }: KeyValue): void {
  checkTagKey(key)
  checkLength('key', key, limits.tagKey)
  if (key === 'mlflow.prompt.text' && value.length > limits.tagValue && [...value].length > limits.tagValue) {
    throw invalidParameter(`Prompt text exceeds max length of ${limits.tagValue} characters.`)
  }
  checkLength('value', value, limits.tagValue)
}

/** Checks the key of a tag that is to go: an over-long one is no error, it is just not there. */
export function checkTagKey(key: string): void {
  checkKey('key', key)
}

/** Checks an alias that is looked up or removed; those that cannot be given are no error here. */
export function checkAlias(alias: string): void {
  if (!/^[\p{L}\p{N}\p{M}_-]+$/u.test(alias)) {
    throw invalidParameter(
      `Invalid alias name: '${alias.slice(0, 300)}'. Names may only contain alphanumerics, underscores (_), and ` +
        'dashes (-).',
    )
  }
  checkLength('Registered model alias name', alias, limits.alias)
}

/** Checks an alias that is about to be given: `models:/name/latest` and `v1` mean something already. */
export function checkNewAlias(alias: string): void {
  checkAlias(alias)
  if (alias.toLowerCase() === 'latest') throw invalidParameter("'latest' alias name (case insensitive) is reserved.")
  if (/^v\p{Nd}+$/iu.test(alias)) throw invalidParameter(`Version alias name '${alias}' is reserved.`)
}

/** The tag that makes a registered model a prompt. */
export const promptTag = 'mlflow.prompt.is_prompt'

/** Whether tags say that what has them is a prompt; the last of several values counts. */
export function saysPrompt(tags: readonly KeyValue[]): boolean {
  return tags.findLast(({ key }) => key === promptTag)?.value.toLowerCase() === 'true'
}

/**
 * Tags as events have them: values by key. Those of prompts are without the ones that only say that it is a prompt, and
 * what it says: MLflow's webhooks leave them out.
 */
export function eventTags(tags: readonly KeyValue[], isPrompt: boolean): Readonly<Record<string, string>> {
  const told = isPrompt ? tags.filter(({ key }) => !promptInternals.includes(key)) : tags
  return Object.fromEntries(told.map(({ key, value }) => [key, value]))
}

const promptInternals: readonly string[] = [promptTag, 'mlflow.prompt.text', '_mlflow_prompt_type']

/**
 * A version's number. One that no version can have is no error here: it is not found.
 * @throws ApiError INVALID_PARAMETER_VALUE where the text is no integer.
 */
export function versionNumber(version: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(version)) {
    throw invalidParameter(`Parameter 'version' must be an integer, got '${version.slice(0, 100)}'.`)
  }
  return Number(version)
}

/** A stage in its canonical spelling, from any letter case. */
export function canonicalStage(stage: string): Stage {
  const found = stages.find((one) => one.toLowerCase() === stage.toLowerCase())
  if (found) return found
  throw invalidParameter(
    `Invalid Model Version stage: ${stage.slice(0, 100)}. Value must be one of ${stages.join(', ')}.`,
  )
}
