import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { copyText } from '../../controls/copy-button.tsx'
import { toast } from '../../shell/toasts.tsx'
import { parseOrder } from '../column.ts'
import type { Workspace } from '../workspace.ts'
import { groupCell, runCell } from './cell-value.ts'
import { GridHeader } from './grid-header.tsx'
import { type GridPlace, placeAfterKey } from './grid-keys.ts'
import { GridRow } from './grid-row.tsx'
import styles from './run-grid.module.css'
import type { TableActs } from './table-acts.ts'
import { headerHeight, rowHeights, type TableLayout } from './table-layout.ts'
import type { TableRow, TableRows } from './table-rows.ts'
import { useNow } from './use-now.ts'

interface RunGridProps {
  readonly label: string
  readonly workspace: Workspace
  readonly table: TableRows
  readonly layout: TableLayout
  readonly names: ReadonlyMap<string, string>
  readonly best: ReadonlyMap<string, number>
  /** Columns whose values stand at the right. */
  readonly numbers: ReadonlySet<string>
  readonly selected: ReadonlySet<string>
  readonly menu: string | undefined
  readonly acts: TableActs
}

const none: readonly string[] = []

/** A grid that draws only what is in view, rows and columns, and is used wholly by keyboard. */
export function RunGrid({ label, workspace, table, layout, names, best, numbers, selected, menu, acts }: RunGridProps) {
  const { state } = workspace
  const { density = 'normal', hide = none, group = none, agg = 'mean', peek } = state
  const grid = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const nowMs = useNow(table.running > 0)
  const height = density === 'normal' ? rowHeights.normal : rowHeights[density]
  const [active, setActive] = useState<GridPlace>({ row: 0, column: 1 })
  const row = Math.min(active.row, table.count - 1)
  const column = Math.min(active.column, layout.columns.length - 1)
  const above = headerHeight + table.pinned * height

  // What the virtualizer returns changes without the object changing: nothing here may be kept by it.
  const rows = useVirtualizer({
    count: table.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 4,
    scrollMargin: headerHeight,
    scrollPaddingStart: above,
    scrollPaddingEnd: 4,
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const kept = new Set([
          ...Array(table.pinned).keys(),
          ...defaultRangeExtractor(range),
          ...(row >= 0 && row < range.count ? [row] : []),
        ])
        return [...kept].toSorted((a, b) => a - b)
      },
      [row, table.pinned],
    ),
  })
  const columns = useVirtualizer({
    horizontal: true,
    count: layout.columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => layout.columns[index]?.width ?? 0,
    overscan: 1,
    scrollPaddingStart: layout.fixedWidth,
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const kept = new Set([
          ...Array(layout.fixed).keys(),
          ...defaultRangeExtractor(range),
          ...(column < range.count ? [column] : []),
        ])
        return [...kept].toSorted((a, b) => a - b)
      },
      [column, layout.fixed],
    ),
  })
  useEffect(() => columns.measure(), [columns, layout])
  useEffect(() => rows.measure(), [rows, height])

  const shown = rows.getVirtualItems()
  const lastShown = shown.at(-1)?.index ?? 0
  const { hasMore, loadMore } = table
  useEffect(() => {
    // The next page is on its way before its rows come into view.
    if (hasMore && lastShown > table.rows.length - 60) void loadMore()
  }, [hasMore, loadMore, lastShown, table.rows.length])

  usePlaceKept(scroller, table, height, active, setActive)
  useCellFocus(scroller, `${grid}-${row}-${column}`)

  const move = (place: GridPlace): void => {
    setActive(place)
    if (place.row >= table.pinned) rows.scrollToIndex(place.row)
    if (place.column >= layout.fixed) columns.scrollToIndex(place.column)
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    const from = row < 0 ? undefined : table.rows[row]
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - above) / height) - 1)
    const to = placeAfterKey(event, { row, column }, { rows: table.count, columns: layout.columns.length, page })
    const isHandled = to ? (move(to), extendSelection(event, to)) : onRowKey(event, from)
    if (isHandled) event.preventDefault()
  }

  const extendSelection = (event: KeyboardEvent, to: GridPlace): true => {
    const next = table.rows[to.row]
    if (event.shiftKey && to.row !== row && next?.kind === 'run') acts.select(next.run, true)
    return true
  }

  const onRowKey = (event: KeyboardEvent, from: TableRow | undefined): boolean => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event
    const placed = layout.columns[column]
    if (row < 0) return placed !== undefined && onHeaderKey(event, placed)
    if ((ctrlKey || metaKey) && key === 'c') return copyCell(from)
    if ((ctrlKey || metaKey) && key === 'a') return (acts.selectAll(), true)
    if (ctrlKey || metaKey || altKey || from === undefined || from.kind === 'note') return false
    if (from.kind === 'group') return key === 'Enter' || key === ' ' ? (acts.toggle(from), true) : false
    const { run } = from
    switch (key) {
      case 'Enter':
        acts.open(run)
        return true
      case ' ':
        if (column === 0) acts.select(run, shiftKey)
        else acts.peek(peek === run.run_id ? undefined : run)
        return true
      case 'x':
      case 'X':
        acts.select(run, shiftKey)
        return true
      case 'p':
        acts.pin(run)
        return true
      case 'h':
        acts.hide(run)
        return true
      case 't':
        if (from.children > 0) acts.toggle(from)
        return from.children > 0
      case 'e':
        acts.editTag(run, placed?.column?.kind === 'tag' ? placed.column.key : undefined)
        return true
      case 'F2':
        acts.rename(run)
        return true
      default:
        return false
    }
  }

  const onHeaderKey = ({ key, altKey, shiftKey }: KeyboardEvent, placed: TableLayout['columns'][number]): boolean => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key]
    if (altKey && step !== undefined) {
      if (!shiftKey) acts.resize(placed.id, placed.width + 16 * step)
      else if (placed.column) acts.move(placed.id, layout.columns[column + (step < 0 ? -1 : 2)]?.id)
      if (shiftKey) setActive({ row, column: Math.max(2, column + step) })
      return true
    }
    if (key === ' ' || (key === 'Enter' && !placed.column)) {
      if (placed.id === 'select') acts.selectAll()
      else acts.sort(placed.column ? placed.id : 'attributes.run_name')
      return true
    }
    if (key !== 'Enter' && !(altKey && key === 'ArrowDown')) return false
    const header = document.getElementById(`${grid}--1-${column}`)
    if (header) acts.openMenu(placed.id, header)
    return true
  }

  const copyCell = (from: TableRow | undefined): boolean => {
    const placed = layout.columns[column]
    if (document.getSelection()?.isCollapsed === false || from === undefined || from.kind === 'note') return false
    const name = from.kind === 'run' ? from.run.run_name : JSON.stringify(from.group.values)
    const text = placed?.column
      ? (from.kind === 'run' ? runCell(placed.column, from, nowMs, names) : groupCell(placed.column, from, agg, nowMs))
          .full
      : name
    void copyText(text).then((isDone) => isDone && toast({ text: 'Copied.' }))
    return true
  }

  const shownColumns = columns
    .getVirtualItems()
    .flatMap(({ index }) => (layout.columns[index] ? [[index, layout.columns[index]] as const] : []))
  const runs = table.rows.filter((one) => one.kind === 'run')
  const chosen = runs.filter(({ run }) => selected.has(run.run_id)).length
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={table.count + 1}
      aria-colcount={layout.columns.length}
      aria-multiselectable="true"
      aria-busy={table.isOld}
      className={styles['grid']}
      data-old={table.isOld}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const place = placeOf(event.target)
        if (place && (place.row !== row || place.column !== column)) setActive(place)
      }}
      onDoubleClick={(event) => {
        const place = placeOf(event.target as Element)
        const from = place && table.rows[place.row]
        const key = place && layout.columns[place.column]?.column
        if (from?.kind === 'run' && key?.kind === 'tag') acts.editTag(from.run, key.key)
      }}
      onClick={(event) => {
        const place = placeOf(event.target as Element)
        const from = place && table.rows[place.row]
        if (event.shiftKey && from?.kind === 'run' && !(event.target as Element).closest('input, a, button'))
          acts.select(from.run, true)
      }}
    >
      <div role="rowgroup" className={styles['head']} style={{ width: layout.width }}>
        <div role="row" aria-rowindex={1} data-row={-1} style={{ display: 'flex', position: 'relative' }}>
          <GridHeader
            grid={grid}
            columns={shownColumns}
            fixed={layout.fixed}
            activeColumn={row === -1 ? column : undefined}
            order={parseOrder(state.order)}
            numbers={numbers}
            selection={chosen === 0 ? 'none' : chosen === runs.length ? 'all' : 'some'}
            menu={menu}
            acts={acts}
          />
        </div>
      </div>
      <div role="rowgroup" className={styles['body']} style={{ height: table.count * height, width: layout.width }}>
        {shown.map(({ index, start }) => {
          const one = table.rows[index]
          const isPinned = index < table.pinned
          const id = one?.kind === 'run' ? one.run.run_id : undefined
          return (
            <GridRow
              key={index}
              grid={grid}
              row={one}
              index={index}
              top={isPinned ? headerHeight + index * height : start - headerHeight}
              height={height}
              width={layout.width}
              columns={shownColumns}
              fixed={layout.fixed}
              activeColumn={index === row ? column : undefined}
              isSelected={id !== undefined && selected.has(id)}
              isHidden={id !== undefined && hide.includes(id)}
              isPeeked={id !== undefined && id === peek}
              pinned={isPinned ? (index === table.pinned - 1 ? 'last' : 'true') : undefined}
              group={group}
              aggregate={agg}
              names={names}
              best={best}
              nowMs={nowMs}
              acts={acts}
            />
          )
        })}
      </div>
    </div>
  )
}

