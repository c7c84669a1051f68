import { colourScale, type ColourScale, isLog } from './colour-scale.ts'
import { type PlotAxis, fitted, plotAxis } from './plot-axis.ts'
import type { PlotData } from './plot-data.ts'
import { strokeLine, write, type Paint } from './plot-pen.ts'
import { shadeOf } from './shade.ts'

export interface ParallelAxis extends PlotAxis {
  readonly x: number
}

export interface ParallelScene {
  readonly width: number
  readonly height: number
  readonly top: number
  readonly bottom: number
  readonly axes: readonly ParallelAxis[]
  readonly colour: ColourScale | undefined
}

const side = 64
export const headHeight = 34
/** Room below the axes, and for each lane there. */
const footHeight = 14
const laneHeight = 18

/** @param fields the axes in order. @param turned those whose axis is the other kind than by itself. */
export function parallelScene(
  data: PlotData,
  {
    fields,
    colour,
    turned,
    width,
    height,
  }: { fields: readonly string[]; colour: string; turned: readonly string[]; width: number; height: number },
): ParallelScene {
  const top = headHeight + 12
  const drawn = fields.flatMap((field) => data.fields.get(field) ?? [])
  const isTurned = (field: string) => ({ turned: turned.includes(field) })
  const lanes = Math.max(0, ...drawn.map((field) => plotAxis(field, [1, 0], isTurned(field.field)).lanes.length))
  const bottom = height - footHeight - laneHeight * lanes
  const gap = drawn.length < 2 ? 0 : (width - 2 * side) / (drawn.length - 1)
  const axes = drawn.map((field, index): ParallelAxis => ({
    ...plotAxis(field, [bottom, top], { turned: turned.includes(field.field) }),
    x: side + index * gap,
  }))
  const shaded = data.fields.get(colour)
  return {
    width,
    height,
    top,
    bottom,
    axes,
    colour: shaded && colourScale(shaded, isLog(shaded, turned)),
  }
}

export function paintParallel(
  { axes, colour, top, bottom }: ParallelScene,
  { runs, isIn, selected }: PlotData,
  { hovered, isNamed = false }: { readonly hovered?: number | undefined; readonly isNamed?: boolean } = {},
): Paint {
  return (pen, palette, shades) => {
    const line = (run: number, stroke: string, width: number): void => {
      strokeLine(
        pen,
        stroke,
        axes.map(({ x, place }) => [x, place(run)]),
        width,
      )
    }
    const shade = (run: number): string => {
      const share = colour?.share(run)
      return share === undefined ? palette('--text-quiet') : (shadeOf(shades, share) ?? palette('--accent'))
    }
    pen.save()
    pen.lineJoin = 'round'
    pen.globalAlpha = runs.length > 200 ? 0.25 : 0.5
    for (let run = 0; run < runs.length; run++) if (isIn[run] === 0) line(run, palette('--line-strong'), 1)
    pen.globalAlpha = runs.length > 300 ? 0.55 : 0.85
    for (let run = 0; run < runs.length; run++) if (isIn[run] === 1) line(run, shade(run), runs.length > 100 ? 1 : 1.5)
    pen.globalAlpha = 1
    for (const [run, { id }] of runs.entries()) if (selected.has(id)) line(run, palette('--text'), 2)
    if (hovered !== undefined) line(hovered, palette('--focus'), 3)
    pen.restore()
    const room = axes.length < 2 ? 200 : (axes[1]?.x ?? 0) - (axes[0]?.x ?? 0) - 16
    for (const { x, field, ticks, lanes } of axes) {
      if (isNamed) write(pen, fitted(field.name, room), x, headHeight / 2, palette('--text'), { align: 'center' })
      strokeLine(pen, palette('--control-line'), [
        [x, top],
        [x, bottom],
      ])
      for (const { at, label } of ticks) {
        strokeLine(pen, palette('--control-line'), [
          [x - 4, at],
          [x, at],
        ])
        write(pen, fitted(label, x < 70 ? 56 : Math.min(120, room)), x - 8, at, palette('--text'), {
          align: 'right',
          background: palette('--canvas'),
        })
      }
      for (const { at, label } of lanes) {
        write(pen, label, x - 8, at, palette('--text-quiet'), { align: 'right', background: palette('--canvas') })
        strokeLine(
          pen,
          palette('--line-strong'),
          [
            [x - 4, at],
            [x + 4, at],
          ],
          2,
        )
      }
    }
  }
}

/** The run whose line passes nearest to a place, at most so many pixels off. */
export function nearestLine(
  { axes }: ParallelScene,
  { runs, isIn }: PlotData,
  x: number,
  y: number,
  within = 8,
): number | undefined {
  const right = Math.max(
    1,
    axes.findIndex((axis) => axis.x >= x),
  )
  const [from, to] = [axes[right - 1], axes[right]]
  if (!from || !to) return undefined
  const part = Math.max(0, Math.min(1, (x - from.x) / (to.x - from.x)))
  let nearest: number | undefined
  let least = within
  for (let run = 0; run < runs.length; run++) {
    if (isIn[run] === 0) continue
    const start = from.place(run)
    const off = Math.abs(start + (to.place(run) - start) * part - y)
    if (off < least) [least, nearest] = [off, run]
  }
  return nearest
}
