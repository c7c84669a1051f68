import { ApiError, invalidParameter } from '@trackway/api'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { artifactFolder } from './artifact-path.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { artifactScheme } from './open-artifact-store.ts'
import type { ArtifactRoot } from './open-artifact-store.ts'

/** Where the artifacts of a run or a logged model lie: a folder, possibly '', in a store. */
export interface ArtifactLocation {
  readonly store: ArtifactStore
  readonly folder: string
}

/** @throws ApiError when this server cannot reach the URI's place, or must not. */
export type Locate = (artifactUri: string) => ArtifactLocation

const proxyAnchor = '/api/2.0/mlflow-artifacts/artifacts'

/**
 * Finds the store of an `artifact_uri`.
 *
 * @param proxied what `mlflow-artifacts:` means; undefined when this server does not serve artifacts.
 * @param roots what any other URI must lie in. Anybody who may make an experiment chooses its artifact location, so
 *   without such a list every file of the machine, and every bucket that the server's credentials open, could be read
 *   and written through runs. MLflow's server has no such list.
 */
export function createLocate(proxied: ArtifactStore | undefined, roots: readonly ArtifactRoot[]): Locate {
  return (artifactUri) => {
    const scheme = artifactScheme(artifactUri)
    if (scheme === '' || scheme === 'file') return inFolder(roots, localPath(artifactUri), artifactUri)
    const found = scheme === 'mlflow-artifacts' ? undefined : below(roots, artifactUri)
    if (found) return found
    if (scheme === 'mlflow-artifacts' || scheme === 'http' || scheme === 'https') {
      const path = proxiedPath(artifactUri, scheme)
      if (!proxied) throw artifactsNotServed()
      return { store: proxied, folder: artifactFolder(path) }
    }
    throw notServed(artifactUri)
  }
}

/** Whether a URI leads through an artifact proxy, such as this server. */
export function isProxied(uri: string): boolean {
  return /^mlflow-artifacts:/i.test(uri) || (/^https?:/i.test(uri) && uri.includes(proxyAnchor))
}

/** What every artifact endpoint answers under --no-serve-artifacts; MLflow too says 503. */
export function artifactsNotServed(): ApiError {
  return new ApiError(
    'TEMPORARILY_UNAVAILABLE',
    'This server was started with --no-serve-artifacts, so it does not pass artifacts on. Start it with --serve-artifacts.',
  )
}

/**
 * The absolute path on this machine that a `file:` URI or a path names.
 * @throws ApiError INVALID_PARAMETER_VALUE when it is neither.
 */
function localPath(uri: string): string {
  const scheme = artifactScheme(uri)
  if (scheme === '') return resolve(uri)
  try {
    if (scheme === 'file') return resolve(fileURLToPath(uri))
  } catch {
    // Told below: another host's file, an encoded slash.
  }
  throw invalidParameter(`'${uri}' is not a path or a file: URI of this machine.`)
}

function proxiedPath(uri: string, scheme: string): string {
  const [, path = ''] = /^[^:]+:(?:\/\/[^/?#]*)?([^?#]*)/.exec(uri) ?? []
  const anchor = scheme === 'mlflow-artifacts' ? 0 : path.indexOf(proxyAnchor)
  if (anchor < 0) {
    throw notServed(uri)
  }
  const below = scheme === 'mlflow-artifacts' ? path : path.slice(anchor + proxyAnchor.length)
  // Clients put the path into a URL, so what is percent-encoded in it reaches the proxy decoded.
  const raw = below.replace(/^\/+/, '')
  try {
    return decodeURIComponent(raw)
  } catch {
    return raw
  }
}

function inFolder(roots: readonly ArtifactRoot[], path: string, uri: string): ArtifactLocation {
  for (const { store, uris } of roots) {
    for (const root of uris) {
      if (artifactScheme(root) !== '') continue
      const below = relative(root, path)
      if (!isAbsolute(below) && below !== '..' && !below.startsWith(`..${sep}`)) {
        return { store, folder: artifactFolder(below.replaceAll(sep, '/')) }
      }
    }
  }
  throw notServed(uri)
}

/** What follows the root in a URI is a key as it stands, as in MLflow: nothing in it is decoded. */
function below(roots: readonly ArtifactRoot[], uri: string): ArtifactLocation | undefined {
  const given = normal(uri)
  for (const { store, uris } of roots) {
    for (const root of uris) {
      const whole = normal(root)
      if (given === undefined || whole === undefined) continue
      if (given === whole) return { store, folder: '' }
      if (given.startsWith(`${whole}/`)) return { store, folder: artifactFolder(given.slice(whole.length + 1)) }
    }
  }
  return undefined
}

/** Scheme and host in small letters, no slash at the end, none twice, nothing after the path; undefined for a path. */
function normal(uri: string): string | undefined {
  const [, scheme, host, path = ''] = /^([^:/]+):\/\/([^/?#]+)([^?#]*)/.exec(uri) ?? []
  if (scheme === undefined || host === undefined) return undefined
  const names = path.split('/').filter(Boolean)
  return [`${scheme.toLowerCase()}://${host.toLowerCase()}`, ...names].join('/')
}

function notServed(uri: string): ApiError {
  return new ApiError(
    'PERMISSION_DENIED',
    `The server does not serve artifacts at '${uri}', as it lies in none of its artifact roots. ` +
      'They are set with --artifacts-destination and --default-artifact-root.',
  )
}