function placeOf(element: Element): GridPlace | undefined {
  const row = element.closest('[data-row]')?.getAttribute('data-row')
  const column = element.closest('[data-column]')?.getAttribute('data-column')
  return !row || !column ? undefined : { row: Number(row), column: Number(column) }
}

/** What one looks at stays in its place when rows come or go above it; so does the row that the keyboard is on. */
function usePlaceKept(
  scroller: { readonly current: HTMLDivElement | null },
  { rows }: TableRows,
  height: number,
  active: GridPlace,
  setActive: (place: GridPlace) => void,
): void {
  const before = useRef(rows)
  const activeKey = useRef<string | undefined>(undefined)
  useLayoutEffect(() => {
    const old = before.current
    before.current = rows
    const element = scroller.current
    if (old !== rows && element && element.scrollTop > 0) {
      const at = Math.floor(element.scrollTop / height)
      const key = old[at]?.key
      const now = key === undefined ? -1 : rows.findIndex((row) => row.key === key)
      if (now >= 0 && now !== at) element.scrollBy(0, (now - at) * height)
    }
    if (old !== rows && activeKey.current !== undefined && rows[active.row]?.key !== activeKey.current) {
      const now = rows.findIndex((row) => row.key === activeKey.current)
      if (now >= 0) setActive({ ...active, row: now })
    }
    activeKey.current = rows[active.row]?.key
  }, [rows, active, height, scroller, setActive])
}

/** The active cell has the focus while the grid has it, also when the cell is drawn only after a scroll. */
function useCellFocus(scroller: { readonly current: HTMLDivElement | null }, cellId: string): void {
  const hadFocus = useRef(false)
  useEffect(() => {
    const element = scroller.current
    if (!element) return undefined
    const enter = (): void => {
      hadFocus.current = true
    }
    const leave = (event: FocusEvent): void => {
      const to = event.relatedTarget
      if (to instanceof Node && !element.contains(to)) hadFocus.current = false
    }
    element.addEventListener('focusin', enter)
    element.addEventListener('focusout', leave)
    return () => {
      element.removeEventListener('focusin', enter)
      element.removeEventListener('focusout', leave)
    }
  }, [scroller])
  useEffect(() => {
    const focused = document.activeElement
    const isInGrid = focused !== null && scroller.current?.contains(focused) === true
    if (!isInGrid && !(hadFocus.current && focused === document.body)) return
    const cell = document.getElementById(cellId)
    if (cell && cell !== focused && !cell.contains(focused)) cell.focus({ preventScroll: true })
  })
}
