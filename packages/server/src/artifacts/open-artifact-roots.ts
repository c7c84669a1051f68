import { ApiError } from '@trackway/api'

import { StartupError } from '../startup-error.ts'
import { isProxied } from './artifact-location.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { openArtifactStore } from './open-artifact-store.ts'
import type { ArtifactRoot } from './open-artifact-store.ts'

/** How long the start waits for a store to answer; one that is slower is asked on beside the work. */
const patienceMs = 2000
const checkTimeoutMs = 15_000

export interface ArtifactRoots {
  /** What lies behind the artifact proxy; undefined under --no-serve-artifacts. */
  readonly proxied: ArtifactStore | undefined
  /** Every place whose artifacts the server reads and writes for its clients. */
  readonly roots: readonly ArtifactRoot[]
  close(): Promise<void>
}

interface ArtifactPlaces {
  readonly serveArtifacts: boolean
  readonly artifactsDestination: string
  readonly defaultArtifactRoot: string
}

/**
 * Opens the stores that the server was started with: the one behind the proxy, and the root of new experiments, whose
 * artifacts clients write by themselves but look at here. A store that is away for a moment does not hinder the start.
 * @throws StartupError where a folder cannot be used, a URI makes no sense, or a bucket does not exist.
 */
export async function openArtifactRoots(
  { serveArtifacts, artifactsDestination, defaultArtifactRoot }: ArtifactPlaces,
  env: Readonly<Record<string, string | undefined>>,
  report: (fault: unknown, what: string) => void,
): Promise<ArtifactRoots> {
  const roots: ArtifactRoot[] = []
  const leaving = new AbortController()

  async function open(uri: string): Promise<ArtifactStore | undefined> {
    const onFault = (fault: unknown): void => report(fault, 'the artifact folder could not be tidied')
    const root = await openArtifactStore(uri, { env, onFault })
    if (!root) return undefined
    roots.push(root)
    await check(root.store, uri)
    return root.store
  }

  async function check(store: ArtifactStore, uri: string): Promise<void> {
    if (!store.check) return
    const signal = AbortSignal.any([AbortSignal.timeout(checkTimeoutMs), leaving.signal])
    let isStarting = true
    const answer = store.check(signal).catch((error: unknown) => {
      const isMissing = error instanceof ApiError && error.code === 'RESOURCE_DOES_NOT_EXIST'
      if (isMissing && isStarting) throw new StartupError(error.message, { cause: error })
      if (!leaving.signal.aborted) report(error, `the artifact store ${uri} does not answer as it should`)
    })
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs)
    })
    await Promise.race([answer, patience])
    isStarting = false
    clearTimeout(timer)
  }

  async function close(): Promise<void> {
    leaving.abort()
    await Promise.all(roots.map(({ store }) => store.close()))
  }

  try {
    const proxied = serveArtifacts ? await open(artifactsDestination) : undefined
    const isOther = !serveArtifacts || defaultArtifactRoot !== artifactsDestination
    if (isOther && !isProxied(defaultArtifactRoot)) await open(defaultArtifactRoot)
    return { proxied, roots, close }
  } catch (error) {
    await close()
    throw error
  }
}
