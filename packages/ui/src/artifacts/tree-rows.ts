import type { ArtifactFolder } from './artifact-folders.ts'

export interface TreeRow {
  readonly kind: 'folder' | 'file' | 'loading' | 'failed' | 'note'
  /** Of the file or folder; of what stands for the content of a folder, a path below it that no file has. */
  readonly path: string
  /** Depth, from 1. */
  readonly level: number
  readonly size: number | undefined
  /** Its place among those beside it, from 1, and how many those are. */
  readonly position: number
  readonly setSize: number
  /** Why a folder's content is not shown. */
  readonly reason?: string
}

/** What is known of a folder's content. */
interface FolderState {
  readonly data: ArtifactFolder | undefined
  readonly error: Error | null
}

/** The rows of a tree from top to bottom: what lies in open folders, with a word where that is not there. */
export function treeRows(
  isOpen: (folder: string) => boolean,
  stateOf: (folder: string) => FolderState | undefined,
): TreeRow[] {
  const rows: TreeRow[] = []
  const add = (folder: string, level: number): void => {
    const state = stateOf(folder)
    const single = { path: `${folder}/`, level, size: undefined, position: 1, setSize: 1 }
    if (!state?.data) {
      if (state?.error) rows.push({ ...single, kind: 'failed', reason: state.error.message })
      else rows.push({ ...single, kind: 'loading' })
      return
    }
    const { entries, isCut } = state.data
    if (entries.length === 0 && folder !== '') rows.push({ ...single, kind: 'note', reason: 'Empty' })
    entries.forEach(({ path, isFolder, size }, index) => {
      rows.push({ kind: isFolder ? 'folder' : 'file', path, level, size, position: index + 1, setSize: entries.length })
      if (isFolder && isOpen(path)) add(path, level + 1)
    })
    if (isCut) rows.push({ ...single, kind: 'note', reason: `Only the first ${entries.length} are listed` })
  }
  add('', 1)
  return rows
}
