import { ApiError, invalidParameter } from '@trackway/api'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { artifactFolder } from './artifact-path.ts'
import type { ArtifactStore } from './artifact-store.ts'
import type { LocalArtifactStore } from './local-artifact-store.ts'

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
 * @param local the folders that `file:` URIs and plain paths may lie in. Anybody who may make an experiment chooses
 *   its artifact location, so without such a list every file of the machine could be read and written through runs.
 */
export function createLocate(proxied: ArtifactStore | undefined, local: readonly LocalArtifactStore[]): Locate {
  return (artifactUri) => {
    const scheme = schemeOf(artifactUri)
    if (scheme === 'mlflow-artifacts' || scheme === 'http' || scheme === 'https') {
      if (!proxied) throw artifactsNotServed()
      return { store: proxied, folder: artifactFolder(proxiedPath(artifactUri, scheme)) }
    }
    if (scheme !== '' && scheme !== 'file') {
      throw new ApiError(
        'NOT_IMPLEMENTED',
        `Artifacts at '${scheme}:' are not supported by this server: ${artifactUri}`,
      )
    }
    return inside(local, localPath(artifactUri), artifactUri)
  }
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
  const scheme = schemeOf(uri)
  if (scheme === '') return resolve(uri)
  try {
    if (scheme === 'file') return resolve(fileURLToPath(uri))
  } catch {
    // Told below: another host's file, an encoded slash.
  }
  throw invalidParameter(`'${uri}' is not a path or a file: URI of this machine.`)
}

/** The scheme in lower case; '' for a path, also one with a Windows drive. */
function schemeOf(uri: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]
  return scheme?.toLowerCase() ?? ''
}

function proxiedPath(uri: string, scheme: string): string {
  const [, path = ''] = /^[^:]+:(?:\/\/[^/?#]*)?([^?#]*)/.exec(uri) ?? []
  const anchor = scheme === 'mlflow-artifacts' ? 0 : path.indexOf(proxyAnchor)
  if (anchor < 0) {
    throw new ApiError('NOT_IMPLEMENTED', `Artifacts at '${uri}' are not supported: it is no artifact proxy's address.`)
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

function inside(local: readonly LocalArtifactStore[], path: string, uri: string): ArtifactLocation {
  for (const store of local) {
    for (const root of [store.root, store.namedRoot]) {
      const below = relative(root, path)
      if (!isAbsolute(below) && below !== '..' && !below.startsWith(`..${sep}`)) {
        return { store, folder: artifactFolder(below.replaceAll(sep, '/')) }
      }
    }
  }
  throw new ApiError(
    'PERMISSION_DENIED',
    `The server does not serve artifacts at '${uri}', as it lies in none of its artifact folders. ` +
      'They are set with --artifacts-destination and --default-artifact-root.',
  )
}
