import { useMemo } from 'react'
import { metricText } from '../../controls/display-text.ts'
import type { ChartCardProps } from './chart-card.tsx'
import { xText } from './chart-axis.ts'
import { chartLines } from './chart-lines.ts'
import { indexAt } from './curve.ts'
import { sharedGrid } from './group-curve.ts'
import styles from './metric-charts.module.css'
import { axisOf, useCurves, xOf } from './use-curves.ts'

const mostRows = 200
const mostLines = 20

/** What the lines of a chart are at each x, newest first. */
export function StepTable({
  card,
  runs,
  fields,
  state,
  width,
}: Pick<ChartCardProps, 'card' | 'runs' | 'fields' | 'state' | 'width'>) {
  const { curves } = useCurves(card.keys, runs, axisOf(state, width, runs.length))
  const lines = useMemo(
    () => chartLines(curves, runs, fields, { ...state, smooth: 0 }).slice(0, mostLines),
    [curves, runs, fields, state],
  )
  const all = useMemo(() => sharedGrid(lines.map(({ x }) => x)), [lines])
  const { kind, name } = xOf(state.x)
  const shown = Array.from(all.slice(-mostRows)).toReversed()
  return (
    <div className={styles['steps']} tabIndex={0} role="region" aria-label="Values by step">
      <table className="table">
        <caption className="visually-hidden">{`The last ${shown.length} of ${all.length} places of x that are drawn`}</caption>
        <thead>
          <tr>
            <th scope="col">x</th>
            {lines.map((line) => (
              <th key={line.id} scope="col" className="number" title={line.name}>
                <bdi>{line.name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((x) => (
            <tr key={x}>
              <th scope="row">{xText(x, kind, name)}</th>
              {lines.map((line) => {
                const at = indexAt(line.x, x)
                return (
                  <td key={line.id} className="number">
                    {line.x[at] === x ? metricText(line.y[at] ?? Number.NaN) : ''}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
