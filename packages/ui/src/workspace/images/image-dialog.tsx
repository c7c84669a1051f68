import { ChevronLeft, ChevronRight, Minus, Plus } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { previewUrl } from '../../artifacts/artifact-root.ts'
import { Button, IconButton } from '../../controls/button.tsx'
import { Dialog } from '../../controls/dialog.tsx'
import type { ShownRun } from '../shown-runs.ts'
import { pictureAt, type Series } from './image-series.ts'
import styles from './images.module.css'
import { StepSlider } from './step-slider.tsx'

export interface PicturePlace {
  readonly series: string
  readonly runId: string
}

interface ImageDialogProps {
  readonly place: PicturePlace
  readonly runs: readonly ShownRun[]
  readonly series: readonly Series[]
  readonly steps: readonly number[]
  readonly step: number | undefined
  readonly onStep: (step: number) => void
  readonly onPlace: (place: PicturePlace) => void
  readonly onClose: () => void
}

const zooms = [0.25, 0.5, 1, 2, 4, 8] as const
const scrollPx = 80

/** A picture as large as there is room, or enlarged: the zoom and the place stay from run to run and step to step. */
export function ImageDialog({ place, runs, series, steps, step, onStep, onPlace, onClose }: ImageDialogProps) {
  const stage = useRef<HTMLDivElement>(null)
  // Undefined fits it into the stage.
  const [zoom, setZoom] = useState<number>()
  const [width, setWidth] = useState(0)
  const shown = series.find(({ name }) => name === place.series)
  const withOne = runs.filter(({ id }) => shown?.byRun.has(id))
  const at = withOne.findIndex(({ id }) => id === place.runId)
  const run = withOne[at]
  const picture = run && pictureAt(shown?.byRun.get(run.id), step)
  // Of all series' steps those of this one: the others would change nothing.
  const own = steps.filter((one) =>
    [...(shown?.byRun.values() ?? [])].some((pictures) => pictures.some((each) => each.step === one)),
  )

  useEffect(() => stage.current?.focus(), [])

  const toRun = (by: number): void => {
    const next = withOne[at + by]
    if (next) onPlace({ ...place, runId: next.id })
  }
  const toStep = (by: number): void => {
    const now = own.findLastIndex((one) => one <= (step ?? Infinity))
    const next = own[Math.max(0, now + by)]
    if (next !== undefined) onStep(next)
  }
  const enlarge = (by: 1 | -1): void => {
    const now = zoom ?? 1
    setZoom((by === 1 ? zooms.find((one) => one > now) : zooms.findLast((one) => one < now)) ?? now)
  }
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => toRun(-1),
    ArrowRight: () => toRun(1),
    ArrowUp: () => toStep(1),
    ArrowDown: () => toStep(-1),
    '+': () => enlarge(1),
    '-': () => enlarge(-1),
    '0': () => setZoom(zoom === undefined ? 1 : undefined),
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      (event.target instanceof HTMLInputElement && event.key.startsWith('Arrow'))
    )
      return
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (event.shiftKey && by) stage.current?.scrollBy((by[0] ?? 0) * scrollPx, (by[1] ?? 0) * scrollPx)
    else act()
  }
  return (
    <Dialog title={place.series} size="full" onClose={onClose}>
      <div className={styles['viewer']} onKeyDown={onKeyDown}>
        <div className={styles['viewer-bar']}>
          <IconButton label="Run before (←)" disabled={at <= 0} onClick={() => toRun(-1)}>
            <ChevronLeft />
          </IconButton>
          <p className={styles['which']} role="status">
            {run && (
              <>
                <span
                  className={styles['dot']}
                  style={{ '--run': `var(${run.colour})` } as CSSProperties}
                  aria-hidden="true"
                />
                <bdi className="cut" title={run.name}>
                  {run.name.slice(0, 300)}
                </bdi>
                <span className="quiet">
                  {picture?.step !== undefined && `step ${picture.step} · `}
                  run {at + 1} of {withOne.length}
                </span>
              </>
            )}
          </p>
          <IconButton label="Run after (→)" disabled={at >= withOne.length - 1} onClick={() => toRun(1)}>
            <ChevronRight />
          </IconButton>
          {own.length > 1 && step !== undefined && <StepSlider steps={own} step={step} onStep={onStep} />}
          <span className={styles['gap']} />
          <IconButton label="Smaller (-)" onClick={() => enlarge(-1)}>
            <Minus />
          </IconButton>
          <span className={styles['zoom']}>{zoom === undefined ? 'fit' : `${zoom * 100} %`}</span>
          <IconButton label="Larger (+)" onClick={() => enlarge(1)}>
            <Plus />
          </IconButton>
          <Button kind="quiet" title="Fit or full size (0)" onClick={() => setZoom(zoom === undefined ? 1 : undefined)}>
            {zoom === undefined ? '1:1' : 'Fit'}
          </Button>
        </div>
        {/* A keyboard must be able to scroll it. */}
        <div
          ref={stage}
          className={styles['stage']}
          tabIndex={0}
          role="region"
          aria-label="Picture; arrows go to other runs and steps"
          data-fit={zoom === undefined}
        >
          {picture && run && (
            <img
              src={previewUrl({ runId: run.id }, picture.path)}
              alt={`${place.series} of ${run.name}`}
              style={zoom === undefined || width === 0 ? undefined : { width: width * zoom }}
              data-pixels={zoom !== undefined && zoom >= 2}
              onLoad={({ currentTarget }) => setWidth(currentTarget.naturalWidth)}
            />
          )}
        </div>
      </div>
    </Dialog>
  )
}
