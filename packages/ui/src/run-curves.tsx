import type { Run } from '@trackway/sdk'
import { lazy, Suspense, useState } from 'react'
import { type MetricCurve, useCurves } from './curves.ts'
import { metricText } from './display-text.ts'
import { Failure, Loading } from './notices.tsx'
import { compareNames } from './run-columns.ts'

// The library that draws is loaded by who looks at curves. It throws where the browser names a language that is none.
const MetricChart = lazy(async () => {
  try {
    return { default: (await import('./metric-chart.tsx')).MetricChart }
  } catch {
    return { default: NoChart }
  }
})

function NoChart() {
  return <p className="quiet">This curve could not be drawn. Reload the page to try again.</p>
}

const atOnce = 12

/** The curves of a run's metrics, by name. A metric of one point has none: its value says all. */
export function RunCurves({ run: { info, data } }: { run: Run }) {
  const [limit, setLimit] = useState(atOnce)
  const keys = (data.metrics ?? []).map(({ key }) => key).toSorted(compareNames)
  const shown = keys.slice(0, limit)
  const curves = useCurves(info.run_id, shown, info.status === 'RUNNING')
  const drawn = curves.data?.filter(({ points }) => points > 1) ?? []
  if (curves.isSuccess && drawn.length === 0 && keys.length <= limit) return null
  if (keys.length === 0) return null
  return (
    <section className="values" aria-label="Curves">
      <h3>Curves</h3>
      {curves.isPending && <Loading what="curves" rows={3} />}
      {curves.isLoadingError && (
        <Failure what="Curves could not be loaded." error={curves.error} retry={curves.refetch} />
      )}
      {drawn.map((curve) => (
        <figure key={curve.key} className="curve" aria-label={summaryOf(curve)}>
          <figcaption>
            <bdi title={curve.key}>{curve.key}</bdi>
            <span className="quiet">{countText(curve)}</span>
          </figcaption>
          <Suspense fallback={<div className="chart" />}>
            <MetricChart curve={curve} />
          </Suspense>
        </figure>
      ))}
      {keys.length > limit && (
        <button type="button" className="button" onClick={() => setLimit(limit + atOnce)}>
          {`Look at ${Math.min(atOnce, keys.length - limit)} more of ${keys.length} metrics`}
        </button>
      )}
    </section>
  )
}

function countText({ points, x }: MetricCurve): string {
  const all = points.toLocaleString('en')
  return x.length < points ? `${x.length.toLocaleString('en')} of ${all} points` : `${all} points`
}

/** What a curve says, in words. */
function summaryOf({ key, points, x, last, min = last, max = last }: MetricCurve): string {
  const finite = (values: readonly number[]): number[] => values.filter((value) => Number.isFinite(value))
  const [least, greatest] = [Math.min(...finite(min)), Math.max(...finite(max))]
  const range = Number.isFinite(least) ? `, between ${metricText(least)} and ${metricText(greatest)}` : ''
  const first = `${metricText(last[0] ?? NaN)} at step ${x[0] ?? 0}`
  const end = `${metricText(last.at(-1) ?? NaN)} at step ${x.at(-1) ?? 0}`
  return `${key}: ${points.toLocaleString('en')} points, from ${first} to ${end}${range}`
}
