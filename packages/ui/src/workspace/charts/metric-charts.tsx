import { useVirtualizer } from '@tanstack/react-virtual'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { EmptyState } from '../../controls/notices.tsx'
import type { ShownRun } from '../shown-runs.ts'
import { ChartCard } from './chart-card.tsx'
import { ChartCursorProvider, createChartCursor } from './chart-cursor.ts'
import { cardRows, type FacetCard } from './chart-rows.ts'
import { chartSections, movedCard, type Section } from './chart-sections.ts'
import { type ChartsChange, type ChartsState, usualHeight } from './charts-state.ts'
import { ChartsToolbar } from './charts-toolbar.tsx'
import { type ChartWatch, ChartWatchProvider, usePolling } from './chart-watch.ts'
import { FullScreenChart } from './full-screen-chart.tsx'
import styles from './metric-charts.module.css'

export interface MetricChartsProps {
  readonly runs: readonly ShownRun[]
  /** The metrics to choose from, in any order. */
  readonly keys: readonly string[]
  /** From `parseChartsState`; kept by the page, in the address. */
  readonly state: ChartsState
  readonly onState: (change: ChartsChange, options?: { readonly replace?: boolean }) => void
  /** What `values` of the runs are, as `params.lr`: lines can be coloured, dashed and grouped by those that the state names. */
  readonly fields?: readonly string[]
  /** What the controls offer for colour, dash, facet and group; none for one run. */
  readonly choices?: readonly string[]
  /** Metrics of one point a run; a section of nothing else comes after those with curves. */
  readonly points?: ReadonlySet<string> | undefined
  /** Runs whose lines stand out. */
  readonly selected?: ReadonlySet<string> | undefined
  /** A line was clicked, or Enter pressed on it. */
  readonly onSelect?: (runId: string) => void
  /** A line was clicked twice. */
  readonly onOpen?: (runId: string) => void
}

const none: readonly string[] = []
const gap = 8
const sectionHeight = 36

/**
 * Charts of metrics in sections by their prefixes: the controls, the sections and their cards. It scrolls with the nearest
 * ancestor that scrolls; only what is in view has charts, so that a thousand metrics are as light as ten.
 */
export function MetricCharts({
  runs,
  keys,
  state,
  onState,
  fields = none,
  choices = none,
  points,
  selected,
  onSelect,
  onOpen,
}: MetricChartsProps) {
  const [cursor] = useState(createChartCursor)
  const [watch] = useState<ChartWatch>(() => new Set())
  const [large, setLarge] = useState<FacetCard>()
  const list = useRef<HTMLDivElement>(null)
  const { width, scroller, margin } = usePlace(list)
  usePolling(
    watch,
    runs.some(({ status }) => status === 'RUNNING'),
  )
  const sections = useMemo(() => chartSections(keys, state, points), [keys, state, points])
  const columns = Math.max(1, Math.min(state.cols ?? Math.round(width / 380), Math.floor((width + gap) / 240)))
  const rows = useMemo(() => cardRows(sections, columns, state, runs, fields), [sections, columns, state, runs, fields])
  const height = state.height ?? usualHeight
  const virtual = useVirtualizer({
    count: width > 0 ? rows.length : 0,
    getScrollElement: () => scroller,
    estimateSize: (index) => (rows[index]?.kind === 'section' ? sectionHeight : height + gap),
    getItemKey: (index) => rows[index]?.id ?? index,
    scrollMargin: margin,
    overscan: 1,
  })
  useLayoutEffect(() => virtual.measure(), [virtual, height, rows])

  const move = (section: Section, id: string, to: number): void =>
    onState({ order: movedCard(section, id, to, state.order) })
  const fold = ({ name }: Section): void => {
    const { fold: folded = [] } = state
    onState(
      { fold: folded.includes(name) ? folded.filter((one) => one !== name) : [...folded, name] },
      { replace: true },
    )
  }
  const unit = (width - gap * (columns - 1)) / columns
  return (
    <ChartCursorProvider value={cursor}>
      <ChartWatchProvider value={watch}>
        <section className={styles['charts']} aria-label="Charts">
          <ChartsToolbar
            keys={keys}
            choices={choices}
            isSelectable={selected !== undefined}
            state={state}
            onState={onState}
          />
          {rows.length === 0 && (
            <EmptyState title={keys.length === 0 ? 'No metrics yet' : 'No metric matches'}>
              <p>
                {keys.length === 0 ? 'Charts appear as soon as a run logs a metric.' : 'Another text finds others.'}
              </p>
            </EmptyState>
          )}
          <div ref={list} className={styles['list']} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index]
              if (!row) return null
              const style = { transform: `translateY(${item.start - margin}px)`, height: item.size }
              if (row.kind === 'section') {
                const { section } = row
                const label = section.name === '' ? 'Metrics' : section.name.replace(/[/.]$/, '')
                return (
                  <h3 key={item.key} className={styles['section']} style={style}>
                    <button type="button" aria-expanded={section.isOpen} onClick={() => fold(section)}>
                      {section.isOpen ? <ChevronDown /> : <ChevronRight />}
                      <bdi className="cut" title={label}>
                        {label}
                      </bdi>
                      <span className="quiet">{section.cards.length.toLocaleString('en')}</span>
                    </button>
                  </h3>
                )
              }
              return (
                <div key={item.key} className={styles['row']} style={style}>
                  {row.cards.map((card) => {
                    const span = Math.min(columns, card.span)
                    const wide = Math.floor(unit * span + gap * (span - 1))
                    const at = row.section.cards.findIndex(({ id }) => id === card.id)
                    return (
                      <div key={card.place} style={{ width: wide }}>
                        <ChartCard
                          card={card}
                          runs={card.runs}
                          fields={fields}
                          state={state}
                          onState={onState}
                          width={wide}
                          height={height}
                          selected={selected}
                          onSelect={onSelect}
                          onOpen={onOpen}
                          onMove={(by) => move(row.section, card.id, at + by)}
                          onDrop={(id) => {
                            if (row.section.cards.some((one) => one.id === id)) move(row.section, id, at)
                          }}
                          onFullScreen={() => setLarge(card)}
                        />
                      </div>
                    )
                  })}
                </div>
              )
            })}
          </div>
          {large && (
            <FullScreenChart
              card={large}
              fields={fields}
              state={state}
              onState={onState}
              selected={selected}
              onSelect={onSelect}
              onOpen={onOpen}
              onClose={() => setLarge(undefined)}
            />
          )}
        </section>
      </ChartWatchProvider>
    </ChartCursorProvider>
  )
}

/** How wide a list is, what it scrolls in, and how far below the beginning of that it begins. */
function usePlace(list: RefObject<HTMLElement | null>) {
  const [place, setPlace] = useState<{ width: number; scroller: HTMLElement | null; margin: number }>({
    width: 0,
    scroller: null,
    margin: 0,
  })
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return undefined
    let scroller = element.parentElement
    while (scroller && !/auto|scroll/.test(getComputedStyle(scroller).overflowY)) scroller = scroller.parentElement
    const found = scroller ?? document.documentElement
    const measure = (): void => {
      const margin = Math.round(
        element.getBoundingClientRect().top - found.getBoundingClientRect().top + found.scrollTop,
      )
      const width = element.clientWidth
      setPlace((now) =>
        now.width === width && now.margin === margin && now.scroller === found
          ? now
          : { width, scroller: found, margin },
      )
    }
    measure()
    const resized = new ResizeObserver(measure)
    resized.observe(element)
    if (element.parentElement) resized.observe(element.parentElement)
    return () => resized.disconnect()
  }, [list])
  return place
}
