import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../controls/button.tsx'
import { countText, durationText, metricText } from '../controls/display-text.ts'
import { EmptyState, Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { RunStatus } from '../controls/run-status.tsx'
import { Ago } from '../controls/time.tsx'
import { server } from '../server.ts'
import { runningMs } from '../workspace/run-queries.ts'
import { valuesOf } from '../workspace/run-values.ts'
import { useChildColumns } from './child-columns.ts'
import type { Run } from './run-data.ts'
import styles from './run-children.module.css'

/** The runs below a run as a tree, with the metrics that they have. */
export function RunChildren({ run: { info } }: { run: Run }) {
  const metrics = useChildColumns(info.experiment_id, info.run_id)
  const children = useChildren(info.experiment_id, info.run_id, metrics)
  if (children.error && !children.data) {
    return <Failure what="The runs below could not be loaded." error={children.error} retry={children.refetch} />
  }
  if (!children.data) return <Loading what="the runs below" />
  const first = children.data.pages[0]
  if (Number(first?.total ?? 0) === 0) {
    return (
      <EmptyState title="There are no runs below this one">
        <p>
          Runs that are started with <code>nested=True</code> while this one is active, or that have its id in their tag{' '}
          <code>mlflow.parentRunId</code>, are shown here.
        </p>
      </EmptyState>
    )
  }
  const all = Number(first?.total_matching ?? first?.total ?? 0)
  return (
    <section className={styles['children']} aria-label="Runs below">
      <p className="quiet">
        {countText(Number(first?.total ?? 0), 'run')} directly below this one
        {all > Number(first?.total ?? 0) && '; open those that have runs below them'}
      </p>
      <div className={styles['scroll']} tabIndex={0} role="region" aria-label="Table of runs below">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Status</th>
              <th scope="col">Started</th>
              <th scope="col">Took</th>
              {metrics.map((key) => (
                <th key={key} scope="col" className="number" title={key}>
                  <bdi>{key}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Rows experimentId={info.experiment_id} parentId={info.run_id} metrics={metrics} level={0} above={[]} />
          </tbody>
        </table>
      </div>
    </section>
  )
}

interface RowsProps {
  readonly experimentId: string
  readonly parentId: string
  readonly metrics: readonly string[]
  readonly level: number
  /** The runs that these are below: a circle of runs ends there. */
  readonly above: readonly string[]
}

function Rows({ experimentId, parentId, metrics, level, above }: RowsProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const children = useChildren(experimentId, parentId, metrics)
  const width = 4 + metrics.length
  const runs = children.data?.pages.flatMap((page) => page.runs ?? []) ?? []
  const toggle = (id: string): void => {
    const next = new Set(open)
    if (!next.delete(id)) next.add(id)
    setOpen(next)
  }
  return (
    <>
      {children.isPending && (
        <tr>
          <td colSpan={width} className="quiet">
            Loading…
          </td>
        </tr>
      )}
      {runs.map((run) => {
        const isOpen = open.has(run.run_id)
        // There are none in what came before the columns were known.
        const values = valuesOf(run)
        const hasChildren = Number(run.children ?? 0) > 0 && !above.includes(run.run_id)
        return [
          <tr key={run.run_id}>
            <th scope="row">
              <span className={styles['name']} style={{ paddingLeft: level * 18 }}>
                {hasChildren ? (
                  <IconButton
                    label={`${isOpen ? 'Close' : 'Open'} ${countText(Number(run.children), 'run')} below ${run.run_name}`}
                    aria-expanded={isOpen}
                    onClick={() => toggle(run.run_id)}
                  >
                    {isOpen ? <ChevronDown /> : <ChevronRight />}
                  </IconButton>
                ) : (
                  <span className={styles['gap']} />
                )}
                <Link
                  to="/experiments/$experimentId/runs/$runId"
                  params={{ experimentId: run.experiment_id, runId: run.run_id }}
                  className="cut"
                  title={run.run_name}
                >
                  <bdi>{run.run_name || run.run_id}</bdi>
                </Link>
              </span>
            </th>
            <td>
              <RunStatus status={run.status} />
            </td>
            <td>
              <Ago ms={run.start_time} />
            </td>
            <td>{run.end_time === undefined ? '–' : durationText(run.start_time, run.end_time)}</td>
            {metrics.map((key, index) => {
              const value = (values[index] ?? null) as number | string | null
              return (
                <td key={key} className="number" title={value === null ? undefined : String(value)}>
                  {value === null ? '' : metricText(Number(value))}
                </td>
              )
            })}
          </tr>,
          isOpen && (
            <Rows
              key={`${run.run_id} children`}
              experimentId={experimentId}
              parentId={run.run_id}
              metrics={metrics}
              level={level + 1}
              above={[...above, parentId, run.run_id]}
            />
          ),
        ]
      })}
      {children.error && (
        <tr>
          <td colSpan={width}>
            <Failure what="Some runs could not be loaded." error={children.error} retry={children.refetch} />
          </td>
        </tr>
      )}
      {children.hasNextPage && !children.error && (
        <tr>
          <td colSpan={width}>
            <LoadMore pages={children} what="runs" />
          </td>
        </tr>
      )}
    </>
  )
}

function useChildren(experimentId: string, parentId: string, metrics: readonly string[]) {
  return useInfiniteQuery({
    queryKey: ['runs', 'children', experimentId, parentId, metrics],
    queryFn: ({ pageParam, signal }) =>
      server.queryRuns(
        {
          experiment_ids: [experimentId],
          parent_run_id: parentId,
          columns: metrics.map((key) => ({ field: `metrics.${quotedKey(key)}` })),
          order_by: ['attributes.start_time ASC'],
          max_results: 100,
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: (before) => before,
    refetchInterval: ({ state: { data } }) => (Number(data?.pages[0]?.running ?? 0) > 0 ? runningMs : false),
  })
}

/** A key as a filter writes it. */
function quotedKey(key: string): string {
  return key.includes('`') ? `"${key}"` : `\`${key}\``
}
