import type { Line } from './chart-lines.ts'
import styles from './chart-card.module.css'

const most = 60

export function ChartLegend({ lines }: { lines: readonly Line[] }) {
  return (
    <ul className={styles['legend']} aria-label="Legend" tabIndex={0}>
      {lines.slice(0, most).map(({ id, name, colour, dash }) => (
        <li key={id} title={name}>
          <svg width="16" height="4" aria-hidden="true">
            <line
              x1="0"
              x2="16"
              y1="2"
              y2="2"
              strokeWidth="2"
              strokeDasharray={dash.join(' ')}
              style={{ stroke: `var(${colour})` }}
            />
          </svg>
          <bdi className="cut">{name}</bdi>
        </li>
      ))}
      {lines.length > most && <li>{`and ${lines.length - most} more`}</li>}
    </ul>
  )
}
