import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp, Maximize2, X } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { buttonLink, IconButton } from '../controls/button.tsx'
import { Loading } from '../controls/notices.tsx'
import { useShortcuts } from '../shell/shortcuts.ts'
import type { TableRows } from './table/table-rows.ts'
import styles from './workspace.module.css'
import type { Workspace } from './workspace.ts'

const RunSummary = lazy(async () => ({ default: (await import('../run/run-summary.tsx')).RunSummary }))

interface PeekPanelProps {
  readonly workspace: Workspace
  readonly runId: string
  readonly table: TableRows
  /** Whether it covers what lies at the right, instead of taking its room. */
  readonly isOver: boolean
}

/** A run beside the table, without leaving it. */
export function PeekPanel({ workspace, runId, table, isOver }: PeekPanelProps) {
  const { change, scope } = workspace
  const runs = table.rows.flatMap((row) => (row.kind === 'run' ? [row.run] : []))
  const at = runs.findIndex(({ run_id }) => run_id === runId)
  const run = runs[at]
  const go = (step: number): void => {
    const next = runs[at + step]
    if (at >= 0 && next) change({ peek: next.run_id }, { replace: true })
  }
  useShortcuts({ '[': () => go(-1), ']': () => go(1) })
  const experimentId = run?.experiment_id ?? scope.experimentIds[0]
  return (
    <aside className={styles['peek']} aria-label="Run details" data-over={isOver}>
      <header className={styles['peek-head']}>
        <h2 className="cut" title={run?.run_name}>
          <bdi>{run?.run_name ?? 'Run'}</bdi>
        </h2>
        <IconButton label="Previous run ([)" aria-disabled={at <= 0} onClick={() => go(-1)}>
          <ArrowUp />
        </IconButton>
        <IconButton label="Next run (])" aria-disabled={at < 0 || at >= runs.length - 1} onClick={() => go(1)}>
          <ArrowDown />
        </IconButton>
        {experimentId !== undefined && (
          <Link
            to="/experiments/$experimentId/runs/$runId"
            params={{ experimentId, runId }}
            className={buttonLink}
            data-kind="quiet"
            aria-label="Open the run’s page"
            title="Open the run’s page"
          >
            <Maximize2 />
          </Link>
        )}
        <IconButton label="Close (Esc)" onClick={() => change({ peek: undefined })}>
          <X />
        </IconButton>
      </header>
      <div className={styles['peek-body']}>
        <Suspense fallback={<Loading what="the run" />}>
          <RunSummary key={runId} runId={runId} />
        </Suspense>
      </div>
    </aside>
  )
}
