import { queryOptions } from '@tanstack/react-query'
import { server } from '../server.ts'
import { type ArtifactRoot, joined, ownerOf } from './artifact-root.ts'

export interface ArtifactEntry {
  /** From the root. */
  readonly path: string
  readonly isFolder: boolean
  /** Bytes; undefined for a folder. */
  readonly size: number | undefined
}

export interface ArtifactFolder {
  /** Folders first, each kind by name. */
  readonly entries: readonly ArtifactEntry[]
  /** Whether there are more than are listed here. */
  readonly isCut: boolean
}

/** How many pages of a listing are read: tens of thousands of files. */
const maxPages = 20

/** What lies in a folder of some artifacts. */
export function folderQuery(root: ArtifactRoot, path: string) {
  return queryOptions({
    queryKey: ['artifacts', ownerOf(root), path],
    queryFn: async ({ signal }): Promise<ArtifactFolder> => {
      const entries: ArtifactEntry[] = []
      let token: string | undefined
      for (let page = 0; page < maxPages; page++) {
        const listed = await listPage(root, path, token, signal)
        for (const { path: at, is_dir, file_size } of listed.files ?? []) {
          entries.push({ path: at, isFolder: is_dir, size: is_dir ? undefined : Number(file_size ?? 0) })
        }
        token = listed.next_page_token || undefined
        if (token === undefined) break
      }
      entries.sort(byKindAndName)
      return { entries, isCut: token !== undefined }
    },
  })
}

async function listPage(root: ArtifactRoot, path: string, token: string | undefined, signal: AbortSignal) {
  const page = token === undefined ? {} : { page_token: token }
  if ('runId' in root) return server.listArtifacts({ run_id: root.runId, path, ...page }, { signal })
  if ('modelId' in root) {
    return server.listLoggedModelArtifacts(
      { model_id: root.modelId, artifact_directory_path: path, ...page },
      { signal },
    )
  }
  return listVersion(root, path, signal)
}

/** A version's files have no listing of their own: they are where its address says. */
async function listVersion(root: { name: string; version: string }, path: string, signal: AbortSignal) {
  const { artifact_uri: uri } = await server.getModelVersionDownloadUri(root, { signal })
  const below = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*?)\/?$/.exec(uri)?.[1]
  if (below === undefined) {
    throw new Error(`The files of this version lie at ${uri}, which this server does not list.`)
  }
  const { files = [] } = await server.listProxiedArtifacts({ path: joined(decodeURI(below), path) }, { signal })
  return { files: files.map((file) => ({ ...file, path: joined(path, file.path) })), next_page_token: '' }
}

const { compare } = new Intl.Collator('en', { numeric: true })

function byKindAndName(one: ArtifactEntry, other: ArtifactEntry): number {
  return Number(other.isFolder) - Number(one.isFolder) || compare(one.path, other.path)
}
