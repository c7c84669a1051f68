import { Link } from '@tanstack/react-router'
import { ChevronRight, PanelRight, Pin, PinOff } from 'lucide-react'
import { type CSSProperties, memo, useState } from 'react'
import { countText } from '../../controls/display-text.ts'
import { RunStatus } from '../../controls/run-status.tsx'
import { parseColumn, columnName } from '../column.ts'
import { runColourToken } from '../run-colours.ts'
import type { Aggregate } from '../workspace-state.ts'
import { groupCell, runCell } from './cell-value.ts'
import type { PlacedColumn } from './table-layout.ts'
import styles from './run-grid.module.css'
import type { TableActs } from './table-acts.ts'
import type { GroupRow, RunRow, TableRow } from './table-rows.ts'

interface GridRowProps {
  readonly grid: string
  readonly row: TableRow | undefined
  /** From 0; the header is above it. */
  readonly index: number
  readonly top: number
  readonly height: number
  readonly width: number
  /** The columns in view, with their places among all. */
  readonly columns: readonly (readonly [number, PlacedColumn])[]
  readonly fixed: number
  readonly activeColumn: number | undefined
  readonly isSelected: boolean
  readonly isHidden: boolean
  readonly isPeeked: boolean
  readonly pinned: 'true' | 'last' | undefined
  readonly group: readonly string[]
  readonly aggregate: Aggregate
  readonly names: ReadonlyMap<string, string>
  readonly best: ReadonlyMap<string, number>
  readonly nowMs: number
  readonly acts: TableActs
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const [isHovered, setHovered] = useState(false)
  const { grid, row, index, top, height, width, columns, fixed, activeColumn, isSelected, isHidden, isPeeked, pinned } =
    props
  const style: CSSProperties = { height, width, lineHeight: `${height - 1}px` }
  if (pinned) style.top = top
  else style.transform = `translateY(${top}px)`
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={row?.kind === 'run' ? isSelected : undefined}
      aria-level={row && row.depth > 0 ? row.depth + 1 : undefined}
      className={styles['row']}
      style={style}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      data-row={index}
      data-selected={isSelected}
      data-hidden={isHidden}
      data-open={isPeeked}
      data-pinned={pinned}
    >
      {columns.map(([place, column]) => {
        const isFixed = place < fixed
        const last = place === fixed - 1 ? styles['last'] : ''
        const shared = {
          role: place === 1 ? 'rowheader' : 'gridcell',
          id: `${grid}-${index}-${place}`,
          'aria-colindex': place + 1,
          tabIndex: place === activeColumn ? 0 : -1,
          'data-column': place,
          style: isFixed
            ? { left: column.left, width: column.width }
            : { transform: `translateX(${column.left}px)`, width: column.width },
        }
        const className = isFixed ? `${styles['fixed']} ${last}` : styles['cell']
        if (row === undefined) {
          return (
            <div key={place} {...shared} className={className}>
              {place === 1 && <span className={styles['pending']} />}
            </div>
          )
        }
        if (column.id === 'select') {
          return (
            <div key={place} {...shared} className={`${className} ${styles['select']}`}>
              {row.kind === 'run' && (
                <input
                  type="checkbox"
                  tabIndex={-1}
                  checked={isSelected}
                  aria-label={`Select ${row.run.run_name}`}
                  onChange={() => undefined}
                  onClick={(event) => props.acts.select(row.run, event.shiftKey)}
                />
              )}
            </div>
          )
        }
        if (column.column === undefined) {
          return (
            <div key={place} {...shared} className={`${className} ${styles['name']}`}>
              <RowName {...props} row={row} isHovered={isHovered} />
            </div>
          )
        }
        const cell =
          row.kind === 'run'
            ? runCell(column.column, row, props.nowMs, props.names)
            : row.kind === 'group'
              ? groupCell(column.column, row, props.aggregate, props.nowMs)
              : undefined
        const isBest =
          row.kind === 'run' &&
          cell !== undefined &&
          cell.text !== '' &&
          props.best.get(column.id) === Number(cell.full)
        return (
          <div
            key={place}
            {...shared}
            className={`${className} ${cell?.isNumber ? styles['is-number'] : ''} ${isBest ? styles['is-best'] : ''}`}
            title={cell?.full}
            dir={cell && !cell.isNumber && cell.text !== '' ? 'auto' : undefined}
          >
            {cell?.text}
          </div>
        )
      })}
    </div>
  )
})

