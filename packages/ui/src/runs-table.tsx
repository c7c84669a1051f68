import type { Run } from '@trackway/sdk'
import type { MouseEvent, ReactNode } from 'react'
import { addressOf } from './address.ts'
import { durationText, isoTime, metricText, timeText } from './display-text.ts'
import type { RunColumns } from './run-columns.ts'
import { RunStatus } from './run-status.tsx'

interface RunsTableProps {
  readonly runs: readonly Run[]
  readonly columns: RunColumns
  readonly selectedRun: string | undefined
  readonly name: string
  /** Stands below the last row. */
  readonly children: ReactNode
}

export function RunsTable({ runs, columns, selectedRun, name, children }: RunsTableProps) {
  return (
    // A keyboard must be able to scroll it.
    <div className="table-frame" role="region" aria-label={`Runs of ${name}`} tabIndex={0}>
      <table className="runs">
        <thead>
          <tr>
            <th scope="col" className="run-name">
              Run
            </th>
            <th scope="col">Status</th>
            <th scope="col">Started</th>
            <th scope="col" className="number">
              Duration
            </th>
            {columns.metrics.map((key) => (
              <th key={key} scope="col" className="number" title={`Metric ${key}`}>
                <bdi>{key}</bdi>
              </th>
            ))}
            {columns.params.map((key) => (
              <th key={key} scope="col" className="param" title={`Param ${key}`}>
                <bdi>{key}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow key={run.info.run_id} run={run} columns={columns} isSelected={run.info.run_id === selectedRun} />
          ))}
        </tbody>
      </table>
      {children}
    </div>
  )
}

function RunRow({ run, columns, isSelected }: { run: Run; columns: RunColumns; isSelected: boolean }) {
  const { info, data } = run
  const metrics = new Map(data?.metrics?.map(({ key, value }) => [key, value]))
  const params = new Map(data?.params?.map(({ key, value }) => [key, value]))
  const address = addressOf({ experimentId: info.experiment_id, runId: info.run_id })
  // The whole row is a target for the mouse; keyboards have the link in it.
  const open = (event: MouseEvent): void => {
    if ((event.target as Element).closest('a') === null && getSelection()?.isCollapsed !== false)
      location.hash = address
  }
  return (
    <tr data-selected={isSelected} onClick={open}>
      <th scope="row" className="run-name">
        <a
          id={`run-${info.run_id}`}
          href={address}
          aria-current={isSelected ? 'true' : undefined}
          title={info.run_name}
        >
          <bdi>{info.run_name || info.run_id}</bdi>
        </a>
      </th>
      <td>
        <RunStatus status={info.status} />
      </td>
      <td>
        <time dateTime={isoTime(info.start_time)}>{timeText(info.start_time)}</time>
      </td>
      <td className="number">{info.end_time === undefined ? '' : durationText(info.start_time, info.end_time)}</td>
      {columns.metrics.map((key) => {
        const value = metrics.get(key)
        return (
          <td key={key} className="number" title={value === undefined ? undefined : String(value)}>
            {value === undefined ? '' : metricText(value)}
          </td>
        )
      })}
      {columns.params.map((key) => (
        <td key={key} className="param" title={params.get(key)}>
          <bdi>{params.get(key)}</bdi>
        </td>
      ))}
    </tr>
  )
}
