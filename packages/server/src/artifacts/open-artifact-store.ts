import { fileURLToPath } from 'node:url'

import type { ArtifactStore } from './artifact-store.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A place that the server was told to use for artifacts. */
export interface ArtifactRoot {
  readonly store: ArtifactStore
  /** Its root, under each name it has: absolute paths, or a URI. */
  readonly uris: readonly string[]
}

/** One file for each kind of store, whose SDK is loaded only when it is used. */
const openers: Readonly<Record<string, (uri: string, env: Environment) => Promise<ArtifactStore>>> = {
  s3: async (uri, env) => await (await import('./s3-artifact-store.ts')).openS3ArtifactStore(uri, env),
  gs: async (uri, env) => await (await import('./gcs-artifact-store.ts')).openGcsArtifactStore(uri, env),
  wasbs: openAzure,
  abfss: openAzure,
  http: openHttp,
  https: openHttp,
}

async function openAzure(uri: string, env: Environment): Promise<ArtifactStore> {
  return await (await import('./azure-artifact-store.ts')).openAzureArtifactStore(uri, env)
}

async function openHttp(uri: string, env: Environment): Promise<ArtifactStore> {
  return await (await import('./http-artifact-store.ts')).openHttpArtifactStore(uri, env)
}

/** The schemes of artifact roots that this server can open, besides folders. */
export const artifactSchemes: readonly string[] = Object.keys(openers)

/** The URI's scheme in small letters; '' for a path, also one with a Windows drive. */
export function artifactScheme(uri: string): string {
  return /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase() ?? ''
}

/**
 * Opens the store of an artifact root.
 * @param uri an absolute path, a `file:` URI, or a URI of one of `artifactSchemes`.
 * @param onFault hears of what fails in the background; nothing is lost by it but space.
 * @returns undefined for a URI of another kind.
 * @throws StartupError where the URI or its settings cannot be understood, or a folder cannot be used.
 */
export async function openArtifactStore(
  uri: string,
  { env, onFault }: { readonly env: Environment; readonly onFault: (error: unknown) => void },
): Promise<ArtifactRoot | undefined> {
  const scheme = artifactScheme(uri)
  if (scheme === '' || scheme === 'file') {
    const { openLocalArtifactStore } = await import('./local-artifact-store.ts')
    const store = await openLocalArtifactStore(scheme === '' ? uri : fileURLToPath(uri), onFault)
    return { store, uris: [store.root, store.namedRoot] }
  }
  const open = openers[scheme]
  return open && { store: await open(uri, env), uris: [uri] }
}
