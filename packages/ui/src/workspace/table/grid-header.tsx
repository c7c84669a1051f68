import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react'
import { type PointerEvent, useState } from 'react'
import { type Column, isSortable, type Order } from '../column.ts'
import styles from './run-grid.module.css'
import type { TableActs } from './table-acts.ts'
import type { PlacedColumn } from './table-layout.ts'

interface GridHeaderProps {
  readonly grid: string
  readonly columns: readonly (readonly [number, PlacedColumn])[]
  readonly fixed: number
  readonly activeColumn: number | undefined
  readonly order: Order | undefined
  readonly numbers: ReadonlySet<string>
  readonly selection: 'none' | 'some' | 'all'
  readonly menu: string | undefined
  readonly acts: TableActs
}

const dragged = 'application/x-trackway-column'

export function GridHeader({
  grid,
  columns,
  fixed,
  activeColumn,
  order,
  numbers,
  selection,
  menu,
  acts,
}: GridHeaderProps) {
  const [drop, setDrop] = useState<string>()
  return columns.map(([place, { id, name, left, width, column }]) => {
    const isFixed = place < fixed
    const isNumber = column !== undefined && (column.kind === 'metric' || numbers.has(id))
    const sorted = order?.column === id ? order : undefined
    return (
      <div
        key={id}
        role="columnheader"
        id={`${grid}--1-${place}`}
        aria-colindex={place + 1}
        aria-sort={sorted && (sorted.isDescending ? 'descending' : 'ascending')}
        tabIndex={place === activeColumn ? 0 : -1}
        data-column={place}
        data-drop={drop === id}
        className={`${styles['header']} ${isFixed ? styles['fixed'] : styles['cell']} ${place === fixed - 1 ? styles['last'] : ''} ${isNumber ? styles['is-number'] : ''} ${id === 'select' ? styles['select'] : ''}`}
        style={isFixed ? { left, width } : { transform: `translateX(${left}px)`, width }}
        draggable={column !== undefined}
        onDragStart={(event) => event.dataTransfer.setData(dragged, id)}
        onDragOver={(event) => {
          if (column === undefined || !event.dataTransfer.types.includes(dragged)) return
          event.preventDefault()
          setDrop(id)
        }}
        onDragLeave={() => setDrop(undefined)}
        onDrop={(event) => {
          setDrop(undefined)
          acts.move(event.dataTransfer.getData(dragged), id)
        }}
      >
        {id === 'select' ? (
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label="Select all runs loaded"
            checked={selection === 'all'}
            ref={(box) => {
              if (box) box.indeterminate = selection === 'some'
            }}
            onChange={acts.selectAll}
          />
        ) : (
          <>
            <HeaderButton
              name={name}
              column={column}
              sorted={sorted}
              onSort={() => acts.sort(id === 'name' ? 'attributes.run_name' : id)}
            />
            {column && (
              <button
                type="button"
                tabIndex={-1}
                className={styles['open-menu']}
                aria-label={`Menu of ${name}`}
                aria-haspopup="dialog"
                aria-expanded={menu === id}
                onClick={(event) => acts.openMenu(id, event.currentTarget.parentElement ?? event.currentTarget)}
              >
                <ChevronDown />
              </button>
            )}
            <span
              className={styles['resize']}
              onPointerDown={(event) => startResize(event, width, (next) => acts.resize(id, next))}
            />
          </>
        )}
      </div>
    )
  })
}

function HeaderButton({
  name,
  column,
  sorted,
  onSort,
}: {
  name: string
  column: Column | undefined
  sorted: Order | undefined
  onSort: () => void
}) {
  const full = column ? column.id : name
  if (column && !isSortable(column)) {
    return (
      <bdi className="cut" title={full}>
        {name}
      </bdi>
    )
  }
  return (
    <button type="button" tabIndex={-1} className={styles['sort']} title={`${full}: sort`} onClick={onSort}>
      <bdi>{name.slice(0, 200)}</bdi>
      {column && column.value !== 'LAST' && <small>{column.value.toLowerCase()}</small>}
      {sorted && (sorted.isDescending ? <ArrowDown /> : <ArrowUp />)}
    </button>
  )
}

/** Follows the pointer until it is released; the column is as wide as it was drawn. */
function startResize(event: PointerEvent<HTMLElement>, width: number, onResize: (width: number) => void): void {
  event.preventDefault()
  event.stopPropagation()
  const handle = event.currentTarget
  const from = event.clientX
  handle.setPointerCapture(event.pointerId)
  const move = ({ clientX }: globalThis.PointerEvent): void => onResize(Math.round(width + clientX - from))
  handle.addEventListener('pointermove', move)
  handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), { once: true })
}