function RowName({ row, ...props }: GridRowProps & { readonly row: TableRow; readonly isHovered: boolean }) {
  const indent = row.depth === 0 ? undefined : <span style={{ flex: 'none', width: row.depth * 16 - 6 }} />
  if (row.kind === 'note') {
    return (
      <>
        {indent}
        <span className={`${styles['note']} cut`}>{row.text}</span>
      </>
    )
  }
  if (row.kind === 'group') return <GroupName row={row} {...props} />
  const { run } = row
  const { acts, isHidden } = props
  return (
    <>
      {indent}
      <Toggle row={row} acts={acts} />
      <button
        type="button"
        tabIndex={-1}
        className={styles['dot']}
        style={{ '--run': `var(${runColourToken(run.run_id)})` } as CSSProperties}
        aria-pressed={isHidden}
        aria-label={`Hide ${run.run_name} in charts`}
        title={isHidden ? 'Show in charts' : 'Hide in charts'}
        onClick={() => acts.hide(run)}
      />
      <RunStatus status={run.status} isDot />
      <Link
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId: run.experiment_id, runId: run.run_id }}
        tabIndex={-1}
        title={run.run_name}
        dir="auto"
        preload={false}
      >
        {run.run_name.slice(0, 300) || run.run_id}
      </Link>
      {row.children > 0 && <span className="quiet">{row.children}</span>}
      {(props.isHovered || props.activeColumn !== undefined || row.isPinned) && <RowActs row={row} acts={acts} />}
    </>
  )
}

/** Only in the row that somebody is at: in all of them they would be a third of the page's elements. */
function RowActs({ row, acts }: { row: RunRow; acts: TableActs }) {
  const { run } = row
  return (
    <span className={styles['more']}>
      <button
        type="button"
        tabIndex={-1}
        aria-label={`Look at ${run.run_name}`}
        title="Look (Space)"
        onClick={() => acts.peek(run)}
      >
        <PanelRight />
      </button>
      <button
        type="button"
        tabIndex={-1}
        aria-pressed={row.isPinned}
        aria-label={row.isPinned ? `Unpin ${run.run_name}` : `Pin ${run.run_name}`}
        title={row.isPinned ? 'Unpin (p)' : 'Pin to the top (p)'}
        onClick={() => acts.pin(run)}
      >
        {row.isPinned ? <PinOff /> : <Pin />}
      </button>
    </span>
  )
}

function GroupName({ row, group, acts }: GridRowProps & { readonly row: GroupRow }) {
  const values = row.group.values as readonly (string | null)[]
  const text = values.map((value, place) => {
    const column = parseColumn(group[place] ?? '')
    return `${column ? columnName(column) : group[place]}: ${value ?? 'none'}`
  })
  return (
    <>
      <Toggle row={row} acts={acts} />
      <span className={styles['group-name']} dir="auto" title={text.join('\n')}>
        {text.join(' · ').slice(0, 300)}
      </span>
      <span
        className="quiet"
        title={Number(row.group.running) > 0 ? `${countText(row.group.running, 'run')} running` : undefined}
      >
        {Number(row.group.runs).toLocaleString('en')}
      </span>
    </>
  )
}

function Toggle({ row, acts }: { row: RunRow | GroupRow; acts: TableActs }) {
  if (row.kind === 'run' && row.children === 0) return null
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles['toggle']}
      aria-expanded={row.isOpen}
      aria-label={row.isOpen ? 'Close' : 'Open'}
      onClick={() => acts.toggle(row)}
    >
      <ChevronRight />
    </button>
  )
}
