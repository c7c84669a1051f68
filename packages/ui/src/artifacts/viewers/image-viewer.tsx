import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight, Maximize, Minus, Plus } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '../../controls/button.tsx'
import { useShortcuts } from '../../shell/shortcuts.ts'
import { folderQuery } from '../artifact-folders.ts'
import { baseName, parentOf } from '../artifact-root.ts'
import { mediaKind } from '../media-kind.ts'
import styles from './image-viewer.module.css'
import type { ViewerProps } from './viewer.ts'

const steps = [0.1, 0.25, 0.5, 1, 2, 4, 8]

/** A picture, fitted or enlarged, with those beside it an arrow key away. */
export function ImageViewer({ root, path, url, onOpen }: ViewerProps) {
  const { data } = useQuery(folderQuery(root, parentOf(path)))
  const pictures = (data?.entries ?? []).filter((one) => !one.isFolder && mediaKind(one.path) === 'image')
  const index = pictures.findIndex((one) => one.path === path)
  // Undefined fits it into the pane.
  const [zoom, setZoom] = useState<number>()
  const [measure, setMeasure] = useState<{ width: number; height: number }>()
  const [hasFailed, setFailed] = useState(false)

  const go = (by: number): void => {
    const other = pictures[index + by]
    if (other) onOpen(other.path)
  }
  const enlarge = (by: 1 | -1): void => {
    const now = zoom ?? 1
    const next = by === 1 ? steps.find((step) => step > now) : steps.findLast((step) => step < now)
    setZoom(next ?? now)
  }
  const toggleFit = (): void => setZoom(zoom === undefined ? 1 : undefined)
  useShortcuts({
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    '+': () => enlarge(1),
    '-': () => enlarge(-1),
    '0': toggleFit,
  })
  return (
    <div className={styles['viewer']}>
      <div className={styles['bar']}>
        <IconButton label="Previous picture (←)" disabled={index <= 0} onClick={() => go(-1)}>
          <ChevronLeft />
        </IconButton>
        <span className="quiet">
          {index + 1} of {pictures.length}
        </span>
        <IconButton label="Next picture (→)" disabled={index === pictures.length - 1} onClick={() => go(1)}>
          <ChevronRight />
        </IconButton>
        <span className={styles['gap']} />
        {measure && measure.width > 0 && (
          <span className="quiet">
            {measure.width} × {measure.height} px
          </span>
        )}
        <IconButton label="Smaller (-)" onClick={() => enlarge(-1)}>
          <Minus />
        </IconButton>
        <span className={styles['zoom']}>{zoom === undefined ? 'fit' : `${zoom * 100} %`}</span>
        <IconButton label="Larger (+)" onClick={() => enlarge(1)}>
          <Plus />
        </IconButton>
        <Button kind="quiet" onClick={toggleFit} title="Fit or full size (0)">
          <Maximize /> {zoom === undefined ? '1:1' : 'Fit'}
        </Button>
      </div>
      {/* A keyboard must be able to scroll it. */}
      <div className={styles['stage']} data-fit={zoom === undefined} tabIndex={0} role="region" aria-label="Picture">
        {hasFailed ? (
          <p className="quiet">This browser cannot show the picture. It can be downloaded.</p>
        ) : (
          <img
            src={url}
            alt={baseName(path)}
            style={zoom === undefined || !measure ? undefined : { width: measure.width * zoom }}
            data-pixels={zoom !== undefined && zoom >= 2}
            onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
              setMeasure({ width, height })
            }
            onError={() => setFailed(true)}
          />
        )}
      </div>
    </div>
  )
}
