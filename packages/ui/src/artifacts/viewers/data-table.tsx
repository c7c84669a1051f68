import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import styles from './data-table.module.css'

interface DataTableProps {
  readonly name: string
  readonly columns: readonly string[]
  readonly rowCount: number
  /** The cells of a row; undefined while they are not loaded. */
  readonly rowAt: (index: number) => readonly string[] | undefined
  /** Told which rows are in sight, so that they can be loaded. */
  readonly onSight?: (first: number, last: number) => void
}

const rowHeight = 28
/** A browser draws no higher element than some 30 million pixels: so many rows can be scrolled through. */
const mostRows = 600_000
const longestCell = 500

/** A table of any length and width: what is out of sight is not on the page. */
export function DataTable({ name, columns, rowCount, rowAt, onSight }: DataTableProps) {
  const pane = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: Math.min(rowCount, mostRows),
    getScrollElement: () => pane.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  })
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => pane.current,
    estimateSize: (index) => columnWidth(columns[index] ?? '', rowAt(0)?.[index]),
    overscan: 2,
  })
  const hasRows = rowAt(0) !== undefined
  useEffect(() => across.measure(), [hasRows, across])
  const items = rows.getVirtualItems()
  const cells = across.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  useEffect(() => onSight?.(first, last), [onSight, first, last])
  const lead = cells[0]?.start ?? 0
  const numberWidth = String(rowCount).length * 8 + 20
  const widths = cells.map(({ size }) => `${size}px`).join(' ')
  const template = `${numberWidth}px ${lead}px ${widths}`
  return (
    // A keyboard must be able to scroll it.
    <div ref={pane} className={styles['pane']} tabIndex={0} role="region" aria-label={name}>
      <div
        role="table"
        aria-label={name}
        aria-rowcount={rowCount + 1}
        aria-colcount={columns.length + 1}
        style={{ width: numberWidth + across.getTotalSize(), height: (Math.min(rowCount, mostRows) + 1) * rowHeight }}
      >
        <div role="row" aria-rowindex={1} className={styles['head']} style={{ gridTemplateColumns: template }}>
          <span role="columnheader" aria-colindex={1} className={styles['number']}>
            <span className="visually-hidden">Row</span>
          </span>
          <span role="presentation" />
          {cells.map(({ index, key }) => (
            <span key={key} role="columnheader" aria-colindex={index + 2} title={columns[index]}>
              <bdi>{columns[index]}</bdi>
            </span>
          ))}
        </div>
        {items.map(({ index: row, key, start }) => {
          const values = rowAt(row)
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={row + 2}
              className={styles['row']}
              style={{ gridTemplateColumns: template, transform: `translateY(${start + rowHeight}px)` }}
            >
              <span role="rowheader" aria-colindex={1} className={styles['number']}>
                {row + 1}
              </span>
              <span role="presentation" />
              {cells.map(({ index, key: cell }) => {
                const value = values?.[index] ?? ''
                return (
                  <span
                    key={cell}
                    role="cell"
                    aria-colindex={index + 2}
                    title={value.slice(0, longestCell)}
                    data-number={isNumber.test(value)}
                  >
                    {values ? <bdi>{value.slice(0, longestCell)}</bdi> : <span className="quiet">…</span>}
                  </span>
                )
              })}
            </div>
          )
        })}
      </div>
    </div>
  )
}

const isNumber = /^-?(\d+(\.\d*)?([eE][+-]?\d+)?|NaN|Infinity)$/

function columnWidth(name: string, value = ''): number {
  return Math.max(80, Math.min(320, Math.max(name.length, value.length) * 7.5 + 28))
}
