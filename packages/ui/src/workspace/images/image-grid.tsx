import { Link } from '@tanstack/react-router'
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type KeyboardEvent, type RefObject, useCallback, useEffect, useId, useState } from 'react'
import { previewUrl } from '../../artifacts/artifact-root.ts'
import type { ShownRun } from '../shown-runs.ts'
import { type GridPlace, placeAfterKey } from '../table/grid-keys.ts'
import { useIsNarrow } from '../use-width.ts'
import type { PicturePlace } from './image-dialog.tsx'
import { type Picture, pictureAt, type Series } from './image-series.ts'
import styles from './images.module.css'
import { useFocusAfterKey } from '../grid-focus.ts'

interface ImageGridProps {
  readonly runs: readonly ShownRun[]
  readonly series: readonly Series[]
  /** The runs whose files are known. */
  readonly known: ReadonlyMap<string, unknown>
  readonly step: number | undefined
  /** The width of a picture in px. */
  readonly size: number
  readonly scroller: RefObject<HTMLDivElement | null>
  /** So many of the runs have been in view. */
  readonly onReach: (count: number) => void
  readonly onOpen: (place: PicturePlace) => void
}

const headHeight = 36
const captionHeight = 24

/** Series by runs: only what is in view is drawn, so only those pictures are loaded. */
export function ImageGrid({ runs, series, known, step, size, scroller, onReach, onOpen }: ImageGridProps) {
  const grid = useId()
  const names = useIsNarrow() ? 96 : 176
  const [active, setActive] = useState<GridPlace>({ row: 0, column: 1 })
  const row = Math.min(active.row, series.length - 1)
  const column = Math.min(active.column, runs.length)
  const width = size + 16
  const height = Math.round(size * 0.75) + captionHeight + 16
  const rows = useVirtualizer({
    count: series.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 1,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    rangeExtractor: useCallback((range: Range) => withKept(range, [row]), [row]),
  })
  const columns = useVirtualizer({
    horizontal: true,
    count: runs.length + 1,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (index === 0 ? names : width),
    overscan: 1,
    scrollPaddingStart: names,
    rangeExtractor: useCallback((range: Range) => withKept(range, [0, column]), [column]),
  })
  useEffect(() => columns.measure(), [columns, names, width])
  useEffect(() => rows.measure(), [rows, height])
  const last = columns.range?.endIndex ?? 0
  useEffect(() => onReach(last), [last, onReach])

  const takeFocus = useFocusAfterKey(`${grid}-${row}-${column}`)
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = placeAfterKey(event, { row, column }, { rows: series.length, columns: runs.length + 1, page: 3 })
    if (!to) return
    event.preventDefault()
    const next = { row: Math.max(0, to.row), column: Math.max(1, to.column) }
    setActive(next)
    takeFocus()
    rows.scrollToIndex(next.row)
    columns.scrollToIndex(next.column)
  }

  const total = names + runs.length * width
  const shown = columns.getVirtualItems().filter(({ index }) => index > 0)
  const left = (index: number): number => names + (index - 1) * width
  return (
    <div
      role="grid"
      aria-label="Pictures of runs"
      aria-rowcount={series.length + 1}
      aria-colcount={runs.length + 1}
      className={styles['grid']}
      style={{ width: total, '--picture': `${Math.round(size * 0.75)}px` } as CSSProperties}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={styles['head']} style={{ height: headHeight }}>
        <div role="row" aria-rowindex={1} className={styles['head-row']}>
          <div role="columnheader" aria-colindex={1} className={styles['name']} style={{ width: names }}>
            <span className="quiet">Picture</span>
          </div>
          {shown.map(({ index }) => {
            const run = runs[index - 1]
            if (!run) return null
            return (
              <div
                key={run.id}
                role="columnheader"
                aria-colindex={index + 1}
                className={styles['cell']}
                style={{ transform: `translateX(${left(index)}px)`, width }}
              >
                <span
                  className={styles['dot']}
                  style={{ '--run': `var(${run.colour})` } as CSSProperties}
                  aria-hidden="true"
                />
                <Link
                  to="/experiments/$experimentId/runs/$runId"
                  params={{ experimentId: run.experimentId, runId: run.id }}
                  title={run.name}
                  dir="auto"
                  preload={false}
                >
                  {run.name.slice(0, 300) || run.id}
                </Link>
              </div>
            )
          })}
        </div>
      </div>
      <div role="rowgroup" className={styles['body']} style={{ height: series.length * height }}>
        {rows.getVirtualItems().map(({ index: at, start }) => {
          const one = series[at]
          if (!one) return null
          return (
            <div
              key={one.name}
              role="row"
              aria-rowindex={at + 2}
              className={styles['row']}
              style={{ top: start - headHeight, height, width: total }}
            >
              <div
                role="rowheader"
                aria-colindex={1}
                className={styles['name']}
                style={{ width: names }}
                title={one.name}
              >
                <bdi dir="auto">{one.name.slice(0, 300)}</bdi>
              </div>
              {shown.map(({ index }) => {
                const run = runs[index - 1]
                if (!run) return null
                const picture = pictureAt(one.byRun.get(run.id), step)
                const isActive = at === row && index === column
                return (
                  <div
                    key={run.id}
                    role="gridcell"
                    aria-colindex={index + 1}
                    className={styles['cell']}
                    style={{ transform: `translateX(${left(index)}px)`, width, height }}
                  >
                    {picture ? (
                      <Thumbnail
                        id={`${grid}-${at}-${index}`}
                        run={run}
                        name={one.name}
                        picture={picture}
                        step={step}
                        isActive={isActive}
                        onFocus={() => setActive({ row: at, column: index })}
                        onOpen={() => onOpen({ series: one.name, runId: run.id })}
                      />
                    ) : (
                      <p id={`${grid}-${at}-${index}`} tabIndex={isActive ? 0 : -1} className={styles['missing']}>
                        {known.has(run.id) ? 'None' : '…'}
                      </p>
                    )}
                  </div>
                )
              })}
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface ThumbnailProps {
  readonly id: string
  readonly run: ShownRun
  readonly name: string
  readonly picture: Picture
  /** The step asked for. */
  readonly step: number | undefined
  readonly isActive: boolean
  readonly onFocus: () => void
  readonly onOpen: () => void
}

function Thumbnail({ id, run, name, picture, step, isActive, onFocus, onOpen }: ThumbnailProps) {
  const [failed, setFailed] = useState<string>()
  const caption = picture.step === undefined ? '' : `step ${picture.step}`
  return (
    <button
      type="button"
      id={id}
      tabIndex={isActive ? 0 : -1}
      className={styles['thumbnail']}
      aria-label={`${name} of ${run.name}${caption === '' ? '' : `, ${caption}`}`}
      title={picture.path}
      onFocus={onFocus}
      onClick={onOpen}
    >
      {failed === picture.thumbnail ? (
        <span className={styles['missing']}>Not shown by this browser</span>
      ) : (
        <img
          src={previewUrl({ runId: run.id }, picture.thumbnail)}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => setFailed(picture.thumbnail)}
        />
      )}
      <span className={styles['caption']} data-other={picture.step !== undefined && picture.step !== step}>
        {caption}
      </span>
    </button>
  )
}

function withKept(range: Range, kept: readonly number[]): number[] {
  const shown = new Set([...defaultRangeExtractor(range), ...kept.filter((index) => index >= 0 && index < range.count)])
  return [...shown].toSorted((one, other) => one - other)
}
