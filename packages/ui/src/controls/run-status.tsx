import styles from './run-status.module.css'

const names: Readonly<Record<string, string>> = {
  RUNNING: 'Running',
  SCHEDULED: 'Scheduled',
  FINISHED: 'Finished',
  FAILED: 'Failed',
  KILLED: 'Killed',
}

/** A run's status as a word with a colour; `isDot` leaves the word to screen readers and the tooltip. */
export function RunStatus({ status, isDot = false }: { status: string; isDot?: boolean }) {
  const name = names[status] ?? status
  return (
    <span className={styles['status']} data-status={status} title={isDot ? name : undefined}>
      <span className={isDot ? 'visually-hidden' : ''}>{name}</span>
    </span>
  )
}
