import { Link } from '@tanstack/react-router'
import { durationText } from '../controls/display-text.ts'
import { Failure, Loading } from '../controls/notices.tsx'
import { RunStatus } from '../controls/run-status.tsx'
import { Ago } from '../controls/time.tsx'
import { DeletedBanner } from './deleted-banner.tsx'
import { MetricTable } from './metric-table.tsx'
import { ParamTable } from './param-table.tsx'
import { tagOf, useRun } from './run-data.ts'
import { RunDescription } from './run-description.tsx'
import { RunModels } from './run-models.tsx'
import styles from './run-summary.module.css'
import { RunTags } from './run-tags.tsx'

/** A run in short, for the panel beside the table. */
export function RunSummary({ runId }: { runId: string }) {
  const { data: run, error, refetch } = useRun(runId)
  if (!run) {
    return error ? (
      <Failure what="The run could not be loaded." error={error} retry={refetch} />
    ) : (
      <Loading what="the run" />
    )
  }
  const { info } = run
  const user = info.user_id || tagOf(run, 'mlflow.user')
  return (
    <div className={styles['summary']}>
      <DeletedBanner run={run} />
      <ul className={styles['facts']}>
        <li>
          <RunStatus status={info.status} />
        </li>
        <li>
          <Ago ms={info.start_time} />
        </li>
        {info.end_time !== undefined && <li>{durationText(info.start_time, info.end_time)}</li>}
        {user && (
          <li>
            <bdi>{user}</bdi>
          </li>
        )}
        <li>
          <Link
            to="/experiments/$experimentId/runs/$runId"
            params={{ experimentId: info.experiment_id, runId: info.run_id }}
          >
            Open the run
          </Link>
        </li>
      </ul>
      <RunDescription run={run} />
      <MetricTable run={run} isCompact />
      <ParamTable run={run} />
      <RunTags run={run} />
      <RunModels run={run} />
    </div>
  )
}
