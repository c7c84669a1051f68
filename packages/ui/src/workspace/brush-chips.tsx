import { X } from 'lucide-react'
import { metricText, timeText } from '../controls/display-text.ts'
import { columnName, parseColumn } from './column.ts'
import styles from './filter-bar.module.css'
import { filterOf, type Brush } from './workspace-state.ts'
import type { Workspace } from './workspace.ts'

/** What was chosen in headers and plots, each with a way to take it back. */
export function BrushChips({ workspace }: { workspace: Workspace }) {
  const { state, change } = workspace
  const { brush = [] } = state
  if (brush.length === 0) return null
  return (
    <ul className={styles['chips']} aria-label="Chosen ranges and values">
      {brush.map((one, index) => (
        <li key={index} title={filterOf({ brush: [one] })}>
          <bdi>{textOf(one)}</bdi>
          <button
            type="button"
            aria-label={`Remove ${textOf(one)}`}
            onClick={() => change({ brush: brush.filter((other) => other !== one) })}
          >
            <X />
          </button>
        </li>
      ))}
      <li>
        <button
          type="button"
          title="Make these part of the filter’s text"
          onClick={() => change({ q: filterOf(state), brush: undefined })}
        >
          as text
        </button>
      </li>
    </ul>
  )
}

function textOf({ field, from, to, values }: Brush): string {
  const column = parseColumn(field)
  const name = column ? columnName(column) : field
  const text = (value: number): string => (field === 'attributes.start_time' ? timeText(value) : metricText(value))
  if (values)
    return `${name}: ${values.slice(0, 3).join(', ').slice(0, 60)}${values.length > 3 ? ` +${values.length - 3}` : ''}`
  if (from === undefined) return `${name} ≤ ${text(to ?? NaN)}`
  return to === undefined ? `${name} ≥ ${text(from)}` : `${name} ${text(from)} – ${text(to)}`
}
