import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual'
import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useId, useMemo, useState } from 'react'
import { countText } from '../../controls/display-text.ts'
import type { ShownRun } from '../shown-runs.ts'
import { type GridPlace, placeAfterKey } from '../table/grid-keys.ts'
import type { CompareLine } from './compare-lines.ts'
import type { DeltaKind } from './compare-state.ts'
import styles from './compare.module.css'
import { bestOf, type Fact, numberOf } from './fact.ts'
import { cellTitle, FactCell } from './fact-cell.tsx'
import { columnWidths, headHeights, rowHeight } from './grid-layout.ts'
import { RunHead } from './run-head.tsx'
import { useFocusAfterKey } from '../grid-focus.ts'

/** One fact of one run. */
export interface FactPlace {
  readonly fact: Fact
  readonly run: number
}

interface CompareGridProps {
  readonly runs: readonly ShownRun[]
  readonly lines: readonly CompareLine[]
  /** Whether the first run is the baseline. */
  readonly hasBaseline: boolean
  readonly isTurned: boolean
  readonly isNarrow: boolean
  readonly isOld: boolean
  readonly delta: DeltaKind
  /** What scrolls: the grid and what is below it do so together. */
  readonly scroller: RefObject<HTMLDivElement | null>
  /** The run whose menu is open. */
  readonly menu: string | undefined
  readonly onMenu: (run: ShownRun, trigger: HTMLElement) => void
  readonly onFold: (id: string) => void
  readonly onOpen: (place: FactPlace) => void
  readonly onCopy: (place: FactPlace) => void
}

