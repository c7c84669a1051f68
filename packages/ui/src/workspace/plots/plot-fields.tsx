import { parseColumn } from '../column.ts'
import type { PlotChoices } from './plot-defaults.ts'
import styles from './plots.module.css'
import type { Plot, PlotChange } from './plots-state.ts'

interface PlotFieldsProps {
  readonly plot: Plot
  readonly choices: PlotChoices
  readonly onPlot: (change: PlotChange) => void
}

type Place = 'x' | 'y' | 'z' | 'colour' | 'size'

const places: Readonly<Record<Plot['kind'], readonly (readonly [place: Place, label: string])[]>> = {
  parallel: [['colour', 'Colour']],
  scatter: [['x', 'x'], ['y', 'y'], ['colour', 'Colour'], ['size', 'Size']],
  box: [['y', 'Values'], ['x', 'By']],
  contour: [['x', 'x'], ['y', 'y'], ['z', 'Height']],
  importance: [['y', 'For']],
}

/** Which fields a plot is drawn of, and how. */
export function PlotFields({ plot, choices, onPlot }: PlotFieldsProps) {
  const { fields = [], turned = [], kind } = plot
  const listOf = (place: Place): readonly string[] => {
    if (kind === 'importance' || place === 'z' || (kind === 'box' && place === 'y')) return choices.metrics
    if (kind === 'box') return choices.groups
    if (kind === 'contour') return [...choices.numbers, ...choices.metrics]
    return choices.fields
  }
  const drawn = kind === 'parallel' ? fields : kind === 'scatter' ? [plot.x ?? '', plot.y ?? ''] : []
  return (
    <div className={styles['fields']}>
      {places[kind].map(([place, label]) => {
        const value = plot[place] ?? ''
        const list = listOf(place)
        return (
          <label key={place}>
            {label}
            <select value={value} onChange={({ target }) => onPlot({ [place]: target.value })}>
              {(place === 'colour' || place === 'size' || value === '') && <option value="">none</option>}
              {[...new Set([...(value === '' ? [] : [value]), ...list])].map((field) => (
                <option key={field} value={field}>
                  {nameOf(field)}
                </option>
              ))}
            </select>
          </label>
        )
      })}
      {kind === 'parallel' && (
        <label>
          Axes
          <select
            value=""
            onChange={({ target: { value } }) => onPlot({ fields: fields.includes(value) ? fields.filter((one) => one !== value) : [...fields, value].slice(0, 12) })}
          >
            <option value="">Add or remove…</option>
            {[...new Set([...fields, ...choices.fields])].map((field) => (
              <option key={field} value={field}>
                {fields.includes(field) ? `✓ ${nameOf(field)}` : nameOf(field)}
              </option>
            ))}
          </select>
        </label>
      )}
      {drawn.length > 0 && (
        <label>
          Scale
          <select
            value=""
            onChange={({ target: { value } }) => onPlot({ turned: turned.includes(value) ? turned.filter((one) => one !== value) : [...turned, value] })}
          >
            <option value="">Linear or log…</option>
            {[...new Set(drawn)].map((field) => (
              <option key={field} value={field}>
                Change {nameOf(field)}
              </option>
            ))}
          </select>
        </label>
      )}
      {kind === 'scatter' && (
        <>
          <label>
            <input type="checkbox" checked={plot.trend === true} onChange={({ target }) => onPlot({ trend: target.checked || undefined })} />
            Trend
          </label>
          <label title="The runs that no other is better than by both">
            <input type="checkbox" checked={plot.front === true} onChange={({ target }) => onPlot({ front: target.checked || undefined })} />
            Pareto front
          </label>
        </>
      )}
    </div>
  )
}

function nameOf(field: string): string {
  const name = parseColumn(field)?.key ?? field
  return name.length > 60 ? `${name.slice(0, 59)}…` : name
}
