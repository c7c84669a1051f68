import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { durationText } from '../controls/display-text.ts'
import { Failure, Loading } from '../controls/notices.tsx'
import { RunStatus } from '../controls/run-status.tsx'
import { Ago } from '../controls/time.tsx'
import { DeletedBanner } from './deleted-banner.tsx'
import { changedState, type ChartsState } from '../workspace/charts/charts-state.ts'
import { MetricTable } from './metric-table.tsx'
import { ParamTable } from './param-table.tsx'
import { type Run, tagOf, useRun } from './run-data.ts'
import { RunDescription } from './run-description.tsx'
import { RunModels } from './run-models.tsx'
import styles from './run-summary.module.css'
import { RunTags } from './run-tags.tsx'
import { shownRun } from './shown-run.ts'

const MetricCharts = lazy(async () => ({
  default: (await import('../workspace/charts/metric-charts.tsx')).MetricCharts,
}))

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
      <SummaryCharts run={run} />
      <ParamTable run={run} />
      <RunTags run={run} />
      <RunModels run={run} />
    </div>
  )
}

/** The curves of the run, one below the other, when somebody wants them. */
function SummaryCharts({ run }: { run: Run }) {
  const [isOpen, setOpen] = useState(false)
  const [state, setState] = useState<ChartsState>({ cols: 1, height: 160 })
  const keyText = JSON.stringify((run.data.metrics ?? []).map(({ key }) => key))
  const keys = useMemo(() => JSON.parse(keyText) as string[], [keyText])
  const runs = useMemo(() => [shownRun(run)], [run])
  if (keys.length === 0) return null
  return (
    <section>
      <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Hide charts' : 'Show charts'}
      </Button>
      {isOpen && (
        <Suspense fallback={<Loading what="the charts" />}>
          <MetricCharts
            runs={runs}
            keys={keys}
            state={state}
            onState={(change) => setState(changedState(state, change) ?? {})}
          />
        </Suspense>
      )}
    </section>
  )
}
