import { ChartLine, Eye, Grid2x2, Settings2, ZoomOut } from 'lucide-react'
import { Button } from '../../controls/button.tsx'
import { Menu } from '../../controls/menu.tsx'
import { SelectField, TextField } from '../../controls/text-field.tsx'
import { columnName, columnOf, parseColumn } from '../column.ts'
import { PopoverButton } from '../popover-button.tsx'
import { ComposeChart } from './compose-chart.tsx'
import { type ChartsChange, type ChartsState, heights, usualHeight } from './charts-state.ts'
import styles from './metric-charts.module.css'

interface ChartsToolbarProps {
  readonly keys: readonly string[]
  readonly choices: readonly string[]
  /** Whether its lines can be selected. */
  readonly isSelectable: boolean
  readonly state: ChartsState
  readonly onState: (change: ChartsChange, options?: { readonly replace?: boolean }) => void
}

const kinds = [
  { value: 'ema', label: 'Exponential' },
  { value: 'gaussian', label: 'Gaussian' },
  { value: 'average', label: 'Window mean' },
] as const
const bandNames = [
  { value: 'minmax', label: 'Min to max' },
  { value: 'std', label: 'Standard deviation' },
  { value: 'ci', label: '95 % confidence' },
] as const
const switches = [
  ['logY', 'Logarithmic y'],
  ['logX', 'Logarithmic x'],
  ['clip', 'Ignore outliers'],
  ['points', 'Mark points'],
  ['legend', 'Legend'],
  ['only', 'Selected runs alone'],
] as const
const mostChoices = 300

/** What all charts share: which metrics, how smooth, over what x, and by what lines are told apart. */
export function ChartsToolbar({ keys, choices, isSelectable, state, onState }: ChartsToolbarProps) {
  const { smooth = 0, by = 'ema', x = 'STEP', hide = [] } = state
  return (
    <div className={styles['toolbar']} role="toolbar" aria-label="Charts">
      <TextField
        label="Find metrics"
        isBare
        type="search"
        placeholder="Metrics, or a regular expression"
        className={styles['find'] ?? ''}
        value={state.find ?? ''}
        onChange={(event) => onState({ find: event.target.value || undefined }, { replace: true })}
      />
      <label className={styles['smooth']}>
        <span>Smoothing</span>
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={smooth}
          onChange={(event) => onState({ smooth: Number(event.target.value) || undefined }, { replace: true })}
        />
        <output>{smooth.toFixed(2)}</output>
      </label>
      <label className={styles['axis']}>
        <span>x</span>
        <select
          aria-label="x"
          value={x}
          onChange={(event) =>
            onState({ x: event.target.value === 'STEP' ? undefined : event.target.value, zoom: undefined })
          }
        >
          <option value="STEP">Step</option>
          <option value="RELATIVE">Time since start</option>
          <option value="TIME">Time</option>
          {[...new Set([...(parseColumn(x) ? [x] : []), ...keys.slice(0, mostChoices).map(metricField)])].map(
            (field) => (
              <option key={field} value={field}>
                {parseColumn(field)?.key ?? field}
              </option>
            ),
          )}
        </select>
      </label>
      <PopoverButton
        label="How lines are drawn"
        face={
          <>
            <Settings2 /> <span>Lines</span>
          </>
        }
      >
        {() => (
          <div className={styles['panel']}>
            <SelectField
              label="Smoothing by"
              value={by}
              choices={kinds}
              onChoose={(value) => onState({ by: value === 'ema' ? undefined : value })}
            />
            {switches
              .filter(([name]) => name !== 'only' || isSelectable)
              .map(([name, label]) => (
                <label key={name} className={styles['switch']}>
                  <input
                    type="checkbox"
                    checked={state[name] === true}
                    onChange={(event) => onState({ [name]: event.target.checked || undefined })}
                  />
                  {label}
                </label>
              ))}
            {choices.length > 0 &&
              (['colour', 'dash', 'facet', 'group'] as const).map((name) => (
                <FieldChoice
                  key={name}
                  name={name}
                  choices={choices}
                  value={state[name]}
                  onChoose={(field) => onState({ [name]: field })}
                />
              ))}
            {state.group !== undefined && (
              <SelectField
                label="Band"
                value={state.band ?? 'minmax'}
                choices={bandNames}
                onChoose={(band) => onState({ band: band === 'minmax' ? undefined : band })}
              />
            )}
          </div>
        )}
      </PopoverButton>
      <Menu
        label="Size of the charts"
        kind="quiet"
        items={[
          ...[undefined, 1, 2, 3, 4].map((cols) => ({
            id: `c${cols ?? 0}`,
            label: cols === undefined ? 'As many as fit' : cols === 1 ? '1 column' : `${cols} columns`,
            checked: state.cols === cols,
            onAction: () => onState({ cols }),
            group: 'Columns',
          })),
          ...heights.map((height) => ({
            id: `h${height}`,
            label: `${height} px high`,
            checked: (state.height ?? usualHeight) === height,
            onAction: () => onState({ height: height === usualHeight ? undefined : height }),
            group: 'Height',
          })),
        ]}
      >
        <Grid2x2 />
      </Menu>
      <PopoverButton label="Add a chart of several metrics" face={<ChartLine />}>
        {(close) => (
          <ComposeChart
            keys={keys}
            onMake={(made) => {
              onState({ own: [...(state.own ?? []), made] })
              close()
            }}
          />
        )}
      </PopoverButton>
      {hide.length > 0 && (
        <Button kind="quiet" title={hide.join('\n')} onClick={() => onState({ hide: undefined })}>
          <Eye /> <span>{`Show ${hide.length} hidden`}</span>
        </Button>
      )}
      {state.zoom && (
        <Button kind="quiet" onClick={() => onState({ zoom: undefined })}>
          <ZoomOut /> <span>All of x</span>
        </Button>
      )}
    </div>
  )
}

const labels = {
  colour: 'Colour by',
  dash: 'Dash by',
  facet: 'Chart for each',
  group: 'Mean of runs with the same',
} as const
const nothings = { colour: 'run', dash: 'nothing', facet: 'metric only', group: 'nothing: each run by itself' } as const

function FieldChoice({
  name,
  choices,
  value = '',
  onChoose,
}: {
  name: keyof typeof labels
  choices: readonly string[]
  value: string | undefined
  onChoose: (field: string | undefined) => void
}) {
  const all = [...new Set([...(value === '' ? [] : [value]), ...choices.slice(0, mostChoices)])]
  return (
    <SelectField
      label={labels[name]}
      value={value}
      choices={[
        { value: '', label: nothings[name] },
        ...all.map((field) => ({ value: field, label: fieldLabel(field) })),
      ]}
      onChoose={(field) => onChoose(field || undefined)}
    />
  )
}

function fieldLabel(field: string): string {
  const column = parseColumn(field)
  return column ? columnName(column) : field
}

/** A metric as the language of filters names it. */
export function metricField(key: string): string {
  return columnOf(/^[\w./-]+$/.test(key) ? `metrics.${key}` : `metrics.\`${key.replaceAll('`', '``')}\``)
}
