import { useQuery } from '@tanstack/react-query'
import { CatchBoundary } from '@tanstack/react-router'
import { Download, ExternalLink } from 'lucide-react'
import { type ComponentType, lazy } from 'react'
import { buttonLink } from '../controls/button.tsx'
import { CopyButton } from '../controls/copy-button.tsx'
import { sizeText } from '../controls/display-text.ts'
import { Failure, Loading } from '../controls/notices.tsx'
import type { ArtifactEntry } from './artifact-folders.ts'
import { type ArtifactRoot, baseName, ownerOf, previewUrl } from './artifact-root.ts'
import { readHead } from './byte-range.ts'
import { DeleteArtifact } from './delete-artifact.tsx'
import styles from './file-pane.module.css'
import { isBinary, type MediaKind, mediaKind } from './media-kind.ts'
import { PathBar } from './path-bar.tsx'
import type { ViewerProps } from './viewers/viewer.ts'
import { errorOf } from '../controls/thrown.ts'

const ImageViewer = lazy(async () => ({ default: (await import('./viewers/image-viewer.tsx')).ImageViewer }))
const TextViewer = lazy(async () => ({ default: (await import('./viewers/text-viewer.tsx')).TextViewer }))
const CodeViewer = lazy(async () => ({ default: (await import('./viewers/code-viewer.tsx')).CodeViewer }))
const JsonViewer = lazy(async () => ({ default: (await import('./viewers/json-viewer.tsx')).JsonViewer }))
const CsvViewer = lazy(async () => ({ default: (await import('./viewers/csv-viewer.tsx')).CsvViewer }))
const ParquetViewer = lazy(async () => ({ default: (await import('./viewers/parquet-viewer.tsx')).ParquetViewer }))
const MarkdownViewer = lazy(async () => ({ default: (await import('./viewers/markdown-viewer.tsx')).MarkdownViewer }))
const NotebookViewer = lazy(async () => ({ default: (await import('./viewers/notebook-viewer.tsx')).NotebookViewer }))
const HtmlViewer = lazy(async () => ({ default: (await import('./viewers/html-viewer.tsx')).HtmlViewer }))
const MediaViewer = lazy(async () => ({ default: (await import('./viewers/media-viewer.tsx')).MediaViewer }))
const BinaryViewer = lazy(async () => ({ default: (await import('./viewers/binary-viewer.tsx')).BinaryViewer }))

const viewers: Readonly<Record<MediaKind, ComponentType<ViewerProps>>> = {
  image: ImageViewer,
  audio: MediaViewer,
  video: MediaViewer,
  pdf: MediaViewer,
  html: HtmlViewer,
  markdown: MarkdownViewer,
  notebook: NotebookViewer,
  json: JsonViewer,
  table: CsvViewer,
  parquet: ParquetViewer,
  numpy: BinaryViewer,
  code: CodeViewer,
  text: TextViewer,
  unknown: SniffedViewer,
}

interface FilePaneProps {
  readonly root: ArtifactRoot
  readonly entry: ArtifactEntry
  readonly onOpen: (path: string) => void
  readonly isEditable: boolean
}

/** One file: what it is, what can be done with it, and what is in it. */
export function FilePane({ root, entry, onOpen, isEditable }: FilePaneProps) {
  const { path, size = 0 } = entry
  const url = previewUrl(root, path)
  const Viewer = viewers[mediaKind(path)]
  return (
    <>
      <header className={styles['head']}>
        <PathBar path={path} onOpen={onOpen} />
        <span className="quiet">{sizeText(size)}</span>
        <CopyButton text={path} label="Copy path" />
        <a className={`${buttonLink} ${styles['icon']}`} href={url} target="_blank" rel="noreferrer" title="Open alone">
          <ExternalLink aria-hidden="true" />
          <span className="visually-hidden">Open alone</span>
        </a>
        <a className={buttonLink} href={url} download={baseName(path)}>
          <Download aria-hidden="true" /> Download
        </a>
        {isEditable && 'runId' in root && <DeleteArtifact runId={root.runId} path={path} onOpen={onOpen} />}
      </header>
      <div className={styles['body']}>
        {size === 0 ? (
          <p className={styles['note']}>The file is empty.</p>
        ) : (
          <CatchBoundary
            getResetKey={() => path}
            errorComponent={({ error, reset }) => (
              <Failure what="The file could not be shown." error={errorOf(error)} retry={reset} />
            )}
          >
            <Viewer root={root} path={path} size={size} url={url} onOpen={onOpen} />
          </CatchBoundary>
        )}
      </div>
    </>
  )
}

/** Decides by the first bytes of a file whose name says nothing. */
function SniffedViewer(props: ViewerProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['artifact', ownerOf(props.root), props.path, 'head'],
    queryFn: async ({ signal }) => isBinary((await readHead(props.url, 4096, signal)).bytes),
  })
  if (error) return <Failure what="The file could not be read." error={error} retry={refetch} />
  if (data === undefined) return <Loading what="the file" />
  return data ? <BinaryViewer {...props} /> : <TextViewer {...props} />
}
