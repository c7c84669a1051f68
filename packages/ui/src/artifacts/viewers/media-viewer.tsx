import { useState } from 'react'
import { baseName } from '../artifact-root.ts'
import { mediaKind } from '../media-kind.ts'
import type { ViewerProps } from './viewer.ts'
import styles from './viewers.module.css'

/** Sound, film and PDF, as the browser shows them. */
export function MediaViewer({ path, url }: ViewerProps) {
  const [hasFailed, setFailed] = useState(false)
  const kind = mediaKind(path)
  const name = baseName(path)
  if (hasFailed) return <p className={styles['note']}>This browser cannot play the file. It can be downloaded.</p>
  if (kind === 'pdf') {
    // Without a sandbox, in which browsers show no PDF: the reply's own policy keeps it apart.
    return <iframe className={styles['frame']} title={name} src={url} referrerPolicy="no-referrer" />
  }
  return (
    <div className={styles['media']}>
      {kind === 'audio' ? (
        // What a model said or heard comes without captions.
        <audio controls preload="metadata" src={url} aria-label={name} onError={() => setFailed(true)} />
      ) : (
        <video controls preload="metadata" src={url} aria-label={name} onError={() => setFailed(true)} />
      )}
    </div>
  )
}
