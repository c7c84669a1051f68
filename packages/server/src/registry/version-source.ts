import { invalidParameter } from '@trackway/api'
import type { ApiError, Stage } from '@trackway/api'

import { canonicalStage, checkAlias, checkModelName } from './rules.ts'
import { hasPlainPath, isLocal, splitUri } from './source-uri.ts'

/** In UTF-16 units. MLflow's column has 500, which SQLite does not mind: clients send longer ones. */
export const longestSource = 10_000

const shownSource = 500

/** Which version of a registered model a `models:` URI names. */
export type VersionPick =
  | { readonly by: 'number'; readonly version: number }
  | { readonly by: 'alias'; readonly alias: string }
  | { readonly by: 'stage'; readonly stage: Stage }
  | { readonly by: 'newest' }

/** What a version is made from, as far as its source tells. */
export type VersionSource =
  /** Another version, `models:/name/3`: the new one is a copy of it. */
  | { readonly kind: 'version'; readonly name: string; readonly pick: VersionPick }
  /** The logged model that the request names as well, `models:/m-…`. */
  | { readonly kind: 'loggedModel' }
  /** Files that this server may read, so that they must be those of the run or logged model that the request names. */
  | { readonly kind: 'ownFiles'; readonly isLocal: boolean }
  /** A place that only clients reach, or `runs:/` of the run that the request names. */
  | { readonly kind: 'elsewhere' }

/** What made a version; '' or undefined for nothing. */
export interface SourceOwner {
  readonly runId: string | undefined
  readonly modelId: string | undefined
}

/** Schemes by which a reader connects to a host that the URI names. */
const hostAddressed = new Set(['ftp', 'sftp', 'hdfs', 'viewfs', 'http', 'https', 'r2', 'b2', 'abfss'])

/** What MLflow's clients send with prompts, which have no files. */
const promptSources = ['dummy-source', 'prompt-template']

/** @throws ApiError INVALID_PARAMETER_VALUE where the source is too long, or not of the pattern that the server asks for. */
export function checkSourceText(source: string, pattern: RegExp | null): void {
  if (source.length > longestSource) {
    throw invalidParameter(
      `'source' exceeds the maximum length of ${longestSource} characters: it has ${source.length}, and begins with ` +
        `${JSON.stringify(source.slice(0, 40))}.`,
    )
  }
  if (pattern && !pattern.test(source)) throw invalidSource(source, '')
}

/** @throws ApiError INVALID_PARAMETER_VALUE */
export function checkPromptSource(source: string): void {
  if (promptSources.includes(source)) return
  throw invalidParameter(
    `Invalid prompt source: '${excerpt(source)}'. Prompt sources must use an MLflow placeholder: ` +
      `${promptSources.join(' or ')}.`,
  )
}

/**
 * Reads the source of a version that is no prompt and judges it as MLflow 3.17 does, as far as that needs no look into
 * the store: what is `ownFiles` must then lie inside of the files of its owner.
 * @throws ApiError INVALID_PARAMETER_VALUE
 */
export function readVersionSource(source: string, owner: SourceOwner): VersionSource {
  const { scheme, authority, rest } = splitUri(source)
  if (hostAddressed.has(scheme) || (scheme === 'mlflow-artifacts' && authority !== '')) {
    throw invalidParameter(
      `'source' cannot use the '${scheme}' scheme: it names a host, and whoever loads the version would connect to ` +
        "it. Use an object store's URI, or the artifacts of a run.",
    )
  }
  if (isLocal(scheme)) return { kind: 'ownFiles', isLocal: true }
  if (scheme === 'models') {
    const named = readModelsUri(source, authority, rest)
    if (named) return named
  }
  if (!hasPlainPath(source) || /[[\]]/.test(authority)) throw notPlain(source)
  switch (scheme) {
    case 'models':
      if (authority !== '' || owner.modelId !== rest.split('?', 1)[0]?.replace(/^\/+/, '')) {
        throw unidentified(source, 'model_id')
      }
      return { kind: 'loggedModel' }
    case 'runs':
      if (owner.modelId) throw unidentified(source, 'model_id')
      if (authority !== '' || !owner.runId || owner.runId !== rest.split(/[/?#]/)[1]) {
        throw unidentified(source, 'run_id')
      }
      return { kind: 'elsewhere' }
    case 'mlflow-artifacts':
      if (!owner.modelId && !owner.runId) throw unidentified(source, 'run_id')
      return { kind: 'ownFiles', isLocal: false }
    default:
      return { kind: 'elsewhere' }
  }
}

/** The registered version that a `models:` URI names; null for a logged model's URI. */
function readModelsUri(source: string, authority: string, rest: string): VersionSource | null {
  if (authority !== '') {
    throw invalidSource(source, ' Registered model sources must use the active model registry.')
  }
  // A name may have a '#' in it.
  const [path = ''] = rest.split('?', 1)
  const [name = '', suffix, ...more] = path.replace(/^\/+/, '').split('/')
  if (!path.startsWith('/') || name.trim() === '' || suffix?.trim() === '' || more.length > 0) {
    throw unidentified(source, 'model_id')
  }
  if (suffix !== undefined) {
    checkModelName(name)
    return { kind: 'version', name, pick: readSuffix(suffix) }
  }
  const at = name.lastIndexOf('@')
  if (at < 0) return null
  const alias = name.slice(at + 1)
  if (alias.trim() === '') throw unidentified(source, 'model_id')
  checkModelName(name.slice(0, at))
  checkAlias(alias)
  const pick: VersionPick = alias.toLowerCase() === 'latest' ? { by: 'newest' } : { by: 'alias', alias }
  return { kind: 'version', name: name.slice(0, at), pick }
}

function readSuffix(suffix: string): VersionPick {
  if (/^\d+$/.test(suffix)) return { by: 'number', version: Number(suffix) }
  if (suffix.toLowerCase() === 'latest') return { by: 'newest' }
  return { by: 'stage', stage: canonicalStage(suffix) }
}

function excerpt(source: string): string {
  return source.length > shownSource ? `${source.slice(0, shownSource)}…` : source
}

function invalidSource(source: string, why: string): ApiError {
  return invalidParameter(`Invalid model version source: '${excerpt(source)}'.${why}`)
}

function notPlain(source: string): ApiError {
  return invalidSource(
    source,
    ' If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute ' +
      'path must be provided without relative path references present. Please provide an absolute path.',
  )
}

/** The run or logged model that the request names does not have what the source names, or there is none. */
export function unidentified(source: string, field: 'run_id' | 'model_id'): ApiError {
  return invalidSource(source, ` The ${field} request parameter must identify the resource that contains the source.`)
}

/** A path of the server's machine outside of what the run or logged model has there. */
export function outsideOfOwner(source: string, field: 'run_id' | 'model_id'): ApiError {
  return invalidSource(
    source,
    ` To use a local path as a model version source, the ${field} request parameter has to be specified and the local ` +
      `path has to be contained within the artifact directory of what the ${field} names.`,
  )
}

export function notOfSourceVersion(source: string): ApiError {
  return invalidSource(source, ' The run_id and model_id request parameters must match the referenced model version.')
}

export function promptAsSource(source: string): ApiError {
  return invalidSource(source, ' Prompt versions cannot be used as model version sources.')
}
