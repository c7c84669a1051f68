import { type AxisKind, type ChartAxis, chartAxis, xText } from './chart-axis.ts'
import type { Line } from './chart-lines.ts'
import { metricText } from '../../controls/display-text.ts'
import { nearestIndex } from './curve.ts'
import { paddedRange, valueRange } from './value-range.ts'

/** How a chart is drawn. */
export interface SceneOptions {
  readonly width: number
  readonly height: number
  readonly kind: AxisKind
  /** What x is: `step`, or a metric. */
  readonly xName: string
  readonly logX: boolean
  readonly logY: boolean
  readonly clip: boolean
  readonly markers: boolean
  readonly y: readonly [number | null, number | null] | undefined
  readonly zoom: readonly [number, number] | undefined
  /** Runs whose lines stand out; the others step back where one of these is drawn. */
  readonly selected?: ReadonlySet<string> | undefined
}

/** A chart laid out: lines, axes and the frame in CSS px. */
export interface Scene {
  readonly lines: readonly Line[]
  readonly options: SceneOptions
  readonly x: ChartAxis
  readonly y: ChartAxis
  readonly frame: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }
}

/** Of the font of axes, in px. */
export const characterWidth = 6.2
const unitless = { low: 0, high: 1 }
const unitlessLog = { low: 0.1, high: 1 }

export function chartScene(lines: readonly Line[], options: SceneOptions): Scene {
  const { width, height, kind, logX, logY, clip, zoom } = options
  const xRange = zoom
    ? { low: zoom[0], high: zoom[1] }
    : valueRange(
        lines.map(({ x }) => x),
        { log: logX },
      )
  const drawn = lines.flatMap(({ y, raw, low, high }) => [
    y,
    ...(raw ? [raw] : []),
    ...(low && high ? [low, high] : []),
  ])
  const found = paddedRange(valueRange(drawn, { clip, log: logY }) ?? (logY ? unitlessLog : unitless), logY)
  const [low, high] = [options.y?.[0] ?? found.low, options.y?.[1] ?? found.high]
  const isSound = low < high && !(logY && low <= 0)
  const wide = xRange && xRange.low === xRange.high ? paddedRange(xRange, logX) : (xRange ?? unitless)
  const [top, bottom] = [8, Math.max(30, height - 22)]
  const y = chartAxis(isSound ? { low, high } : found, [bottom, top], { log: logY, gap: 36 })
  const left = 14 + characterWidth * Math.max(4, ...y.ticks.map(({ label }) => label.length))
  const frame = { left, top, right: Math.max(left + 20, width - 10), bottom }
  const x = chartAxis(wide, [left, frame.right], { kind, log: logX && wide.low > 0, gap: kind === 'time' ? 90 : 70 })
  // One place alone: what is around it was never logged.
  const ticks = xRange && xRange.low === xRange.high ? [{ at: xRange.low, label: metricText(xRange.low) }] : x.ticks
  return { lines, options, frame, x: kind === 'number' ? { ...x, ticks } : x, y }
}

/** The lines that stand out; none where no line does. */
export function strongLines({ lines, options: { selected } }: Pick<Scene, 'lines' | 'options'>): readonly Line[] {
  return selected ? lines.filter(({ runId }) => runId !== undefined && selected.has(runId)) : []
}

/** A line's value where the cursor is. */
export interface Reading {
  readonly line: Line
  readonly index: number
  readonly x: number
  readonly value: number
  readonly raw: number
}

/** What the lines say at x, the greatest value first; lines that are not there are left out. */
export function readingsAt({ lines, x: axis }: Scene, x: number): readonly Reading[] {
  const reach = Math.abs(axis.valueAt(axis.place(x) + 6) - x)
  const found = lines.flatMap((line): Reading[] => {
    const index = nearestIndex(line.x, x)
    const at = line.x[index]
    const [first = 0, last = 0] = [line.x[0], line.x.at(-1)]
    if (at === undefined || x < first - reach || x > last + reach) return []
    const value = line.y[index] ?? Number.NaN
    return [{ line, index, x: at, value, raw: line.raw?.[index] ?? value }]
  })
  return found.toSorted((one, other) => order(other.value) - order(one.value))
}

function order(value: number): number {
  return Number.isNaN(value) ? -Number.MAX_VALUE : value
}

/** The line that is nearest to a place, by its height there; undefined where none is within `reach` px. */
export function nearestLine(
  scene: Scene,
  readings: readonly Reading[],
  top: number,
  reach = Infinity,
): Line | undefined {
  let [best, least]: [Line | undefined, number] = [undefined, reach]
  for (const { line, value } of readings) {
    const distance = Math.abs(scene.y.place(value) - top)
    if (distance <= least) [best, least] = [line, distance]
  }
  return best
}

/** The finite extremes of what was logged, spikes that were sampled away included. */
function loggedRange(lines: readonly Line[]): { low: number; high: number } | undefined {
  return valueRange(lines.flatMap(({ y, raw, low, high }) => (low && high ? [low, high] : [raw ?? y])))
}

/** What a chart says, in words. */
export function sceneSummary(name: string, scene: Pick<Scene, 'lines' | 'options'>): string {
  const { kind, xName } = scene.options
  const { lines } = scene
  if (lines.length === 0) return `${name}: no points`
  const values = loggedRange(lines)
  const xs = valueRange(lines.map(({ x }) => x))
  const first = lines[0]
  const what = lines.length === 1 && first ? first.name : `${lines.length} lines`
  const range = xs ? `, from ${xText(xs.low, kind, xName)} to ${xText(xs.high, kind, xName)}` : ''
  const said = values
    ? `, values between ${metricText(values.low)} and ${metricText(values.high)}`
    : ', no finite values'
  const strong = strongLines(scene).length
  const selected = strong > 0 && lines.length > 1 ? `, ${strong} selected` : ''
  return `${name}: ${what}${selected}, ${pointsText(lines)}${range}${said}`
}

/** `1,200 of 48,000 points`. */
export function pointsText(lines: readonly Line[]): string {
  const points = lines.reduce((sum, line) => sum + line.points, 0)
  const drawn = lines.reduce((sum, line) => sum + line.drawn, 0)
  const all = `${points.toLocaleString('en')} ${points === 1 ? 'point' : 'points'}`
  return drawn < points ? `${drawn.toLocaleString('en')} of ${all}` : all
}
