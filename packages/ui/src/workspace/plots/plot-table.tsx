import { Dialog } from '../../controls/dialog.tsx'
import { valueText } from './plot-axis.ts'
import type { PlotData } from './plot-data.ts'
import styles from './plots.module.css'

interface PlotTableProps {
  readonly name: string
  readonly data: PlotData
  readonly fields: readonly string[]
  readonly onClose: () => void
}

const mostRows = 200

/** A plot's twin in numbers. */
export function PlotTable({ name, data, fields, onClose }: PlotTableProps) {
  const shown = [...new Set(fields)].flatMap((field) => data.fields.get(field) ?? [])
  const runs = Array.from(data.isIn, (_, run) => run).filter((run) => data.isIn[run] === 1)
  return (
    <Dialog title={name} size="wide" onClose={onClose}>
      <div className={styles['table']} tabIndex={0} role="region" aria-label="Values">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Run</th>
              {shown.map((field) => (
                <th
                  key={field.field}
                  scope="col"
                  className={`cut ${field.isNumeric ? 'number' : ''}`}
                  title={field.name}
                >
                  <bdi>{field.name}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.slice(0, mostRows).map((run) => (
              <tr key={data.runs[run]?.id}>
                <th scope="row" className="cut">
                  <bdi>{data.runs[run]?.name}</bdi>
                </th>
                {shown.map((field) => (
                  <td key={field.field} className={`cut ${field.isNumeric ? 'number' : ''}`}>
                    <bdi>{valueText(field, run)}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {runs.length > mostRows && (
          <p className="quiet">
            The first {mostRows} of {runs.length.toLocaleString('en')} runs; the CSV file has them all.
          </p>
        )}
      </div>
    </Dialog>
  )
}
