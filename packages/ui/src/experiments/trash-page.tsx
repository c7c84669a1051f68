import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Int64 } from '@trackway/sdk'
import { RotateCcw } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../controls/button.tsx'
import { countText } from '../controls/display-text.ts'
import { EmptyState, Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { RunStatus } from '../controls/run-status.tsx'
import { Ago } from '../controls/time.tsx'
import { server } from '../server.ts'
import { useCrumbs } from '../shell/crumbs.tsx'
import { readAgain } from '../shell/read-again.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { readExperimentsAgain } from './experiment-dialogs.tsx'
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
  if (experiments.isPending) return <Loading what="deleted experiments" rows={3} />
  if (experiments.isError) {
    return (
      <Failure what="Deleted experiments could not be loaded." error={experiments.error} retry={experiments.refetch} />
    )
  }
  if (experiments.data.length === 0) return null
  return (
    <DeletedTable
      label="Deleted experiments"
      title={countText(experiments.data.length, 'experiment')}
      facts={['Deleted']}
      items={experiments.data.map(({ experiment_id: id, name, last_update_time: deleted }) => ({
        id,
        name,
        link: (
          <Link to="/experiments/$experimentId/runs" params={{ experimentId: id }} search={{ view: 'deleted' }}>
            <bdi>{name}</bdi>
          </Link>
        ),
        facts: [<When key="deleted" ms={deleted} />],
        restore: () => server.restoreExperiment({ experiment_id: id }),
        said: `Restored ${name} with its runs.`,
      }))}
    />
  )
}

function DeletedRuns({ runs }: { runs: ReturnType<typeof useDeletedRuns> }) {
  if (runs.isPending) return <Loading what="deleted runs" rows={3} />
  if (runs.isLoadingError) {
    return <Failure what="Deleted runs could not be loaded." error={runs.error} retry={runs.refetch} />
  }
  const found = runs.data.pages.flatMap((page) => page.runs ?? [])
  if (found.length === 0) return null
  return (
    <DeletedTable
      label="Deleted runs"
      title={countText(runs.data.pages[0]?.total ?? 0, 'run')}
      facts={['Status', 'Started']}
      items={found.map(
        ({ run_id: runId, run_name: name, experiment_id: experimentId, status, start_time: started }) => ({
          id: runId,
          name,
          link: (
            <Link to="/experiments/$experimentId/runs/$runId" params={{ experimentId, runId }}>
              <bdi>{name}</bdi>
            </Link>
          ),
          facts: [<RunStatus key="status" status={status} />, <When key="started" ms={started} />],
          restore: () => server.restoreRun({ run_id: runId }),
          said: `Restored ${name}.`,
        }),
      )}
    >
      <LoadMore pages={runs} what="runs" />
    </DeletedTable>
  )
}

function When({ ms }: { ms: Int64 }) {
  return (
    <span className={styles['time']}>
      <Ago ms={ms} />
    </span>
  )
}

interface DeletedItem {
  readonly id: string
  readonly name: string
  readonly link: ReactNode
  /** One for each of the table's facts. */
  readonly facts: readonly ReactNode[]
  readonly restore: () => Promise<unknown>
  /** What is said when it was restored. */
  readonly said: string
}

interface DeletedTableProps {
  readonly label: string
  readonly title: string
  readonly facts: readonly string[]
  readonly items: readonly DeletedItem[]
  /** Stands below the last row. */
  readonly children?: ReactNode
}

function DeletedTable({ label, title, facts, items, children }: DeletedTableProps) {
  const queries = useQueryClient()
  const restore = async (item: DeletedItem): Promise<void> => {
    try {
      await item.restore()
      toast({ text: item.said })
    } catch (error) {
      toastFailure(`${item.name} could not be restored.`, error)
    }
    await Promise.all([readExperimentsAgain(queries), readAgain(queries, 'runs')])
  }
  return (
    <section className={styles['frame']} aria-label={label}>
      <h2>{title}</h2>
      <table className="table">
        <thead>
          <tr>
            {['Name', ...facts].map((fact) => (
              <th key={fact} scope="col">
                {fact}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <th scope="row" className={styles['name']}>
                {item.link}
              </th>
              {item.facts.map((fact, place) => (
                <td key={facts[place]}>{fact}</td>
              ))}
              <td>
                <Button aria-label={`Restore ${item.name}`} onClick={() => void restore(item)}>
                  <RotateCcw /> Restore
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {children}
    </section>
  )
}
