import { Dialog } from '../../controls/dialog.tsx'
import { metricText } from '../../controls/display-text.ts'
import { xText } from './chart-axis.ts'
import type { Line } from './chart-lines.ts'
import { pointsText, type Scene } from './chart-scene.ts'
import styles from './chart-card.module.css'
import { valueRange } from './value-range.ts'

/** A chart's twin in numbers: what each line is, from where to where, and its extremes. */
export function ChartTable({ title, scene, onClose }: { title: string; scene: Scene; onClose: () => void }) {
  return (
    <Dialog title={title} size="wide" onClose={onClose}>
      <LineTable scene={scene} />
    </Dialog>
  )
}

function LineTable({ scene: { lines, options } }: { scene: Scene }) {
  return (
    <div className={styles['table']} tabIndex={0} role="region" aria-label="Values">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Run</th>
            {['Points', 'First', 'Last', 'Min', 'Max', 'Up to'].map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const values = line.raw ?? line.y
            const range = rangeOf(line)
            return (
              <tr key={line.id}>
                <th scope="row" className="cut" title={line.name}>
                  <span className={styles['swatch']} style={{ background: `var(${line.colour})` }} />{' '}
                  <bdi>{line.name}</bdi>
                </th>
                <td className="number">{pointsText([line]).replace(/ points?$/, '')}</td>
                <td className="number">{numberText(values[0])}</td>
                <td className="number">{numberText(values.at(-1))}</td>
                <td className="number">{numberText(range?.low)}</td>
                <td className="number">{numberText(range?.high)}</td>
                <td className="number">{xText(line.x.at(-1) ?? 0, options.kind, options.xName)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function rangeOf({ low, high, raw, y }: Line) {
  return valueRange(low && high ? [low, high] : [raw ?? y])
}

function numberText(value: number | undefined): string {
  return value === undefined ? '' : metricText(value)
}
