import { colourScale, type ColourScale, isLog } from './colour-scale.ts'
import { fitted, type PlotAxis, plotAxis } from './plot-axis.ts'
import type { PlotData } from './plot-data.ts'
import { dot, type Paint, strokeLine, write } from './plot-pen.ts'
import type { Palette, Pen } from '../charts/paint-chart.ts'
import type { Plot } from './plots-state.ts'
import { shadeOf } from './shade.ts'

export interface ScatterScene {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly x: PlotAxis
  readonly y: PlotAxis
  readonly colour: ColourScale | undefined
  readonly size: PlotAxis | undefined
  /** Runs joined as the best by both, from left to right. */
  readonly front: readonly number[]
  readonly trend: Trend | undefined
}

export interface Trend {
  readonly slope: number
  readonly intercept: number
  /** Pearson's, of what the axes show. */
  readonly correlation: number
}

interface Frame {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Undefined while a field of an axis is not there. */
export function scatterScene(
  data: PlotData,
  plot: Plot,
  width: number,
  height: number,
  front: readonly number[],
): ScatterScene | undefined {
  const { x: xField = '', y: yField = '', colour = '', size = '', turned = [] } = plot
  const [xOf, yOf] = [data.fields.get(xField), data.fields.get(yField)]
  if (!xOf || !yOf) return undefined
  const isTurned = (field: string): { turned: boolean } => ({ turned: turned.includes(field) })
  const frame = scatterFrame(width, height)
  const x = plotAxis(xOf, [frame.left, frame.right], { ...isTurned(xField), gap: 80 })
  const y = plotAxis(yOf, [frame.bottom, frame.top], isTurned(yField))
  const shaded = data.fields.get(colour)
  const sized = data.fields.get(size)
  return {
    width,
    height,
    ...frame,
    x,
    y,
    colour: shaded && colourScale(shaded, isLog(shaded, turned)),
    size: sized?.isNumeric === true ? plotAxis(sized, [0, 1], isTurned(size)) : undefined,
    front,
    trend: plot.trend === true ? trendOf(data, x, y) : undefined,
  }
}

export function scatterFrame(width: number, height: number): Frame {
  return { left: 84, right: width - 18, top: 12, bottom: height - 62 }
}

/** @param isNamed whether the name of y is written, too; on a page it stands beside the picture. */
export function paintScatter(
  scene: ScatterScene,
  { runs, isIn, selected }: PlotData,
  { isNamed = false }: { readonly isNamed?: boolean } = {},
): Paint {
  const { x, y, colour, front, trend } = scene
  return (pen, palette, shades) => {
    paintFrame(pen, palette, scene)
    if (isNamed)
      write(pen, fitted(axisName(y), 300), scene.left + 6, scene.top + 8, palette('--text'), {
        background: palette('--canvas'),
      })
    const points = (isDrawn: (run: number) => boolean, fill: (run: number) => string, alpha: number): void => {
      pen.globalAlpha = alpha
      for (let run = 0; run < runs.length; run++) {
        if (!isDrawn(run)) continue
        pen.fillStyle = fill(run)
        pen.beginPath()
        dot(pen, x.place(run), y.place(run), radiusOf(scene, run))
        pen.fill()
      }
      pen.globalAlpha = 1
    }
    points(
      (run) => isIn[run] === 0,
      () => palette('--line-strong'),
      0.5,
    )
    points(
      (run) => isIn[run] === 1,
      (run) => {
        if (!colour) return palette('--run-0')
        const share = colour.share(run)
        return share === undefined ? palette('--text-quiet') : (shadeOf(shades, share) ?? palette('--run-0'))
      },
      0.85,
    )
    for (const [run, { id }] of runs.entries()) if (selected.has(id)) ring(pen, palette('--text'), scene, run)
    if (front.length > 1)
      strokeLine(
        pen,
        palette('--accent'),
        front.map((run) => [x.place(run), y.place(run)] as const),
        1.5,
      )
    if (trend) {
      pen.setLineDash([5, 4])
      strokeLine(
        pen,
        palette('--text-quiet'),
        [scene.left, scene.right].map(
          (at) => [at, clamp(trend.intercept + trend.slope * at, scene.top, scene.bottom)] as const,
        ),
        1.5,
      )
      pen.setLineDash([])
    }
  }
}

/** Marks one run. */
export function paintHovered(scene: ScatterScene, run: number): Paint {
  return (pen, palette) => ring(pen, palette('--focus'), scene, run)
}

/** Axes, ticks, lanes and names. */
export function paintFrame(
  pen: Pen,
  palette: Palette,
  {
    left,
    right,
    top,
    bottom,
    x,
    y,
    width,
  }: Pick<ScatterScene, 'left' | 'right' | 'top' | 'bottom' | 'x' | 'y' | 'width'>,
): void {
  const [ink, line] = [palette('--text-quiet'), palette('--line')]
  const below = bottom + (y.lanes.length === 0 ? 14 : 26 + 9 * (y.lanes.length - 1))
  const beside = left - (x.lanes.length === 0 ? 8 : 24)
  const gap = x.ticks.length < 2 ? right - left : Math.abs((x.ticks[1]?.at ?? 0) - (x.ticks[0]?.at ?? 0))
  for (const { at, label } of x.ticks) {
    strokeLine(pen, line, [
      [at, top],
      [at, bottom],
    ])
    write(pen, fitted(label, gap - 6), at, below, ink, { align: 'center' })
  }
  for (const { at, label } of y.ticks) {
    strokeLine(pen, line, [
      [left, at],
      [right, at],
    ])
    write(pen, fitted(label, 56), beside, at, ink, { align: 'right' })
  }
  for (const { at, label } of x.lanes) write(pen, label, at + 16, below + 16, ink, { align: 'right' })
  for (const { at, label } of y.lanes) write(pen, label, beside, at, ink, { align: 'right' })
  strokeLine(pen, palette('--control-line'), [
    [left, top],
    [left, bottom],
    [right, bottom],
  ])
  write(pen, fitted(axisName(x), width - 120), (left + right) / 2, bottom + 50, palette('--text'), { align: 'center' })
}

function axisName({ field, log }: PlotAxis): string {
  return field.name.slice(0, 200) + (log ? ' (log)' : '')
}

/** The run that is nearest to a place, at most so many pixels off. */
export function nearestPoint(
  { x, y }: ScatterScene,
  { runs, isIn }: PlotData,
  left: number,
  top: number,
  within = 16,
): number | undefined {
  let nearest: number | undefined
  let least = within
  for (let run = 0; run < runs.length; run++) {
    const off = Math.hypot(x.place(run) - left, y.place(run) - top) + (isIn[run] === 1 ? 0 : 4)
    if (off < least) [least, nearest] = [off, run]
  }
  return nearest
}

/**
 * The runs that no other is better than by both numbers, by the first from its least.
 * @param isLower whether less is better, of each.
 */
export function paretoFront(
  first: Float64Array,
  second: Float64Array,
  isIn: Uint8Array,
  [isLowerFirst, isLowerSecond]: readonly [boolean, boolean],
): readonly number[] {
  const of = (values: Float64Array, run: number, isLower: boolean): number => (isLower ? 1 : -1) * (values[run] ?? NaN)
  const runs = Array.from(isIn, (_, run) => run).filter(
    (run) => isIn[run] === 1 && !Number.isNaN(first[run]) && !Number.isNaN(second[run]),
  )
  runs.sort(
    (a, b) =>
      of(first, a, isLowerFirst) - of(first, b, isLowerFirst) ||
      of(second, a, isLowerSecond) - of(second, b, isLowerSecond),
  )
  let best = Infinity
  const front = runs.filter((run) => {
    const value = of(second, run, isLowerSecond)
    if (value >= best) return false
    best = value
    return true
  })
  return isLowerFirst ? front : front.toReversed()
}

/** The straight line, in pixels, with the least squares to the runs that are in; undefined for fewer than three. */
export function trendOf({ runs, isIn }: Pick<PlotData, 'runs' | 'isIn'>, x: PlotAxis, y: PlotAxis): Trend | undefined {
  const points = runs.flatMap((_, run) =>
    isIn[run] === 1 &&
    x.share(run) !== undefined &&
    y.share(run) !== undefined &&
    x.field.isNumeric &&
    y.field.isNumeric
      ? [[x.place(run), y.place(run)] as const]
      : [],
  )
  if (points.length < 3) return undefined
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length
  const [meanX, meanY] = [mean(0), mean(1)]
  let [xx, xy, yy] = [0, 0, 0]
  for (const [px, py] of points) {
    xx += (px - meanX) ** 2
    xy += (px - meanX) * (py - meanY)
    yy += (py - meanY) ** 2
  }
  if (xx === 0 || yy === 0) return undefined
  // Pixels grow downwards.
  return { slope: xy / xx, intercept: meanY - (xy / xx) * meanX, correlation: -xy / Math.sqrt(xx * yy) }
}

function radiusOf({ size }: ScatterScene, run: number): number {
  return size ? 2.5 + 6 * Math.sqrt(Math.max(0, size.share(run) ?? 0)) : 4
}

function ring(pen: Pen, colour: string, scene: ScatterScene, run: number): void {
  pen.strokeStyle = colour
  pen.lineWidth = 2
  pen.beginPath()
  dot(pen, scene.x.place(run), scene.y.place(run), radiusOf(scene, run) + 2)
  pen.stroke()
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}
