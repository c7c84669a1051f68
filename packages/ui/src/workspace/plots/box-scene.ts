import { quantileSorted } from 'd3-array'
import { type DensityPoint, kernelDensity } from './kernel-density.ts'
import { fitted, type PlotAxis, plotAxis } from './plot-axis.ts'
import type { PlotData } from './plot-data.ts'
import { categoryName, others, type PlotField } from './plot-field.ts'
import { dot, type Paint, strokeLine, write } from './plot-pen.ts'

/** The runs with one value of a field. */
export interface BoxGroup {
  /** As logged; undefined for the runs that have none. */
  readonly value: string | undefined
  readonly label: string
  /** Those within the brushes that have a number, and those that have none. */
  readonly runs: readonly number[]
  readonly left: number
  readonly box: Box | undefined
  /** Where a violin is wanted and there are values enough: how densely they lie at places along the axis, in pixels. */
  readonly shape: readonly DensityPoint[] | undefined
}

export interface Box {
  readonly first: number
  readonly median: number
  readonly third: number
  /** The last values within one and a half of the box’s height from it, as Tukey drew it. */
  readonly low: number
  readonly high: number
}

export interface BoxScene {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly y: PlotAxis
  readonly groups: readonly BoxGroup[]
}

const mostGroups = 20
/** With more runs in a group, only those beyond the whiskers are drawn. */
const mostPoints = 60

/** Undefined while a field is not there. */
export function boxScene(
  data: PlotData,
  by: string,
  metric: string,
  turned: readonly string[],
  width: number,
  height: number,
  isViolin = false,
): BoxScene | undefined {
  const [groupField, valueField] = [data.fields.get(by), data.fields.get(metric)]
  if (!groupField || !valueField) return undefined
  const frame = { left: 84, right: width - 18, top: 12, bottom: height - 62 }
  const values = groupValues(groupField)
  const gap = (frame.right - frame.left) / values.length
  const y = plotAxis(valueField, [frame.bottom, frame.top], { turned: turned.includes(metric) })
  return {
    width,
    height,
    ...frame,
    y,
    groups: values.map((value, index) => {
      const runs = data.runs.flatMap((_, run) => {
        const text = groupField.texts[run]
        const isOf = value === others ? text !== undefined && !values.includes(text) : text === value
        return isOf && data.isIn[run] === 1 && !Number.isNaN(valueField.numbers[run]) ? [run] : []
      })
      return {
        value,
        label: value === undefined ? 'missing' : categoryName(value),
        runs,
        left: frame.left + gap * (index + 0.5),
        box: boxOf(runs.map((run) => valueField.numbers[run] ?? NaN)),
        // Along the axis, so that a logarithmic one has the shape of the logarithms.
        shape: isViolin ? kernelDensity(placesOf(runs, valueField, y)) : undefined,
      }
    }),
  }
}

/** Where the runs with a finite number stand on an axis. */
function placesOf(runs: readonly number[], { numbers }: PlotField, y: PlotAxis): readonly number[] {
  return runs.flatMap((run) => (Number.isFinite(numbers[run]) ? [y.place(run)] : []))
}

/** The quartiles of values, and Tukey’s whiskers; undefined without any. */
export function boxOf(values: readonly number[]): Box | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const [first, median, third] = [0.25, 0.5, 0.75].map((part) => quantileSorted(sorted, part))
  if (first === undefined || median === undefined || third === undefined) return undefined
  const reach = 1.5 * (third - first)
  return {
    first,
    median,
    third,
    low: sorted.find((value) => value >= first - reach) ?? first,
    high: sorted.findLast((value) => value <= third + reach) ?? third,
  }
}

