import { useState } from 'react'
import { Button } from '../../controls/button.tsx'
import { baseName, previewUrl } from '../artifact-root.ts'
import { TextViewer } from './text-viewer.tsx'
import type { ViewerProps } from './viewer.ts'
import styles from './viewers.module.css'

type Mode = 'still' | 'scripts' | 'source'

/** A page in a frame that has none of our rights. Its scripts run when somebody asks, and then without a network. */
export function HtmlViewer(props: ViewerProps) {
  const { root, path } = props
  const [mode, setMode] = useState<Mode>('still')
  return (
    <>
      <div className={styles['bar']}>
        <Button
          kind="quiet"
          aria-pressed={mode === 'source'}
          onClick={() => setMode(mode === 'source' ? 'still' : 'source')}
        >
          Source
        </Button>
        {mode !== 'source' && (
          <Button
            kind="quiet"
            aria-pressed={mode === 'scripts'}
            onClick={() => setMode(mode === 'scripts' ? 'still' : 'scripts')}
          >
            Run scripts
          </Button>
        )}
        <span className="quiet">
          {mode === 'scripts' && 'Scripts run here without access to this server or the network.'}
          {mode === 'still' && 'Scripts are off.'}
        </span>
      </div>
      {mode === 'source' ? (
        <TextViewer {...props} />
      ) : (
        <iframe
          key={mode}
          className={styles['frame']}
          title={baseName(path)}
          src={previewUrl(root, path, { scripts: mode === 'scripts' })}
          sandbox={mode === 'scripts' ? 'allow-scripts' : ''}
          referrerPolicy="no-referrer"
        />
      )}
    </>
  )
}
