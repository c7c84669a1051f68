import { Clock, CircleDot, Trash2 } from 'lucide-react'
import { Menu } from '../controls/menu.tsx'
import styles from './filter-bar.module.css'
import type { Brush } from './workspace-state.ts'
import type { Workspace } from './workspace.ts'

const statuses = ['RUNNING', 'FINISHED', 'FAILED', 'KILLED', 'SCHEDULED'] as const
const hourMs = 3_600_000
const spans = [
  { id: 'hour', label: 'Last hour', ms: hourMs },
  { id: 'day', label: 'Last 24 hours', ms: 24 * hourMs },
  { id: 'week', label: 'Last 7 days', ms: 168 * hourMs },
  { id: 'month', label: 'Last 30 days', ms: 720 * hourMs },
] as const
const status = 'attributes.status'
const time = 'attributes.start_time'

/** The choices that are made most: status, time, and whether deleted runs are shown. */
export function QuickFilters({ workspace: { state, change } }: { workspace: Workspace }) {
  const { brush = [], view = 'active' } = state
  const chosen = brush.find(({ field }) => field === status)?.values ?? []
  const set = (field: string, next: Omit<Brush, 'field'> | undefined): void =>
    change({ brush: [...brush.filter((one) => one.field !== field), ...(next ? [{ field, ...next }] : [])] })
  return (
    <div className={styles['quick']} role="group" aria-label="Quick filters">
      <Menu
        label="Status"
        kind="quiet"
        items={statuses.map((one) => ({
          id: one,
          label: one[0] + one.slice(1).toLowerCase(),
          checked: chosen.includes(one),
          onAction: () => {
            const next = chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]
            set(status, next.length > 0 ? { values: next } : undefined)
          },
        }))}
      >
        <CircleDot /> <span>Status</span>
      </Menu>
      <Menu
        label="Time"
        kind="quiet"
        items={[
          ...spans.map(({ id, label, ms }) => ({ id, label, onAction: () => set(time, { from: Date.now() - ms }) })),
          { id: 'any', label: 'Any time', onAction: () => set(time, undefined) },
        ]}
      >
        <Clock /> <span>Time</span>
      </Menu>
      <Menu
        label={`${{ active: 'Active', deleted: 'Deleted', all: 'With deleted' }[view]}: which runs are shown`}
        kind="quiet"
        items={(['active', 'deleted', 'all'] as const).map((one) => ({
          id: one,
          label: { active: 'Active runs', deleted: 'Deleted runs', all: 'Active and deleted' }[one],
          checked: view === one,
          onAction: () => change({ view: one === 'active' ? undefined : one, sel: undefined, peek: undefined }),
        }))}
      >
        <Trash2 /> <span>{{ active: 'Active', deleted: 'Deleted', all: 'With deleted' }[view]}</span>
      </Menu>
    </div>
  )
}
