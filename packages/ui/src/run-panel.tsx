import type { Run } from '@trackway/sdk'
import { type ReactNode, useEffect, useRef } from 'react'
import { addressOf } from './address.ts'
import { durationText, isoTime, metricText, timeText } from './display-text.ts'
import { Failure, Loading } from './notices.tsx'
import { compareNames } from './run-columns.ts'
import { RunCurves } from './run-curves.tsx'
import { RunStatus } from './run-status.tsx'
import { useRun } from './runs.ts'

/** A run's details: facts, metrics, params and tags. */
export function RunPanel({ experimentId, runId }: { experimentId: string; runId: string }) {
  const run = useRun(runId)
  const heading = useRef<HTMLHeadingElement>(null)

  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
  }, [runId])

  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') location.hash = addressOf({ experimentId })
    }
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [experimentId])

  // The reader returns to the row that was open.
  useEffect(() => () => document.getElementById(`run-${runId}`)?.focus({ preventScroll: true }), [runId])

  return (
    <aside className="panel" aria-label="Run details">
      <div className="panel-head">
        <a className="back back-to-runs" href={addressOf({ experimentId })}>
          ‹ Runs
        </a>
        <h2 ref={heading} tabIndex={-1} title={run.data?.info.run_name}>
          <bdi>{run.data?.info.run_name ?? 'Run'}</bdi>
        </h2>
        <a className="button panel-close" href={addressOf({ experimentId })} aria-label="Close run details">
          ✕
        </a>
      </div>
      {run.isPending && <Loading what="the run" rows={8} />}
      {run.isLoadingError && (
        <Failure what={`Run ${runId} could not be loaded.`} error={run.error} retry={run.refetch} />
      )}
      {run.data && <RunDetails run={run.data} />}
    </aside>
  )
}

function RunDetails({ run }: { run: Run }) {
  const { info, data } = run
  const tags = data.tags ?? []
  return (
    <>
      <dl className="facts">
        <Fact name="Status">
          <RunStatus status={info.status} />
          {info.lifecycle_stage === 'deleted' && <span className="badge">Deleted</span>}
        </Fact>
        <Fact name="Started">
          <time dateTime={isoTime(info.start_time)}>{timeText(info.start_time)}</time>
        </Fact>
        {info.end_time !== undefined && <Fact name="Duration">{durationText(info.start_time, info.end_time)}</Fact>}
        {info.user_id && <Fact name="User">{info.user_id}</Fact>}
        <Fact name="Run ID">
          <code>{info.run_id}</code>
        </Fact>
        <Fact name="Artifacts">
          <code>{info.artifact_uri}</code>
        </Fact>
      </dl>
      <Values
        title="Metrics"
        rows={(data.metrics ?? []).map(({ key, value }) => [key, metricText(value), String(value)])}
        isNumeric
      />
      <RunCurves run={run} />
      <Values title="Params" rows={(data.params ?? []).map(({ key, value }) => [key, value, value])} />
      <Values
        title="Tags"
        rows={tags.filter(({ key }) => !key.startsWith('mlflow.')).map(({ key, value }) => [key, value, value])}
      />
      <Values
        title="System tags"
        rows={tags.filter(({ key }) => key.startsWith('mlflow.')).map(({ key, value }) => [key, value, value])}
      />
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

interface ValuesProps {
  readonly title: string
  /** Key, shown value, exact value. */
  readonly rows: readonly (readonly [string, string, string])[]
  readonly isNumeric?: boolean
}

function Values({ title, rows, isNumeric = false }: ValuesProps) {
  return (
    <section className="values">
      <h3>
        {title} <span className="quiet">{rows.length}</span>
      </h3>
      {rows.length > 0 && (
        <table aria-label={title}>
          <tbody>
            {rows
              .toSorted(([a], [b]) => compareNames(a, b))
              .map(([key, shown, exact]) => (
                <tr key={key}>
                  <th scope="row">
                    <bdi>{key}</bdi>
                  </th>
                  <td className={isNumeric ? 'number' : ''} title={isNumeric ? exact : undefined}>
                    <bdi>{shown}</bdi>
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
