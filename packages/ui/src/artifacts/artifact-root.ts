import type { Request } from '@trackway/sdk'
import { serverUrl } from '../server.ts'

/** Whose artifacts are shown. */
export type ArtifactRoot =
  | { readonly runId: string }
  | { readonly modelId: string }
  | { readonly name: string; readonly version: string }

type OwnerIds = Pick<Request<'previewArtifact'>, 'run_id' | 'model_id' | 'name' | 'version'>

/** The owner as the endpoints take it. */
export function ownerOf(root: ArtifactRoot): OwnerIds {
  if ('runId' in root) return { run_id: root.runId }
  if ('modelId' in root) return { model_id: root.modelId }
  return { name: root.name, version: root.version }
}

/** Where a file's bytes are, with its true type and a policy under which nothing in it acts as our page. */
export function previewUrl(root: ArtifactRoot, path: string, { scripts = false } = {}): string {
  return address('preview', { ...ownerOf(root), path, ...(scripts && { scripts: 'allow' }) })
}

/** Where a folder is to be had as one ZIP file; all artifacts when `path` is empty. */
export function archiveUrl(root: ArtifactRoot, path: string): string {
  return address('archive', { ...ownerOf(root), ...(path !== '' && { path }) })
}

function address(what: 'preview' | 'archive', fields: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  return `${serverUrl}/api/trackway/v1/artifacts/${what}?${query}`
}

/** The last part of a path: a file's or folder's own name. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The folder that a file or folder lies in; empty for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** A path below a folder, which may be the root. */
export function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}
