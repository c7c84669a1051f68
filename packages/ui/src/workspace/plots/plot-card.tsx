import { Ellipsis, Maximize2, Table2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { IconButton } from '../../controls/button.tsx'
import { Dialog } from '../../controls/dialog.tsx'
import { countText, metricText } from '../../controls/display-text.ts'
import { Menu } from '../../controls/menu.tsx'
import { usePalette } from '../charts/chart-palette.ts'
import { columnName, parseColumn } from '../column.ts'
import type { Workspace } from '../workspace.ts'
import { colourScale, isLog } from './colour-scale.ts'
import { plotMenu } from './plot-menu.ts'
import type { PlotData } from './plot-data.ts'
import type { PlotChoices } from './plot-defaults.ts'
import { PlotFields } from './plot-fields.tsx'
import { kindNames } from './plot-kinds.ts'
import type { PlotProps } from './plot-props.ts'
import { PlotTable } from './plot-table.tsx'
import styles from './plots.module.css'
import { type Plot, plotFields } from './plots-state.ts'
import { useElementWidth } from './use-element-width.ts'
import { useShades } from './shades.ts'

const ParallelPlot = lazy(async () => ({ default: (await import('./parallel-plot.tsx')).ParallelPlot }))
const BoxPlot = lazy(async () => ({ default: (await import('./box-plot.tsx')).BoxPlot }))
const ContourPlot = lazy(async () => ({ default: (await import('./contour-plot.tsx')).ContourPlot }))
const ImportancePlot = lazy(async () => ({ default: (await import('./importance-plot.tsx')).ImportancePlot }))
const ScatterPlot = lazy(async () => ({ default: (await import('./scatter-plot.tsx')).ScatterPlot }))

interface PlotCardProps extends Omit<PlotProps, 'height'> {
  readonly choices: PlotChoices
  readonly workspace: Workspace
  readonly onRemove: () => void
}

/** Narrower, the axes of parallel coordinates would lie on each other: it is scrolled instead. */
const leastAxisGap = 96

/** A plot with its name, its fields and what can be done with it. */
export function PlotCard(props: PlotCardProps) {
  const [shown, setShown] = useState<'table' | 'full'>()
  const { plot, data, choices, onPlot, onRemove } = props
  const palette = usePalette()
  const shades = useShades()
  const name = plotName(plot)
  const fields = plotFields(plot)
  return (
    <figure className={styles['card']} data-kind={plot.kind} aria-label={name}>
      <figcaption className={styles['head']}>
        <bdi className="cut" title={name}>
          {name}
        </bdi>
        {plot.kind !== 'importance' && (
          <IconButton label={`Values of ${name}`} className={styles['tool']} onClick={() => setShown('table')}>
            <Table2 />
          </IconButton>
        )}
        <IconButton label={`Enlarge ${name}`} className={styles['tool']} onClick={() => setShown('full')}>
          <Maximize2 />
        </IconButton>
        <Menu
          label={`More about ${name}`}
          kind="quiet"
          className={styles['tool'] ?? ''}
          items={plotMenu({ plot, data, name, palette, shades, onPlot, onRemove })}
        >
          <Ellipsis />
        </Menu>
      </figcaption>
      <PlotFields plot={plot} choices={choices} onPlot={onPlot} />
      <PlotBody {...props} height={plot.kind === 'parallel' ? 340 : 300} />
      {shown === 'table' && <PlotTable name={name} data={data} fields={fields} onClose={() => setShown(undefined)} />}
      {shown === 'full' && (
        <Dialog title={name} size="full" onClose={() => setShown(undefined)}>
          <PlotFields plot={plot} choices={choices} onPlot={onPlot} />
          <FullPlot {...props} />
        </Dialog>
      )}
    </figure>
  )
}

function FullPlot(props: PlotCardProps) {
  const [place, width] = useElementWidth()
  return (
    <div ref={place}>
      {width > 0 && <PlotBody {...props} width={width} height={Math.max(280, innerHeight - 220)} />}
    </div>
  )
}

function PlotBody(props: PlotCardProps & { readonly height: number }) {
  const { plot, data, width, height } = props
  const missing = lacking(plot, data)
  const inner = Math.max(240, width - 2)
  if (missing !== undefined) return <p className={styles['note']}>{missing}</p>
  const drawn = { ...props, width: inner, height }
  return (
    <>
      {plot.kind !== 'importance' && <p className="visually-hidden">{summary(plot, data)}</p>}
      <div className={styles['body']}>
        <Suspense fallback={<div style={{ height }} />}>
          {plot.kind === 'parallel' && (
            <ParallelPlot {...drawn} width={Math.max(inner, (plot.fields?.length ?? 0) * leastAxisGap)} />
          )}
          {plot.kind === 'scatter' && <ScatterPlot {...drawn} />}
          {plot.kind === 'box' && <BoxPlot {...drawn} />}
          {plot.kind === 'contour' && <ContourPlot {...drawn} />}
          {plot.kind === 'importance' && <ImportancePlot workspace={props.workspace} metric={plot.y ?? ''} />}
        </Suspense>
      </div>
      {(plot.kind === 'parallel' || plot.kind === 'scatter' || plot.kind === 'contour') && (
        <ColourLegend
          field={(plot.kind === 'contour' ? plot.z : plot.colour) ?? ''}
          turned={plot.turned ?? []}
          data={data}
        />
      )}
    </>
  )
}

/** What the colours mean. */
function ColourLegend({ field, turned, data }: { field: string; turned: readonly string[]; data: PlotData }) {
  const shades = useShades()
  const found = data.fields.get(field)
  if (!found) return null
  const { low, high } = colourScale(found, isLog(found, turned))
  return (
    <p className={styles['legend']}>
      <bdi className="cut">{found.name}</bdi>
      <bdi className="cut">{low}</bdi>
      <span aria-hidden="true">
        {shades.map((shade) => (
          <i key={shade} style={{ background: shade }} />
        ))}
      </span>
      <bdi className="cut">{high}</bdi>
    </p>
  )
}

function plotName({ kind, fields = [], x = '', y = '', z = '' }: Plot): string {
  switch (kind) {
    case 'parallel':
      return fields.length === 0 ? kindNames[kind] : `${fields.slice(0, 12).map(nameOf).join(' · ')}`
    case 'scatter':
      return `${nameOf(y)} against ${nameOf(x)}`
    case 'box':
      return `${nameOf(y)} by ${nameOf(x)}`
    case 'contour':
      return `${nameOf(z)} over ${nameOf(x)} and ${nameOf(y)}`
    case 'importance':
      return `What matters for ${nameOf(y)}`
  }
}

function nameOf(field: string): string {
  const column = parseColumn(field)
  return (column ? columnName(column) : field || '…').slice(0, 80)
}

/** Why a plot cannot be drawn; undefined where it can. */
function lacking(plot: Plot, data: PlotData): string | undefined {
  const { kind, fields = [], x = '', y = '', z = '' } = plot
  if (kind === 'importance') return y === '' ? 'No metric to explain.' : undefined
  const needed = { parallel: fields, scatter: [x, y], box: [x, y], contour: [x, y, z] }[kind]
  if (needed.includes('') || needed.length === 0) return 'Choose fields above: these runs do not have enough of them.'
  // They are being loaded.
  if (!needed.some((field) => data.fields.has(field))) return 'Loading…'
  const empty = needed.find((field) => data.fields.get(field)?.texts.every((text) => text === undefined) === true)
  return empty !== undefined && kind !== 'parallel' ? `None of these runs has ${nameOf(empty)}.` : undefined
}

/** A plot in words. */
function summary(plot: Plot, data: PlotData): string {
  const chosen = data.isIn.reduce((sum, one) => sum + one, 0)
  const ranges = [...new Set(plotFields(plot))].flatMap((field) => {
    const found = data.fields.get(field)
    if (!found) return []
    if (!found.range) return [`${found.name.slice(0, 80)}: ${countText(found.categories.length, 'value')}`]
    return [`${found.name.slice(0, 80)} from ${metricText(found.range.low)} to ${metricText(found.range.high)}`]
  })
  return `${kindNames[plot.kind]} of ${countText(chosen, 'run')}. ${ranges.join('; ')}.`
}
