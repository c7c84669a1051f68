import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Download, RefreshCw, Upload } from 'lucide-react'
import { useState } from 'react'
import { Button, buttonLink, IconButton } from '../controls/button.tsx'
import { countText, sizeText } from '../controls/display-text.ts'
import { Failure, Loading } from '../controls/notices.tsx'
import { folderQuery } from './artifact-folders.ts'
import { type ArtifactRoot, archiveUrl, baseName, previewUrl } from './artifact-root.ts'
import { DeleteArtifact } from './delete-artifact.tsx'
import paneStyles from './file-pane.module.css'
import styles from './folder-pane.module.css'
import { mediaKind } from './media-kind.ts'
import { PathBar } from './path-bar.tsx'
import { useUpload } from './upload-zone.tsx'

interface FolderPaneProps {
  readonly root: ArtifactRoot
  readonly path: string
  readonly onOpen: (path: string) => void
  readonly isEditable: boolean
}

/** How many pictures are shown at first, and further ones each time. */
const picturesAtOnce = 48

/** A folder: how much is in it, its pictures, and what can be done with it. */
export function FolderPane({ root, path, onOpen, isEditable }: FolderPaneProps) {
  const queries = useQueryClient()
  const { data, error, refetch } = useQuery(folderQuery(root, path))
  const [shown, setShown] = useState(picturesAtOnce)
  const upload = useUpload()
  if (error && !data) return <Failure what="The folder could not be listed." error={error} retry={refetch} />
  if (!data) return <Loading what="the folder" />
  const files = data.entries.filter(({ isFolder }) => !isFolder)
  const folders = data.entries.length - files.length
  const pictures = files.filter((file) => mediaKind(file.path) === 'image')
  const bytes = files.reduce((sum, { size = 0 }) => sum + size, 0)
  return (
    <>
      <header className={paneStyles['head']}>
        <PathBar path={path} onOpen={onOpen} />
        <IconButton label="Read again" onClick={() => void queries.invalidateQueries({ queryKey: ['artifacts'] })}>
          <RefreshCw />
        </IconButton>
        {upload && (
          <Button onClick={upload}>
            <Upload /> Upload
          </Button>
        )}
        <a className={buttonLink} href={archiveUrl(root, path)} download>
          <Download aria-hidden="true" /> Download{path === '' ? ' all' : ' folder'}
        </a>
        {isEditable && path !== '' && 'runId' in root && (
          <DeleteArtifact runId={root.runId} path={path} isFolder onOpen={onOpen} />
        )}
      </header>
      <div className={paneStyles['body']}>
        <p className={styles['facts']}>
          {folders > 0 && `${countText(folders, 'folder')}, `}
          {countText(files.length, 'file')}
          {files.length > 0 && `, ${sizeText(bytes)}`}
          {upload && ' · drop files here to upload them'}
        </p>
        {pictures.length > 0 && (
          <ul className={styles['pictures']}>
            {pictures.slice(0, shown).map((picture) => (
              <li key={picture.path}>
                <button type="button" onClick={() => onOpen(picture.path)} title={picture.path}>
                  <img src={previewUrl(root, picture.path)} alt="" loading="lazy" decoding="async" />
                  <bdi className="cut">{baseName(picture.path)}</bdi>
                </button>
              </li>
            ))}
          </ul>
        )}
        {pictures.length > shown && (
          <Button className={styles['more']} onClick={() => setShown(shown + picturesAtOnce)}>
            Show more of {countText(pictures.length, 'picture')}
          </Button>
        )}
      </div>
    </>
  )
}
