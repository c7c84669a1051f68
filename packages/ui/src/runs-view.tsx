import type { Experiment } from '@trackway/sdk'
import { addressOf } from './address.ts'
import { type RunCounts, useExperiment, useRunCounts } from './experiments.ts'
import { GettingStarted } from './getting-started.tsx'
import { Failure, Loading, LoadMore } from './notices.tsx'
import { runColumns } from './run-columns.ts'
import { useRuns } from './runs.ts'
import { RunsTable } from './runs-table.tsx'

interface RunsViewProps {
  readonly experimentId: string
  readonly known: Experiment | undefined
  readonly selectedRun: string | undefined
}

/** An experiment with its runs. */
export function RunsView({ experimentId, known, selectedRun }: RunsViewProps) {
  const experiment = useExperiment(experimentId, known)
  const runs = useRuns(experimentId)
  const counts = useRunCounts().data?.get(experimentId)
  const list = runs.data?.pages.flatMap((page) => page.runs ?? []) ?? []
  const columns = runColumns(list)

  if (experiment.isLoadingError) {
    const what = `Experiment ${experimentId} could not be loaded.`
    return <Failure what={what} error={experiment.error} retry={experiment.refetch} />
  }
  const name = experiment.data?.name
  return (
    <>
      <div className="runs-head">
        <a className="back back-to-experiments" href={addressOf({})}>
          ‹ Experiments
        </a>
        <h1 title={name}>{name === undefined ? 'Runs' : <bdi>{name}</bdi>}</h1>
        {experiment.data?.lifecycle_stage === 'deleted' && <span className="badge">Deleted</span>}
        <p className="quiet runs-count" role="status">
          {runs.isSuccess && countText(list.length, runs.hasNextPage, counts)}
          {hiddenText(columns.hiddenMetrics, columns.hiddenParams)}
        </p>
        <button type="button" className="button" onClick={() => void runs.refetch()} aria-busy={runs.isRefetching}>
          Refresh
        </button>
      </div>
      {runs.isPending && <Loading what="runs" rows={8} />}
      {runs.isError && !runs.isFetchNextPageError && (
        <Failure what="Runs could not be loaded." error={runs.error} retry={runs.refetch} />
      )}
      {runs.isSuccess && list.length === 0 && (
        <GettingStarted experimentName={experimentId === '0' ? undefined : name} />
      )}
      {list.length > 0 && (
        <RunsTable runs={list} columns={columns} selectedRun={selectedRun} name={name ?? 'this experiment'}>
          <LoadMore pages={runs} what="runs" />
        </RunsTable>
      )}
    </>
  )
}

/** All that there are, and how many of them are below. */
function countText(shown: number, hasMore: boolean, counts: RunCounts | undefined): string {
  const total = hasMore ? counts?.runs : shown
  const parts = [
    total !== undefined && (total === 1 ? '1 run' : `${total} runs`),
    counts !== undefined && counts.running > 0 && `${counts.running} running`,
    hasMore && `the newest ${shown} are shown`,
  ]
  return parts.filter((part) => part !== false).join(' · ')
}

function hiddenText(metrics: number, params: number): string {
  const hidden = [metrics > 0 && `${metrics} metrics`, params > 0 && `${params} params`].filter(
    (part) => part !== false,
  )
  return hidden.length === 0 ? '' : ` · ${hidden.join(' and ')} only in each run’s details`
}
