import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type CSSProperties, lazy, Suspense, useEffect, useRef, useState } from 'react'
import { folderQuery } from '../../artifacts/artifact-folders.ts'
import { parentOf } from '../../artifacts/artifact-root.ts'
import { Failure, Loading } from '../../controls/notices.tsx'
import type { ShownRun } from '../shown-runs.ts'
import styles from './artifacts.module.css'

const FilePane = lazy(async () => ({ default: (await import('../../artifacts/file-pane.tsx')).FilePane }))

interface RunFileProps {
  readonly run: ShownRun
  readonly isBaseline: boolean
  readonly path: string
  readonly onOpen: (path: string) => void
}

/** A run's file of some path; it is looked for when it comes into view. */
export function RunFile({ run, isBaseline, path, onOpen }: RunFileProps) {
  const place = useRef<HTMLElement>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    const watch = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting === true) setSeen(true)
    })
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  const { data, error, refetch } = useQuery({ ...folderQuery({ runId: run.id }, parentOf(path)), enabled: isSeen })
  const entry = data?.entries.find((one) => one.path === path && !one.isFolder)
  return (
    <section ref={place} className={styles['file']} aria-label={run.name}>
      <h3>
        <span className={styles['dot']} style={{ '--run': `var(${run.colour})` } as CSSProperties} aria-hidden="true" />
        <Link
          to="/experiments/$experimentId/runs/$runId"
          params={{ experimentId: run.experimentId, runId: run.id }}
          className="cut"
          title={run.name}
          dir="auto"
          preload={false}
        >
          {run.name.slice(0, 300) || run.id}
        </Link>
        {isBaseline && <span className="quiet">Baseline</span>}
      </h3>
      {error && <Failure what="The files could not be listed." error={error} retry={refetch} />}
      {!data && !error && <Loading what="the file" />}
      {data && !entry && <p className={styles['note']}>This run has no such file.</p>}
      {entry && (
        <Suspense fallback={<Loading what="the file" />}>
          <FilePane key={path} root={{ runId: run.id }} entry={entry} onOpen={onOpen} isEditable={false} />
        </Suspense>
      )}
    </section>
  )
}
