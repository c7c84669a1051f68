import { Menu } from '../../controls/menu.tsx'
import { parseColumn } from '../column.ts'
import type { PlotChoices } from './plot-defaults.ts'
import styles from './plots.module.css'
import { mostAxes, type Plot, type PlotChange } from './plots-state.ts'

interface PlotFieldsProps {
  readonly plot: Plot
  readonly choices: PlotChoices
  readonly onPlot: (change: PlotChange) => void
}

type Place = 'x' | 'y' | 'z' | 'colour' | 'size'

const places: Readonly<Record<Plot['kind'], readonly (readonly [place: Place, label: string])[]>> = {
  parallel: [['colour', 'Colour']],
  scatter: [
    ['x', 'x'],
    ['y', 'y'],
    ['colour', 'Colour'],
    ['size', 'Size'],
  ],
  box: [
    ['y', 'Values'],
    ['x', 'By'],
  ],
  contour: [
    ['x', 'x'],
    ['y', 'y'],
    ['z', 'Height'],
  ],
  importance: [['y', 'For']],
}

/** Which fields a plot is drawn of, and how. */
export function PlotFields({ plot, choices, onPlot }: PlotFieldsProps) {
  const { fields = [], kind } = plot
  const listOf = (place: Place): readonly string[] => {
    if (kind === 'importance' || place === 'z' || (kind === 'box' && place === 'y')) return choices.metrics
    if (kind === 'box') return choices.groups
    if (kind === 'contour') return [...choices.numbers, ...choices.metrics]
    return choices.fields
  }
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
        <Menu
          label="Axes"
          kind="quiet"
          items={[...new Set([...fields, ...choices.fields])].slice(0, 100).map((field) => ({
            id: field,
            label: nameOf(field),
            checked: fields.includes(field),
            disabled: !fields.includes(field) && fields.length >= mostAxes,
            onAction: () =>
              onPlot({ fields: fields.includes(field) ? fields.filter((one) => one !== field) : [...fields, field] }),
          }))}
        />
      )}
    </div>
  )
}

function nameOf(field: string): string {
  const name = parseColumn(field)?.key ?? field
  return name.length > 60 ? `${name.slice(0, 59)}…` : name
}
