import { ApiError, endpoints, invalidParameter } from '@trackway/api'
import { encode } from '@trackway/api/codec'

import type { Locate } from '../artifacts/artifact-location.ts'
import { isProxied } from '../artifacts/artifact-location.ts'
import { artifactFile, pathBelow } from '../artifacts/artifact-path.ts'
import type { ArtifactStore, Presigning } from '../artifacts/artifact-store.ts'
import type { ArtifactOwner } from '../operations.ts'
import { sendJson } from './json-reply.ts'
import { jsonRequest, queryRequest } from './stream-request.ts'
import type { StreamHandler } from './stream-request.ts'

type PresignedEndpointName = 'getPresignedDownloadUrl' | 'createPresignedDownloadUrl' | 'createPresignedUploadUrl'

/** What MLflow gives a URL for an upload. */
const defaultUploadSeconds = 900
const mostSeconds = 604_800

interface PresignedStreamsOptions {
  readonly proxied: () => ArtifactStore
  readonly locate: Locate
  readonly rootOf: (owner: ArtifactOwner) => Promise<string>
  /** Undefined where all bytes are to pass through the server. */
  readonly direct: { readonly downloadSeconds: number } | undefined
}

/** The handlers that lead clients past the server, to an object store. */
export function createPresignedStreams({
  proxied,
  locate,
  rootOf,
  direct,
}: PresignedStreamsOptions): Record<PresignedEndpointName, StreamHandler> {
  return {
    async getPresignedDownloadUrl(request, reply) {
      const store = proxied()
      const { artifact_path } = queryRequest('getPresignedDownloadUrl', request)
      const file = artifactFile(artifact_path)
      if (!direct) throw notPresigned('download')
      const presigning = presigningOf(store, 'download')
      const { url, headers, size } = await presigning.download(file, direct.downloadSeconds)
      reply.header('cache-control', 'no-store')
      return sendJson(reply, encode(endpoints.getPresignedDownloadUrl.response, { url, headers, file_size: size }))
    },

    async createPresignedDownloadUrl(request, reply) {
      const { run_id, path, expiration } = await jsonRequest('createPresignedDownloadUrl', request)
      const file = artifactFile(path)
      const seconds = secondsOf(expiration, direct?.downloadSeconds)
      const { presigning, place } = await directly({ run: run_id }, file, 'download')
      const { url, headers, size } = await presigning.download(place, seconds)
      const response = { presigned_url: url, headers, file_size: size }
      reply.header('cache-control', 'no-store')
      return sendJson(reply, encode(endpoints.createPresignedDownloadUrl.response, response))
    },

    async createPresignedUploadUrl(request, reply) {
      const { run_id, model_id, path, expiration } = await jsonRequest('createPresignedUploadUrl', request)
      const file = artifactFile(path)
      const seconds = secondsOf(expiration, defaultUploadSeconds)
      if (!run_id === !model_id) throw invalidParameter("Exactly one of 'run_id' and 'model_id' must be provided.")
      const owner = run_id ? { run: run_id } : { loggedModel: model_id ?? '' }
      const { presigning, place } = await directly(owner, file, 'upload')
      const { url, headers } = await presigning.upload(place, seconds)
      reply.header('cache-control', 'no-store')
      return sendJson(reply, encode(endpoints.createPresignedUploadUrl.response, { presigned_url: url, headers }))
    },
  }

  async function directly(
    owner: ArtifactOwner,
    file: string,
    what: 'download' | 'upload',
  ): Promise<{ presigning: Presigning; place: string }> {
    const uri = await rootOf(owner)
    if (isProxied(uri)) {
      throw invalidParameter(
        `A presigned ${what} needs artifacts that clients reach directly; these pass through the server: ${uri}`,
      )
    }
    const { store, folder } = locate(uri)
    if (!direct) throw notPresigned(what)
    return { presigning: presigningOf(store, what), place: pathBelow(folder, file) }
  }
}

function presigningOf({ presigning }: ArtifactStore, what: 'download' | 'upload'): Presigning {
  if (!presigning) throw notPresigned(what)
  return presigning
}

/** MLflow's clients know its first words, and let the bytes pass through the server then. */
function notPresigned(what: 'download' | 'upload'): ApiError {
  return new ApiError(
    'NOT_IMPLEMENTED',
    `Presigned ${what} is not supported for the current artifact repository: the bytes pass through the server.`,
  )
}

/** Stores refuse what lives longer than a week only when it is used; MLflow refuses it before, and so do we. */
function secondsOf(expiration: number | bigint | undefined, fallback = 300): number {
  const seconds = Number(expiration ?? fallback)
  if (seconds >= 1 && seconds <= mostSeconds) return seconds
  throw invalidParameter(`Invalid value ${seconds} for parameter 'expiration': it must be from 1 to ${mostSeconds}.`)
}
