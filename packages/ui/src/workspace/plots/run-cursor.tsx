import { useMemo, useState } from 'react'
import { valueText } from './plot-axis.ts'
import type { PlotData } from './plot-data.ts'
import styles from './plots.module.css'

interface RunCursorProps {
  readonly data: PlotData
  readonly fields: readonly string[]
  /** Where a run lies on the way that the arrow keys go. */
  readonly order: (run: number) => number
  readonly onRun: (run: number | undefined) => void
  readonly onSelect: (runId: string) => void
  readonly onOpen: (runId: string) => void
}

/** Leads through the runs of a plot by the arrow keys: Space selects one, Enter opens it. */
export function RunCursor({ data, fields, order, onRun, onSelect, onOpen }: RunCursorProps) {
  const sorted = useMemo(
    () =>
      Array.from(data.isIn, (_, run) => run)
        .filter((run) => data.isIn[run] === 1)
        .toSorted((a, b) => order(a) - order(b)),
    [data, order],
  )
  const [place, setPlace] = useState(0)
  const run = sorted[Math.min(place, sorted.length - 1)]
  if (run === undefined) return null
  const go = (to: number): void => {
    const next = Math.max(0, Math.min(sorted.length - 1, to))
    setPlace(next)
    onRun(sorted[next])
  }
  const read = fields
    .flatMap((field) => data.fields.get(field) ?? [])
    .map((field) => `${field.name.slice(0, 80)} ${valueText(field, run)}`)
  return (
    <div
      role="slider"
      tabIndex={0}
      className={styles['cursor']}
      aria-label="Runs: arrow keys go through them, Space selects, Enter opens"
      aria-valuemin={1}
      aria-valuemax={sorted.length}
      aria-valuenow={Math.min(place, sorted.length - 1) + 1}
      aria-valuetext={`${data.runs[run]?.name.slice(0, 120)}: ${read.join(', ')}`}
      onFocus={() => onRun(run)}
      onBlur={() => onRun(undefined)}
      onKeyDown={(event) => {
        const id = data.runs[run]?.id ?? ''
        if (event.key === 'ArrowRight' || event.key === 'ArrowUp') go(place + 1)
        else if (event.key === 'ArrowLeft' || event.key === 'ArrowDown') go(place - 1)
        else if (event.key === 'Home') go(0)
        else if (event.key === 'End') go(sorted.length - 1)
        else if (event.key === ' ') onSelect(id)
        else if (event.key === 'Enter') onOpen(id)
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    />
  )
}
