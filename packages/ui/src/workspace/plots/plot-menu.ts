import type { MenuItem } from '../../controls/menu.tsx'
import { toastFailure } from '../../shell/toasts.tsx'
import { saveFile } from '../charts/chart-export.ts'
import type { Palette } from '../charts/paint-chart.ts'
import { SvgPen } from '../charts/svg-pen.ts'
import { boxScene, paintBoxes } from './box-scene.ts'
import { isLog } from './colour-scale.ts'
import { contourScene, paintContour } from './contour-scene.ts'
import { paintParallel, parallelScene } from './parallel-scene.ts'
import type { PlotData } from './plot-data.ts'
import type { Picture } from './plot-pen.ts'
import { type Plot, type PlotChange, plotFields } from './plots-state.ts'
import { paintScatter, scatterScene } from './scatter-scene.ts'

interface PlotMenu {
  readonly plot: Plot
  readonly data: PlotData
  readonly name: string
  readonly palette: Palette
  readonly shades: readonly string[]
  readonly onPlot: (change: PlotChange) => void
  readonly onRemove: () => void
}

const size = { width: 1000, height: 500 } as const
const pngScale = 2

/** What can be done with one plot. */
export function plotMenu({ plot, data, name, palette, shades, onPlot, onRemove }: PlotMenu): readonly MenuItem[] {
  const picture = (): Picture | undefined => pictureOf(plot, data)
  const saves: readonly MenuItem[] = [
    {
      id: 'png',
      label: 'Picture (PNG)',
      group: 'Save',
      onAction: () => {
        const made = picture()
        if (!made) return
        plotPng(made, palette, shades).then(
          (blob) => saveFile(blob, 'image/png', `${name}.png`),
          (error: unknown) => toastFailure('The picture could not be made.', error),
        )
      },
    },
    {
      id: 'svg',
      label: 'Picture (SVG)',
      group: 'Save',
      onAction: () => {
        const made = picture()
        if (made) saveFile(plotSvg(made, palette, shades, name), 'image/svg+xml', `${name}.svg`)
      },
    },
    {
      id: 'csv',
      label: 'Values (CSV)',
      group: 'Save',
      onAction: () => saveFile(plotCsv(data, plotFields(plot)), 'text/csv', `${name}.csv`),
    },
  ]
  return [
    ...scaleItems(plot, data, onPlot),
    ...(plot.kind !== 'scatter'
      ? []
      : [
          {
            id: 'trend',
            label: 'Trend line',
            group: 'Lines',
            checked: plot.trend === true,
            onAction: () => onPlot({ trend: plot.trend ? undefined : true }),
          },
          {
            id: 'front',
            label: 'Pareto front: the best by both',
            group: 'Lines',
            checked: plot.front === true,
            onAction: () => onPlot({ front: plot.front ? undefined : true }),
          },
        ]),
    ...(plot.kind !== 'box'
      ? []
      : [
          {
            id: 'violin',
            label: 'Violin',
            group: 'Shape',
            checked: plot.violin === true,
            onAction: () => onPlot({ violin: plot.violin ? undefined : true }),
          },
        ]),
    ...(plot.kind === 'importance' ? [] : saves),
    { id: 'remove', label: 'Remove', group: 'Plot', onAction: onRemove },
  ]
}

/** Which axes of numbers are logarithmic. */
function scaleItems(plot: Plot, { fields }: PlotData, onPlot: PlotMenu['onPlot']): readonly MenuItem[] {
  const { turned = [] } = plot
  return [...new Set(plotFields(plot))].flatMap((name): MenuItem[] => {
    const field = fields.get(name)
    if (!field?.isNumeric || !field.range || field.range.high <= 0) return []
    const next = turned.includes(name) ? turned.filter((one) => one !== name) : [...turned, name]
    return [
      {
        id: `log ${name}`,
        label: `Logarithmic ${field.name.slice(0, 60)}`,
        checked: isLog(field, turned),
        group: 'Axes',
        onAction: () => onPlot({ turned: next.length === 0 ? undefined : next }),
      },
    ]
  })
}

/** What is drawn into files; undefined while its fields are not there. */
function pictureOf(plot: Plot, data: PlotData): Picture | undefined {
  const { fields = [], colour = '', turned = [] } = plot
  if (plot.kind === 'parallel') {
    return {
      ...size,
      paint: paintParallel(parallelScene(data, { fields, colour, turned, ...size }), data, { isNamed: true }),
    }
  }
  if (plot.kind === 'box') {
    const { x = '', y = '' } = plot
    const scene = boxScene(data, x, y, turned, size.width, size.height, plot.violin)
    return scene && { ...size, paint: paintBoxes(scene, data, data.fields.get(x)?.name ?? x, true) }
  }
  if (plot.kind === 'contour') {
    const scene = contourScene(data, plot, size.width, size.height)
    return scene && { ...size, paint: paintContour(scene, data) }
  }
  const scene = scatterScene(data, plot, size.width, size.height, [])
  return scene && { ...size, paint: paintScatter(scene, data, { isNamed: true }) }
}

/** The runs that are plotted, one a row, with the values as they were logged. */
function plotCsv({ runs, isIn, fields: known }: PlotData, fields: readonly string[]): string {
  const shown = [...new Set(fields)].flatMap((field) => known.get(field) ?? [])
  const rows = [['run_id', 'run_name', ...shown.map(({ field }) => field)]]
  for (const [run, { id, name }] of runs.entries()) {
    if (isIn[run] === 1) rows.push([id, name, ...shown.map(({ texts }) => texts[run] ?? '')])
  }
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('')
}

function plotSvg(
  { width, height, paint }: Picture,
  palette: Palette,
  shades: readonly string[],
  title: string,
): string {
  const pen = new SvgPen()
  paint(pen, palette, shades)
  return pen.document(width, height, palette('--canvas'), title)
}

function plotPng({ width, height, paint }: Picture, palette: Palette, shades: readonly string[]): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = width * pngScale
  canvas.height = height * pngScale
  const pen = canvas.getContext('2d')
  if (!pen) return Promise.reject(new Error('This browser draws no pictures.'))
  pen.scale(pngScale, pngScale)
  pen.fillStyle = palette('--canvas')
  pen.fillRect(0, 0, width, height)
  paint(pen, palette, shades)
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('The picture is too large.'))), 'image/png'),
  )
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
