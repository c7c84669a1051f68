import { valueText } from './plot-axis.ts'
import type { PlotData } from './plot-data.ts'
import styles from './plots.module.css'

interface PlotReadingProps {
  readonly data: PlotData
  readonly run: number
  readonly fields: readonly string[]
  readonly x: number
  readonly y: number
  readonly width: number
}

/** The run under the pointer and its values. */
export function PlotReading({ data, run, fields, x, y, width }: PlotReadingProps) {
  const shown = fields.flatMap((field) => data.fields.get(field) ?? [])
  return (
    <div
      className={styles['reading']}
      style={{ top: y + 12, ...(x > width / 2 ? { right: width - x + 12 } : { left: x + 12 }) }}
    >
      <p className="cut">
        <bdi>{data.runs[run]?.name}</bdi>
      </p>
      <table>
        <tbody>
          {shown.map((field) => (
            <tr key={field.field}>
              <th scope="row" className="cut">
                <bdi>{field.name}</bdi>
              </th>
              <td className="cut">
                <bdi>{valueText(field, run)}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
