import { isSystemMetric } from '@trackway/sdk'
import { Link } from '@tanstack/react-router'
import { compareNames, metricText } from '../controls/display-text.ts'
import { FactTable } from './fact-table.tsx'
import styles from './fact-table.module.css'
import type { Extreme, MetricFacts } from './metric-facts.ts'
import { type Run, useMetricFacts } from './run-data.ts'
import { Sparkline } from './sparkline.tsx'

/** The latest values of a run's metrics, and how they came about. */
export function MetricTable({ run, isCompact = false }: { run: Run; isCompact?: boolean }) {
  const { info } = run
  const metrics = (run.data.metrics ?? [])
    .filter(({ key }) => !isSystemMetric(key))
    .toSorted((one, other) => compareNames(one.key, other.key))
  const keys = metrics.map(({ key }) => key)
  const { data: facts } = useMetricFacts(info.run_id, keys, info.status === 'RUNNING')
  const hasCurves = [...(facts?.values() ?? [])].some(({ points }) => points > 1)
  return (
    <FactTable
      title="Metrics"
      noun="metric"
      rows={metrics}
      textOf={({ key }) => key}
      empty="No metrics were logged."
      head={
        <>
          <th scope="col">Metric</th>
          <th scope="col" className="number">
            Last
          </th>
          {hasCurves && !isCompact && (
            <>
              <th scope="col" className="number">
                Min
              </th>
              <th scope="col" className="number">
                Max
              </th>
            </>
          )}
          {hasCurves && (
            <th scope="col" className={styles['curve']}>
              Course
            </th>
          )}
        </>
      }
      renderRow={({ key, value, step }) => {
        const fact = facts?.get(key)
        return (
          <tr key={key}>
            <th scope="row">
              <Link
                to="/experiments/$experimentId/runs/$runId/$tab/$"
                params={{ experimentId: info.experiment_id, runId: info.run_id, tab: 'charts', _splat: '' }}
                className="cut"
                title={key}
              >
                <bdi>{key}</bdi>
              </Link>
            </th>
            <td className="number" title={`${value} at step ${step ?? 0}`}>
              {metricText(value)}
            </td>
            {hasCurves && !isCompact && (
              <>
                <ExtremeCell fact={fact} extreme={fact?.min} />
                <ExtremeCell fact={fact} extreme={fact?.max} />
              </>
            )}
            {hasCurves && <td className={styles['curve']}>{fact && fact.points > 1 && <Sparkline facts={fact} />}</td>}
          </tr>
        )
      }}
    />
  )
}

function ExtremeCell({ fact, extreme }: { fact: MetricFacts | undefined; extreme: Extreme | undefined }) {
  // A single point is its own extreme: nothing is learned from it twice.
  if (!fact || fact.points < 2 || !extreme) return <td className="number" />
  const { value, step, isExact } = extreme
  return (
    <td className="number" title={`${value} at ${isExact ? '' : 'about '}step ${Math.round(step)}`}>
      {metricText(value)}{' '}
      <small className="quiet">
        @{isExact ? '' : '~'}
        {Math.round(step)}
      </small>
    </td>
  )
}
