import { useQuery } from '@tanstack/react-query'
import { type ReactNode, Suspense } from 'react'
import { EmptyState, Failure, Loading } from '../controls/notices.tsx'
import styles from './artifact-browser.module.css'
import { folderQuery } from './artifact-folders.ts'
import { type ArtifactRoot, parentOf } from './artifact-root.ts'
import { ArtifactTree } from './artifact-tree.tsx'
import { FilePane } from './file-pane.tsx'
import { FolderPane } from './folder-pane.tsx'
import { LogArtifactHint } from './log-artifact-hint.tsx'
import { UploadZone } from './upload-zone.tsx'

export type { ArtifactRoot } from './artifact-root.ts'

interface ArtifactBrowserProps {
  readonly root: ArtifactRoot
  /** The file or folder that is open, relative to the root; kept in the address by the page. */
  readonly path: string
  readonly onOpen: (path: string) => void
  /** Whether files can be uploaded and deleted here. */
  readonly isEditable?: boolean
}

/** The artifacts of a run, a logged model or a version: a tree, and what is open of it. */
export function ArtifactBrowser({ root, path, onOpen, isEditable = false }: ArtifactBrowserProps) {
  const top = useQuery(folderQuery(root, ''))
  const parent = useQuery({ ...folderQuery(root, parentOf(path)), enabled: path !== '' })
  const entry = parent.data?.entries.find((one) => one.path === path)
  // What its folder does not list may be a folder beyond what is listed, and else is not there.
  const isUnlisted = path !== '' && parent.data !== undefined && entry === undefined
  const itself = useQuery({ ...folderQuery(root, path), enabled: isUnlisted })

  if (top.error && !top.data) {
    return <Failure what="The artifacts could not be listed." error={top.error} retry={top.refetch} />
  }
  if (!top.data) return <Loading what="the artifacts" />
  const editedRunId = isEditable && 'runId' in root ? root.runId : undefined
  const folder = path === '' || entry?.isFolder || (itself.data?.entries.length ?? 0) > 0 ? path : parentOf(path)
  const content = (): ReactNode => {
    if (path === '' && top.data.entries.length === 0) {
      return (
        <EmptyState title="There are no artifacts">
          <LogArtifactHint root={root} />
        </EmptyState>
      )
    }
    if (folder === path) return <FolderPane root={root} path={path} onOpen={onOpen} isEditable={isEditable} />
    if (entry) return <FilePane key={path} root={root} entry={entry} onOpen={onOpen} isEditable={isEditable} />
    if (parent.error)
      return <Failure what="Its folder could not be listed." error={parent.error} retry={parent.refetch} />
    if (!isUnlisted || itself.isPending) return <Loading what="the file" />
    return (
      <EmptyState title="There is no such file">
        <p dir="auto">
          <code>{path}</code> is not among these artifacts. It may have been deleted or not be written yet.
        </p>
      </EmptyState>
    )
  }
  return (
    <UploadZone runId={editedRunId} folder={folder}>
      <div className={styles['browser']} data-empty={top.data.entries.length === 0}>
        {top.data.entries.length > 0 && (
          <nav className={styles['side']} aria-label="Artifacts">
            <ArtifactTree root={root} path={path} onOpen={onOpen} />
          </nav>
        )}
        <section className={styles['pane']} aria-label={path === '' ? 'All artifacts' : path}>
          <Suspense fallback={<Loading what="the viewer" />}>{content()}</Suspense>
        </section>
      </div>
    </UploadZone>
  )
}
