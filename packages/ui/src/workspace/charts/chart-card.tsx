import { ChevronLeft, ChevronRight, Ellipsis, Maximize2, Table2, ZoomOut } from 'lucide-react'
import { type DragEvent, useMemo, useState } from 'react'
import { IconButton } from '../../controls/button.tsx'
import { Menu } from '../../controls/menu.tsx'
import { Failure } from '../../controls/notices.tsx'
import type { ShownRun } from '../shown-runs.ts'
import { type CardAct, cardMenu } from './card-menu.ts'
import styles from './chart-card.module.css'
import { ChartLegend } from './chart-legend.tsx'
import { chartLines } from './chart-lines.ts'
import { usePalette } from './chart-palette.ts'
import { ChartPlot } from './chart-plot.tsx'
import { chartScene, pointsText, sceneSummary } from './chart-scene.ts'
import type { FacetCard } from './chart-rows.ts'
import { ChartTable } from './chart-table.tsx'
import type { ChartsChange, ChartsState } from './charts-state.ts'
import { axisOf, useCurves, xOf } from './use-curves.ts'
import { YRangeDialog } from './y-range-dialog.tsx'

export interface ChartCardProps {
  readonly card: FacetCard
  readonly runs: readonly ShownRun[]
  readonly fields: readonly string[]
  readonly state: ChartsState
  readonly onState: (change: ChartsChange, options?: { readonly replace?: boolean }) => void
  readonly width: number
  readonly height: number
  /** Runs whose lines stand out. */
  readonly selected?: ReadonlySet<string> | undefined
  readonly onSelect?: ((runId: string) => void) | undefined
  readonly onOpen?: ((runId: string) => void) | undefined
  /** Moves the chart by so many places; absent where it cannot be moved. */
  readonly onMove?: ((by: number) => void) | undefined
  /** Another chart was dropped on this one. */
  readonly onDrop?: ((id: string) => void) | undefined
  /** Undefined where the chart is already as large as the screen. */
  readonly onFullScreen?: (() => void) | undefined
}

const headHeight = 36
const dragType = 'application/x-trackway-chart'

/** A chart with its name, what it is drawn from, and what can be done with it. */
export function ChartCard({
  card,
  runs,
  fields,
  state,
  onState,
  width,
  height,
  selected,
  onSelect,
  onOpen,
  onMove,
  onDrop,
  onFullScreen,
}: ChartCardProps) {
  const [shown, setShown] = useState<'table' | 'range'>()
  const palette = usePalette()
  const own = state.cards?.[card.id]
  const legendHeight = state.legend === true ? 44 : 0
  const inner = Math.max(120, width - 2)
  const { curves, isLoading, error, retry } = useCurves(card.keys, runs, axisOf(state, inner, runs.length))
  const lines = useMemo(() => chartLines(curves, runs, fields, state), [curves, runs, fields, state])
  const x = xOf(state.x)
  const scene = useMemo(
    () =>
      chartScene(lines, {
        width: inner,
        height: height - headHeight - legendHeight,
        kind: x.kind,
        xName: x.name,
        logX: own?.logX ?? state.logX === true,
        logY: own?.logY ?? state.logY === true,
        clip: state.clip === true,
        markers: state.points === true,
        y: own?.y,
        zoom: state.zoom,
        selected,
      }),
    [
      lines,
      inner,
      height,
      legendHeight,
      x.kind,
      x.name,
      own,
      state.logX,
      state.logY,
      state.clip,
      state.points,
      state.zoom,
      selected,
    ],
  )
  const metrics = card.keys.join(', ')
  const name = card.facet === undefined ? metrics : `${metrics} · ${card.facet || 'none'}`
  const summary = sceneSummary(name, scene)
  const hasFinite = lines.some(({ y }) => y.some(Number.isFinite))
  const onAct = (act: CardAct): void => {
    if (act === 'table' || act === 'range') setShown(act)
    else if (act === 'full') onFullScreen?.()
    else onMove?.(act === 'left' ? -1 : 1)
  }
  return (
    <figure
      className={styles['card']}
      style={{ height }}
      aria-label={name}
      data-card={card.id}
      onDragOver={(event) => {
        if (onDrop && event.dataTransfer.types.includes(dragType)) event.preventDefault()
      }}
      onDrop={(event) => {
        const id = event.dataTransfer.getData(dragType)
        if (id !== '' && id !== card.id) onDrop?.(id)
      }}
    >
      <figcaption
        className={styles['head']}
        draggable={onDrop !== undefined}
        onDragStart={(event: DragEvent) => {
          event.dataTransfer.setData(dragType, card.id)
          event.dataTransfer.effectAllowed = 'move'
        }}
      >
        <bdi className="cut" title={name}>
          {name}
        </bdi>
        <span className={styles['count']}>{lines.length > 0 && pointsText(lines)}</span>
        {state.zoom && (
          <IconButton label="Show all of x" className={styles['tool']} onClick={() => onState({ zoom: undefined })}>
            <ZoomOut />
          </IconButton>
        )}
        {onMove && (
          <span className={styles['move']}>
            <IconButton label={`Move ${name} back`} className={styles['tool']} onClick={() => onMove(-1)}>
              <ChevronLeft />
            </IconButton>
            <IconButton label={`Move ${name} on`} className={styles['tool']} onClick={() => onMove(1)}>
              <ChevronRight />
            </IconButton>
          </span>
        )}
        <IconButton label={`Values of ${name}`} className={styles['tool']} onClick={() => setShown('table')}>
          <Table2 />
        </IconButton>
        {onFullScreen && (
          <IconButton label={`Enlarge ${name}`} className={styles['tool']} onClick={onFullScreen}>
            <Maximize2 />
          </IconButton>
        )}
        <Menu
          label={`More about ${name}`}
          kind="quiet"
          className={styles['tool'] ?? ''}
          items={cardMenu({
            card,
            runs,
            state,
            onState,
            scene,
            palette,
            summary,
            onAct,
            isMovable: onMove !== undefined,
          })}
        >
          <Ellipsis />
        </Menu>
      </figcaption>
      {error && lines.length === 0 ? (
        <Failure what="This chart’s points could not be loaded." error={error} retry={retry} />
      ) : lines.length === 0 ? (
        <p className={styles['note']} role="status">
          {isLoading ? 'Loading…' : state.zoom ? 'No points in this range' : 'No points of these runs'}
        </p>
      ) : (
        <>
          {!hasFinite && <p className={styles['over']}>Only NaN or infinite values</p>}
          <ChartPlot
            id={card.place}
            summary={summary}
            scene={scene}
            palette={palette}
            onSelect={onSelect}
            onOpen={onOpen}
            onZoom={(zoom) => onState({ zoom })}
          />
          {legendHeight > 0 && <ChartLegend lines={lines} />}
        </>
      )}
      {shown === 'table' && <ChartTable title={name} scene={scene} onClose={() => setShown(undefined)} />}
      {shown === 'range' && (
        <YRangeDialog
          name={name}
          range={own?.y}
          onClose={() => setShown(undefined)}
          onRange={(y) => onState({ cards: { ...state.cards, [card.id]: y ? { ...own, y } : withoutRange(own) } })}
        />
      )}
    </figure>
  )
}

function withoutRange(card: NonNullable<ChartsState['cards']>[string] | undefined) {
  const { y: _, ...rest } = card ?? {}
  return rest
}
