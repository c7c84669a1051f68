import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { countText } from '../controls/display-text.ts'
import { EmptyState, Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { RunStatus } from '../controls/run-status.tsx'
import { Ago } from '../controls/time.tsx'
import { server } from '../server.ts'
import { useCrumbs } from '../shell/crumbs.tsx'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { readAgain } from './experiment-dialogs.tsx'
import { useExperiments } from './experiment-queries.ts'
import styles from './experiments.module.css'

/** What was deleted: experiments, and runs of experiments that were not. */
export function TrashPage() {
  useCrumbs([{ label: 'Trash' }])
  const experiments = useExperiments('', 'DELETED_ONLY')
  const runs = useDeletedRuns()
  const isEmpty = experiments.data?.length === 0 && Number(runs.data?.pages[0]?.total ?? NaN) === 0
  return (
    <div className="page">
      <h1>Trash</h1>
      <p className="quiet">What is deleted stays here and can be restored, with all that was logged.</p>
      {isEmpty && <EmptyState title="Nothing was deleted" />}
      <DeletedExperiments experiments={experiments} />
      <DeletedRuns runs={runs} />
    </div>
  )
}

function useDeletedRuns() {
  const ids = useExperiments('').data?.map(({ experiment_id: id }) => id)
  return useInfiniteQuery({
    queryKey: ['trash', 'runs', ids],
    enabled: ids !== undefined,
    queryFn: ({ pageParam, signal }) =>
      server.queryRuns(
        {
          experiment_ids: ids ?? [],
          run_view_type: 'DELETED_ONLY',
          max_results: 100,
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
}

function DeletedExperiments({ experiments }: { experiments: ReturnType<typeof useExperiments> }) {
  const queries = useQueryClient()
  const restore = async (id: string, name: string): Promise<void> => {
    try {
      await server.restoreExperiment({ experiment_id: id })
      toast({ text: `Restored ${name} with its runs.` })
    } catch (error) {
      toastFailure(`${name} could not be restored.`, error)
    }
    await readAgain(queries)
  }
  if (experiments.isPending) return <Loading what="deleted experiments" rows={3} />
  if (experiments.isError) {
    return (
      <Failure what="Deleted experiments could not be loaded." error={experiments.error} retry={experiments.refetch} />
    )
  }
  if (experiments.data.length === 0) return null
  return (
    <section className={styles['frame']} aria-label="Deleted experiments">
      <h2>{countText(experiments.data.length, 'experiment')}</h2>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Deleted</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {experiments.data.map(({ experiment_id: id, name, last_update_time: deleted }) => (
            <tr key={id}>
              <th scope="row" className={styles['name']}>
                <Link to="/experiments/$experimentId/runs" params={{ experimentId: id }} search={{ view: 'deleted' }}>
                  <bdi>{name}</bdi>
                </Link>
              </th>
              <td className={styles['time']}>
                <Ago ms={deleted} />
              </td>
              <td>
                <Button aria-label={`Restore ${name}`} onClick={() => void restore(id, name)}>
                  <RotateCcw /> Restore
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function DeletedRuns({ runs }: { runs: ReturnType<typeof useDeletedRuns> }) {
  const queries = useQueryClient()
  const restore = async (id: string, name: string): Promise<void> => {
    try {
      await server.restoreRun({ run_id: id })
      toast({ text: `Restored ${name}.` })
    } catch (error) {
      toastFailure(`${name} could not be restored.`, error)
    }
    await Promise.all([readAgain(queries), queries.invalidateQueries({ queryKey: ['runs'] })])
  }
  if (runs.isPending) return <Loading what="deleted runs" rows={3} />
  if (runs.isLoadingError)
    return <Failure what="Deleted runs could not be loaded." error={runs.error} retry={runs.refetch} />
  const found = runs.data.pages.flatMap((page) => page.runs ?? [])
  if (found.length === 0) return null
  return (
    <section className={styles['frame']} aria-label="Deleted runs">
      <h2>{countText(runs.data.pages[0]?.total ?? 0, 'run')}</h2>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Status</th>
            <th scope="col">Started</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ run_id: runId, run_name: name, experiment_id: experimentId, status, start_time: started }) => (
            <tr key={runId}>
              <th scope="row" className={styles['name']}>
                <Link to="/experiments/$experimentId/runs/$runId" params={{ experimentId, runId }}>
                  <bdi>{name}</bdi>
                </Link>
              </th>
              <td>
                <RunStatus status={status} />
              </td>
              <td className={styles['time']}>
                <Ago ms={started} />
              </td>
              <td>
                <Button aria-label={`Restore ${name}`} onClick={() => void restore(runId, name)}>
                  <RotateCcw /> Restore
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <LoadMore pages={runs} what="runs" />
    </section>
  )
}