/** The values by which runs are grouped: numbers in their order, texts by how many runs have them, then none. */
export function groupValues({ isNumeric, texts, numbers }: PlotField): readonly (string | undefined)[] {
  const counts = new Map<string, { runs: number; number: number }>()
  for (const [run, text] of texts.entries()) {
    if (text !== undefined) counts.set(text, { runs: (counts.get(text)?.runs ?? 0) + 1, number: numbers[run] ?? NaN })
  }
  const byCount = [...counts].toSorted(([a, x], [b, y]) => y.runs - x.runs || (a < b ? -1 : 1))
  const kept = byCount.slice(0, byCount.length > mostGroups ? mostGroups - 1 : mostGroups)
  const sorted = isNumeric ? kept.toSorted(([, a], [, b]) => a.number - b.number) : kept
  return [
    ...sorted.map(([text]) => text),
    ...(byCount.length > mostGroups ? [others] : []),
    ...(texts.includes(undefined) ? [undefined] : []),
  ]
}

/** @param isNamed whether names are written, too; on a page they stand beside the picture. */
export function paintBoxes(
  { left, right, top, bottom, y, groups }: BoxScene,
  { isIn, selected, runs }: PlotData,
  by: string,
  isNamed = false,
): Paint {
  return (pen, palette) => {
    for (const { at, label } of y.ticks) {
      strokeLine(pen, palette('--line'), [
        [left, at],
        [right, at],
      ])
      write(pen, fitted(label, 56), left - 24, at, palette('--text-quiet'), { align: 'right' })
    }
    strokeLine(pen, palette('--control-line'), [
      [left, top],
      [left, bottom],
      [right, bottom],
    ])
    const gap = (right - left) / Math.max(1, groups.length)
    const half = Math.min(28, gap * 0.32)
    const ink = palette('--run-0')
    for (const { left: at, box, shape, runs: own, label } of groups) {
      if (isNamed) write(pen, fitted(label, gap - 4), at, bottom + 16, palette('--text-quiet'), { align: 'center' })
      if (!box) continue
      const place = y.placeValue
      pen.globalAlpha = 0.18
      pen.fillStyle = ink
      pen.beginPath()
      if (shape) outline(pen, shape, at, half)
      else pen.rect(at - half, place(box.third), 2 * half, Math.max(1, place(box.first) - place(box.third)))
      pen.fill()
      pen.globalAlpha = 1
      pen.strokeStyle = ink
      pen.lineWidth = 1
      pen.stroke()
      strokeLine(
        pen,
        ink,
        [
          [at - half, place(box.median)],
          [at + half, place(box.median)],
        ],
        2.5,
      )
      for (const [from, to] of [
        [box.third, box.high],
        [box.first, box.low],
      ] as const) {
        strokeLine(pen, ink, [
          [at, place(from)],
          [at, place(to)],
        ])
        strokeLine(pen, ink, [
          [at - half / 2, place(to)],
          [at + half / 2, place(to)],
        ])
      }
      const { numbers } = y.field
      for (const run of own) {
        const value = numbers[run] ?? NaN
        const isSelected = selected.has(runs[run]?.id ?? '')
        if (isIn[run] !== 1 || (own.length > mostPoints && !isSelected && value >= box.low && value <= box.high))
          continue
        pen.globalAlpha = isSelected ? 1 : 0.6
        pen.fillStyle = isSelected ? palette('--text') : ink
        pen.beginPath()
        dot(pen, at + jitter(run) * half * 0.8, y.place(run), isSelected ? 4 : 2.5)
        pen.fill()
      }
      pen.globalAlpha = 1
    }
    if (isNamed) {
      write(pen, fitted(by, right - left), (left + right) / 2, bottom + 44, palette('--text'), { align: 'center' })
      write(pen, fitted(y.field.name, 300), left + 6, top + 8, palette('--text'), { background: palette('--canvas') })
    }
  }
}

/** A shape and its mirror, as wide as there is room where the values lie most densely. */
function outline(pen: Parameters<Paint>[0], shape: readonly DensityPoint[], at: number, half: number): void {
  const most = Math.max(...shape.map(({ density }) => density))
  for (const [index, { value, density }] of shape.entries()) {
    const x = at - (half * density) / most
    if (index === 0) pen.moveTo(x, value)
    else pen.lineTo(x, value)
  }
  for (const { value, density } of shape.toReversed()) pen.lineTo(at + (half * density) / most, value)
  pen.closePath()
}

/** From -1 to 1, the same for a run each time, so that equal values do not hide each other. */
function jitter(run: number): number {
  return ((run * 0.618_034) % 1) * 2 - 1
}
