import { invalidParameter } from '@trackway/api'
import type { Request } from '@trackway/api'

import type { Locate } from '../artifacts/artifact-location.ts'
import { artifactFile, artifactFolder, pathBelow } from '../artifacts/artifact-path.ts'
import type { ArtifactOwner } from '../operations.ts'
import { versionNumber } from '../registry/rules.ts'
import { sendArchive } from './artifact-archive.ts'
import { sendPreview } from './artifact-preview.ts'
import type { PreviewOptions } from './artifact-preview.ts'
import { sendJson } from './json-reply.ts'
import { queryRequest } from './stream-request.ts'
import type { StreamHandler } from './stream-request.ts'

type ViewEndpointName = 'previewArtifact' | 'archiveArtifacts' | 'deleteRunArtifact'

interface ArtifactViewsOptions extends Pick<PreviewOptions, 'isFramedByAnyone'> {
  readonly locate: Locate
  /** Where the artifacts of a run, logged model or version lie; rejects with RESOURCE_DOES_NOT_EXIST. */
  readonly rootOf: (owner: ArtifactOwner) => Promise<string>
}

/** The handlers of what people do with artifacts in a browser. */
export function createArtifactViews({
  locate,
  rootOf,
  isFramedByAnyone,
}: ArtifactViewsOptions): Record<ViewEndpointName, StreamHandler> {
  return {
    async previewArtifact(request, reply) {
      const { path, scripts, ...ids } = queryRequest('previewArtifact', request)
      const owner = ownerOf(ids)
      const file = artifactFile(path)
      const { store, folder } = locate(await rootOf(owner))
      const options = { allowsScripts: scripts === 'allow', isFramedByAnyone }
      return await sendPreview(request, reply, { store, path: pathBelow(folder, file) }, options)
    },

    async archiveArtifacts(request, reply) {
      const { path = '', ...ids } = queryRequest('archiveArtifacts', request)
      const owner = ownerOf(ids)
      const below = artifactFolder(path)
      const { store, folder } = locate(await rootOf(owner))
      const name = below === '' ? 'artifacts' : below.slice(below.lastIndexOf('/') + 1)
      return await sendArchive(request, reply, { store, path: pathBelow(folder, below), name })
    },

    async deleteRunArtifact(request, reply) {
      const { run_id, artifact_path } = queryRequest('deleteRunArtifact', request)
      const below = artifactFolder(artifact_path)
      if (below === '')
        throw invalidParameter('Name the file or folder to delete: all artifacts of a run stay with it.')
      const { store, folder } = locate(await rootOf({ run: run_id }))
      await store.delete(pathBelow(folder, below))
      return sendJson(reply, '{}')
    },
  }
}

type OwnerIds = Pick<Request<'previewArtifact'>, 'run_id' | 'model_id' | 'name' | 'version'>

function ownerOf({ run_id, model_id, name, version }: OwnerIds): ArtifactOwner {
  const owners: ArtifactOwner[] = []
  if (run_id) owners.push({ run: run_id })
  if (model_id) owners.push({ loggedModel: model_id })
  if (name && version) owners.push({ name, version: versionNumber(version) })
  const [owner, ...others] = owners
  if (owner && others.length === 0) return owner
  throw invalidParameter("Say whose artifacts, by one of 'run_id', 'model_id', or 'name' together with 'version'.")
}
