import { useSyncExternalStore } from 'react'
import { metricText } from '../../controls/display-text.ts'
import { xText } from './chart-axis.ts'
import { useChartCursor } from './chart-cursor.ts'
import { type Reading, readingsAt, type Scene } from './chart-scene.ts'
import styles from './chart-plot.module.css'

const mostRows = 12

/** What a line says, in words: for who does not see the chart. */
export function readingText({ options: { kind, xName } }: Scene, { line, x, value, raw }: Reading): string {
  const before = line.raw ? `, before smoothing ${metricText(raw)}` : ''
  return `${line.name}: ${metricText(value)} at ${xText(x, kind, xName)}${before}`
}

/** Under the cursor: the lines there by their values, the nearest one marked. */
export function ChartTooltip({ id, scene }: { id: string; scene: Scene }) {
  const cursor = useChartCursor()
  const place = useSyncExternalStore(cursor.subscribe, () => {
    const now = cursor.place()
    return now?.card === id ? now : undefined
  })
  if (!place) return null
  const readings = readingsAt(scene, place.x)
  if (readings.length === 0) return null
  const near = readings.findIndex(({ line }) => (line.runId ?? line.id) === place.line)
  const from = Math.max(0, Math.min(near - mostRows / 2, readings.length - mostRows))
  const shown = readings.slice(from, from + mostRows)
  const isSmooth = readings.some(({ line }) => line.raw)
  const { kind, xName, width } = scene.options
  const left = scene.x.place(place.x)
  const x = readings[Math.max(0, near)]?.x ?? place.x
  return (
    <div
      className={styles['tooltip']}
      data-tooltip={id}
      style={left > width / 2 ? { right: width - left + 12 } : { left: left + 12 }}
    >
      <p className={styles['tooltip-head']}>
        {xText(x, kind, xName)}
        {readings.length > shown.length && <span className="quiet">{` ${readings.length} lines`}</span>}
      </p>
      <table>
        <tbody>
          {shown.map(({ line, value, raw }) => (
            <tr key={line.id} data-near={(line.runId ?? line.id) === place.line}>
              <td>
                <span className={styles['swatch']} style={{ background: `var(${line.colour})` }} />
              </td>
              <th scope="row">
                <bdi>{line.name}</bdi>
              </th>
              <td className="number">{metricText(value)}</td>
              {isSmooth && <td className={`number ${styles['raw']}`}>{metricText(raw)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