/** Facts against runs: a grid that draws only what is in view, and is used wholly by keyboard. */
export function CompareGrid(props: CompareGridProps) {
  const { runs, lines, hasBaseline, isTurned, isNarrow, delta, scroller } = props
  const grid = useId()
  const [active, setActive] = useState<GridPlace>({ row: -1, column: 1 })
  const across = useMemo(
    () => (isTurned ? lines.filter((line) => line.kind === 'fact') : runs),
    [isTurned, lines, runs],
  )
  const down = isTurned ? runs : lines
  const best = useMemo(
    () => new Map(lines.flatMap((line) => (line.kind === 'fact' ? [[line.id, bestOf(line.fact)]] : []))),
    [lines],
  )
  const { names, value: width } = columnWidths(isTurned, delta, hasBaseline, isNarrow)
  const headHeight = isTurned ? headHeights.facts : headHeights.runs
  /** How many columns stay: the names, and the baseline where there is room. */
  const fixed = hasBaseline && !isTurned && !isNarrow ? 2 : 1
  const row = Math.min(active.row, down.length - 1)
  const column = Math.min(active.column, across.length)

  const rows = useVirtualizer({
    count: down.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    scrollPaddingEnd: 8,
    rangeExtractor: useCallback((range: Range) => withKept(range, row < 0 ? [] : [row]), [row]),
  })
  const columns = useVirtualizer({
    horizontal: true,
    count: across.length + 1,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (index === 0 ? names : width),
    overscan: 2,
    scrollPaddingStart: names + (fixed - 1) * width,
    rangeExtractor: useCallback(
      (range: Range) => withKept(range, [0, ...(fixed === 2 ? [1] : []), column]),
      [fixed, column],
    ),
  })
  useEffect(() => columns.measure(), [columns, names, width])

  const takeFocus = useFocusAfterKey(`${grid}-${row}-${column}`)
  const move = (to: GridPlace): void => {
    setActive(to)
    takeFocus()
    if (to.row >= 0) rows.scrollToIndex(to.row)
    else scroller.current?.scrollTo({ top: 0 })
    if (to.column >= fixed) columns.scrollToIndex(to.column)
  }

  const factAt = ({ row: at, column: to }: GridPlace): FactPlace | undefined => {
    if (at < 0 || to < 1) return undefined
    const line = isTurned ? across[to - 1] : down[at]
    return line !== undefined && 'kind' in line && line.kind === 'fact'
      ? { fact: line.fact, run: isTurned ? at : to - 1 }
      : undefined
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // A key within a head's link or button is theirs.
    const isOnCell = (event.target as Element).hasAttribute('data-column')
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - headHeight) / rowHeight) - 1)
    const to = placeAfterKey(event, { row, column }, { rows: down.length, columns: across.length + 1, page })
    const place = factAt({ row, column })
    if (to) move(to)
    else if (
      place &&
      (event.ctrlKey || event.metaKey) &&
      event.key === 'c' &&
      document.getSelection()?.isCollapsed !== false
    )
      props.onCopy(place)
    else if (isOnCell && (event.key === 'Enter' || event.key === ' ')) act(event.target as HTMLElement, place)
    else return
    event.preventDefault()
  }
  const act = (cell: HTMLElement, place: FactPlace | undefined): void => {
    if (place) return props.onOpen(place)
    // The head's own button: a group's, or a run's menu.
    cell.querySelector('button')?.click()
  }

  const shown = columns.getVirtualItems()
  const total = names + across.length * width
  const cellProps = (at: number, place: number) => ({
    id: `${grid}-${at}-${place}`,
    'data-column': place,
    'data-row': at,
    'data-base': hasBaseline && (isTurned ? at === 0 : place === 1) ? true : undefined,
    'data-last': place === fixed - 1 ? true : undefined,
    'aria-colindex': place + 1,
    tabIndex: at === row && place === column ? 0 : -1,
    className: place < fixed ? styles['fixed'] : styles['cell'],
    style:
      place < fixed
        ? { left: place === 0 ? 0 : names, width: place === 0 ? names : width }
        : { transform: `translateX(${names + (place - 1) * width}px)`, width },
  })
  const runHead = (run: ShownRun, at: number, place: number) => (
    <RunHead
      run={run}
      isBaseline={hasBaseline && run === runs[0]}
      isActive={at === row && place === column}
      isMenuOpen={props.menu === run.id}
      onMenu={(trigger) => props.onMenu(run, trigger)}
    />
  )
  return (
    <div
      role="grid"
      aria-label="Comparison of runs"
      aria-rowcount={down.length + 1}
      aria-colcount={across.length + 1}
      aria-busy={props.isOld}
      className={styles['grid']}
      data-old={props.isOld}
      data-turned={isTurned}
      style={{ width: total }}
      onKeyDown={onKeyDown}
      onFocus={({ target }) => {
        const place = placeOf(target)
        if (place && (place.row !== row || place.column !== column)) setActive(place)
      }}
      onDoubleClick={({ target }) => {
        const place = placeOf(target as Element)
        const fact = place && factAt(place)
        if (fact) props.onOpen(fact)
      }}
    >
      <div role="rowgroup" className={styles['head']} style={{ height: headHeight }}>
        <div role="row" aria-rowindex={1} className={styles['head-row']}>
          {shown.map(({ index }) => {
            const item = across[index - 1]
            return (
              <div key={index} role="columnheader" {...cellProps(-1, index)}>
                {index === 0 && <span className="quiet">{isTurned ? countText(runs.length, 'run') : ''}</span>}
                {item &&
                  ('kind' in item
                    ? item.kind === 'fact' && <FactHead name={item.fact.name} group={item.fact.group} />
                    : runHead(item, -1, index))}
              </div>
            )
          })}
        </div>
      </div>
      <div role="rowgroup" className={styles['body']} style={{ height: down.length * rowHeight }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const item = down[index]
          if (item === undefined) return null
          const line = 'kind' in item ? item : undefined
          return (
            <div
              key={'kind' in item ? `${item.kind} ${item.id}` : item.id}
              role="row"
              aria-rowindex={index + 2}
              className={styles['row']}
              data-kind={line?.kind}
              style={{ top: start - headHeight, height: rowHeight, width: total }}
            >
              {shown.map(({ index: place }) => {
                if (place === 0) {
                  return (
                    <div key={place} role="rowheader" {...cellProps(index, place)}>
                      {line ? <LineHead line={line} onFold={props.onFold} /> : runHead(item as ShownRun, index, 0)}
                    </div>
                  )
                }
                const found = factAt({ row: index, column: place })
                if (!found) return <div key={place} role="gridcell" {...cellProps(index, place)} />
                const { fact, run } = found
                const [value, base] = [fact.values[run], fact.values[0]]
                const isAgainst = hasBaseline && run > 0
                return (
                  <div
                    key={place}
                    role="gridcell"
                    {...cellProps(index, place)}
                    data-number={typeof value === 'number' || numberOf(fact, value) !== undefined ? true : undefined}
                    title={cellTitle(fact, value, base, isAgainst)}
                  >
                    <FactCell
                      fact={fact}
                      value={value}
                      base={base}
                      isAgainst={isAgainst}
                      delta={delta}
                      isBest={value !== undefined && best.get(fact.id) === value}
                      onOpen={() => props.onOpen(found)}
                    />
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

function LineHead({ line, onFold }: { line: CompareLine; onFold: (id: string) => void }) {
  if (line.kind === 'fact') {
    return (
      <bdi className="cut" dir="auto" title={line.fact.name} style={{ paddingLeft: 20 + line.depth * 14 }}>
        {line.name}
      </bdi>
    )
  }
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles['fold']}
      aria-expanded={line.isOpen}
      style={line.kind === 'branch' ? { paddingLeft: line.depth * 14 } : undefined}
      onClick={() => onFold(line.id)}
    >
      <ChevronRight />
      <bdi className="cut">{line.name}</bdi>
      <span className={styles['count']}>
        {line.kind === 'branch'
          ? line.facts
          : line.alike === 0
            ? line.shown
            : `${line.shown} · ${line.alike} alike hidden`}
      </span>
    </button>
  )
}

function FactHead({ name, group }: { name: string; group: string }) {
  return (
    <span className={styles['fact-head']} title={`${group}: ${name}`}>
      <bdi className="cut" dir="auto">
        {name}
      </bdi>
      <small>{group}</small>
    </span>
  )
}

function withKept(range: Range, kept: readonly number[]): number[] {
  const shown = new Set([...defaultRangeExtractor(range), ...kept.filter((index) => index >= 0 && index < range.count)])
  return [...shown].toSorted((one, other) => one - other)
}

function placeOf(element: Element): GridPlace | undefined {
  const cell = element.closest('[data-column]')
  return cell
    ? { row: Number(cell.getAttribute('data-row')), column: Number(cell.getAttribute('data-column')) }
    : undefined
}
