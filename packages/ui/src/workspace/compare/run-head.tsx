import { Link } from '@tanstack/react-router'
import { EllipsisVertical } from 'lucide-react'
import type { CSSProperties } from 'react'
import { RunStatus } from '../../controls/run-status.tsx'
import type { ShownRun } from '../shown-runs.ts'
import styles from './compare.module.css'

interface RunHeadProps {
  readonly run: ShownRun
  readonly isBaseline: boolean
  /** Whether its controls are reached by Tab: of the grid's active cell. */
  readonly isActive: boolean
  readonly isMenuOpen: boolean
  readonly onMenu: (trigger: HTMLElement) => void
}

/** A run as the head of its column or row. */
export function RunHead({ run, isBaseline, isActive, isMenuOpen, onMenu }: RunHeadProps) {
  const tabIndex = isActive ? 0 : -1
  return (
    <div className={styles['run']}>
      <span className={styles['dot']} style={{ '--run': `var(${run.colour})` } as CSSProperties} aria-hidden="true" />
      <Link
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId: run.experimentId, runId: run.id }}
        tabIndex={tabIndex}
        title={run.name}
        dir="auto"
        preload={false}
      >
        {run.name.slice(0, 300) || run.id}
      </Link>
      <span className={styles['about']}>
        {isBaseline ? <strong>Baseline</strong> : <RunStatus status={run.status} />}
      </span>
      <button
        type="button"
        tabIndex={tabIndex}
        className={styles['more']}
        aria-haspopup="menu"
        aria-expanded={isMenuOpen}
        aria-label={`Actions for ${run.name}`}
        title="Baseline, hide, remove"
        onClick={(event) => onMenu(event.currentTarget)}
      >
        <EllipsisVertical />
      </button>
    </div>
  )
}
