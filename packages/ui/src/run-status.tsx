import type { RunInfo } from '@trackway/sdk'

const names: Readonly<Record<RunInfo['status'], string>> = {
  RUNNING: 'Running',
  SCHEDULED: 'Scheduled',
  FINISHED: 'Finished',
  FAILED: 'Failed',
  KILLED: 'Killed',
}

export function RunStatus({ status }: { status: RunInfo['status'] }) {
  return (
    <span className="status" data-status={status}>
      {names[status] ?? status}
    </span>
  )
}
