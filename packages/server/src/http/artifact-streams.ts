import { endpoints, invalidParameter } from '@trackway/api'
import type { FileInfo, StreamEndpointName } from '@trackway/api'
import { encode } from '@trackway/api/codec'
import type { FastifyRequest } from 'fastify'
import { artifactsNotServed } from '../artifacts/artifact-location.ts'
import type { ArtifactLocation, Locate } from '../artifacts/artifact-location.ts'
import { artifactFile, artifactFolder, pathBelow } from '../artifacts/artifact-path.ts'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { ArtifactOwner } from '../operations.ts'
import { versionNumber } from '../registry/rules.ts'
import { sendArtifact } from './artifact-download.ts'
import { createArtifactViews } from './artifact-views.ts'
import { createMultipartStreams } from './artifact-multipart.ts'
import { createPresignedStreams } from './artifact-presigned.ts'
import { sendJson } from './json-reply.ts'
import { announcedSize, bodyOf, queryRequest } from './stream-request.ts'
import type { StreamHandler } from './stream-request.ts'

export type { StreamHandler }

export type ArtifactEndpointName = Exclude<StreamEndpointName, 'getServerInfo' | 'testWebhook' | 'streamEvents'>

export interface ArtifactStreamsOptions {
  /** What the `mlflow-artifacts` endpoints serve; undefined under --no-serve-artifacts. */
  readonly store: ArtifactStore | undefined
  readonly locate: Locate
  /** Where the artifacts of a run, logged model or version lie; rejects with RESOURCE_DOES_NOT_EXIST. */
  readonly rootOf: (owner: ArtifactOwner) => Promise<string>
  /** How clients may be led straight to an object store; undefined where all bytes pass through the server. */
  readonly direct?: { readonly downloadSeconds: number } | undefined
  /** Whether a page that other sites frame may show artifacts. */
  readonly isFramedByAnyone?: boolean
}

/** The handlers of all endpoints that list and move artifacts. */
export function createArtifactStreams({
  store,
  locate,
  rootOf,
  direct,
  isFramedByAnyone = false,
}: ArtifactStreamsOptions): Record<ArtifactEndpointName, StreamHandler> {
  return {
    async listArtifacts(request, reply) {
      const { path = '', ...ids } = queryRequest('listArtifacts', request)
      const runId = runIdOf(ids)
      const folder = artifactFolder(path)
      const root_uri = await rootOf({ run: runId })
      const files = await filesBelow(locate(root_uri), folder)
      return sendJson(reply, encode(endpoints.listArtifacts.response, { root_uri, files }))
    },

    async getArtifact(request, reply) {
      const { path, ...ids } = queryRequest('getArtifact', request)
      const runId = runIdOf(ids)
      const file = artifactFile(path)
      const root = locate(await rootOf({ run: runId }))
      return await sendArtifact(request, reply, root.store, pathBelow(root.folder, file))
    },

    async uploadArtifact(request, reply) {
      return await receiving(request, async () => {
        const { path, ...ids } = queryRequest('uploadArtifact', request)
        const runId = runIdOf(ids)
        const file = artifactFile(path)
        const root = locate(await rootOf({ run: runId }))
        await root.store.put(pathBelow(root.folder, file), bodyOf(request), { size: announcedSize(request) })
        return await reply.send()
      })
    },

    async listLoggedModelArtifacts(request, reply) {
      const { model_id, artifact_directory_path = '' } = queryRequest('listLoggedModelArtifacts', request)
      const folder = artifactFolder(artifact_directory_path)
      const root_uri = await rootOf({ loggedModel: model_id })
      const files = await filesBelow(locate(root_uri), folder)
      return sendJson(reply, encode(endpoints.listLoggedModelArtifacts.response, { root_uri, files }))
    },

    async getLoggedModelArtifact(request, reply) {
      const { model_id, artifact_file_path } = queryRequest('getLoggedModelArtifact', request)
      const file = artifactFile(artifact_file_path)
      const root = locate(await rootOf({ loggedModel: model_id }))
      return await sendArtifact(request, reply, root.store, pathBelow(root.folder, file))
    },

    async getModelVersionArtifact(request, reply) {
      const { name, version, path } = queryRequest('getModelVersionArtifact', request)
      const file = artifactFile(path)
      const root = locate(await rootOf({ name, version: versionNumber(version) }))
      return await sendArtifact(request, reply, root.store, pathBelow(root.folder, file))
    },

    async listProxiedArtifacts(request, reply) {
      const { path = '' } = queryRequest('listProxiedArtifacts', request)
      const files = await filesOf(proxied(), artifactFolder(path), '')
      return sendJson(reply, encode(endpoints.listProxiedArtifacts.response, { files }))
    },

    async downloadProxiedArtifact(request, reply) {
      const { artifact_path } = queryRequest('downloadProxiedArtifact', request)
      return await sendArtifact(request, reply, proxied(), artifactFile(artifact_path))
    },

    async uploadProxiedArtifact(request, reply) {
      return await receiving(request, async () => {
        const { artifact_path } = queryRequest('uploadProxiedArtifact', request)
        await proxied().put(artifactFile(artifact_path), bodyOf(request), { size: announcedSize(request) })
        return await reply.send()
      })
    },

    async deleteProxiedArtifact(request, reply) {
      const { artifact_path } = queryRequest('deleteProxiedArtifact', request)
      await proxied().delete(artifactFolder(artifact_path))
      return sendJson(reply, '{}')
    },

    ...createArtifactViews({ locate, rootOf, isFramedByAnyone }),
    ...createMultipartStreams(proxied, direct !== undefined),
    ...createPresignedStreams({ proxied, locate, rootOf, direct }),
  }

  function proxied(): ArtifactStore {
    if (!store) throw artifactsNotServed()
    return store
  }
}

/** Takes an upload; on failure the rest of the body is read over, as the client looks for the reply only after it. */
async function receiving<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    bodyOf(request).resume()
    throw error
  }
}

function runIdOf(ids: { run_id?: string | undefined; run_uuid?: string | undefined }): string {
  const runId = ids.run_id || ids.run_uuid
  if (!runId) throw invalidParameter("Missing value for required parameter 'run_id'.")
  return runId
}

async function filesBelow({ store, folder }: ArtifactLocation, below: string): Promise<FileInfo[]> {
  return await filesOf(store, pathBelow(folder, below), below)
}

/** The files of a folder, with `shown` before their names. */
async function filesOf(store: ArtifactStore, folder: string, shown: string): Promise<FileInfo[]> {
  return (await store.list(folder)).map(({ name, isFolder, size }) => ({
    path: pathBelow(shown, name),
    is_dir: isFolder,
    file_size: size,
  }))
}
