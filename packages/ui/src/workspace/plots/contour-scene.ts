import { contours } from 'd3-contour'
import { colourScale, type ColourScale, isLog } from './colour-scale.ts'
import type { PlotAxis } from './plot-axis.ts'
import { plotAxis } from './plot-axis.ts'
import type { PlotData } from './plot-data.ts'
import { dot, type Paint } from './plot-pen.ts'
import type { Plot } from './plots-state.ts'
import { paintFrame, scatterFrame } from './scatter-scene.ts'
import { shadeOf } from './shade.ts'

export interface ContourScene {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly x: PlotAxis
  readonly y: PlotAxis
  readonly colour: ColourScale
  /** The runs that have all three numbers. */
  readonly runs: readonly number[]
  readonly levels: readonly {
    readonly share: number
    readonly rings: readonly (readonly (readonly [number, number])[])[]
  }[]
}

/** Cells of the grid, each way. */
const cells = 48
const levelCount = 10
/** With fewer, there is nothing between the points to guess. */
export const fewestPoints = 4

/** Undefined while a field is not there. */
export function contourScene(data: PlotData, plot: Plot, width: number, height: number): ContourScene | undefined {
  const { x: xName = '', y: yName = '', z: zName = '', turned = [] } = plot
  const [xOf, yOf, zOf] = [data.fields.get(xName), data.fields.get(yName), data.fields.get(zName)]
  if (!xOf || !yOf || !zOf) return undefined
  const frame = scatterFrame(width, height)
  const x = plotAxis(xOf, [frame.left, frame.right], { turned: turned.includes(xName), gap: 80 })
  const y = plotAxis(yOf, [frame.bottom, frame.top], { turned: turned.includes(yName) })
  const colour = colourScale(zOf, isLog(zOf, turned))
  const runs = data.runs.flatMap((_, run) =>
    data.isIn[run] === 1 && x.share(run) !== undefined && y.share(run) !== undefined && colour.share(run) !== undefined
      ? [run]
      : [],
  )
  const points = runs.map((run) => ({ x: x.share(run) ?? 0, y: y.share(run) ?? 0, value: colour.share(run) ?? 0 }))
  const scale = ([column, row]: readonly number[]): readonly [number, number] => [
    frame.left + (((column ?? 0) - 0.5) / (cells - 1)) * (frame.right - frame.left),
    frame.bottom - (((row ?? 0) - 0.5) / (cells - 1)) * (frame.bottom - frame.top),
  ]
  const thresholds = Array.from({ length: levelCount }, (_, level) => level / levelCount)
  const levels =
    points.length < fewestPoints
      ? []
      : contours()
          .size([cells, cells])
          .thresholds(thresholds)(contourGrid(points, cells))
          .map(({ value, coordinates }) => ({
            share: value + 0.5 / levelCount,
            rings: coordinates.flatMap((polygon) => polygon.map((ring) => ring.map(scale))),
          }))
  return { width, height, ...frame, x, y, colour, runs, levels }
}

/**
 * What values between points may be: of each cell, the mean of all points, the nearer the heavier (by the inverse of the
 * distance squared). All coordinates from 0 to 1; row by row from the least y.
 */
export function contourGrid(
  points: readonly { readonly x: number; readonly y: number; readonly value: number }[],
  size: number,
): number[] {
  const grid: number[] = []
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let [sum, weights] = [0, 0]
      for (const { x, y, value } of points) {
        const weight = 1 / ((x - column / (size - 1)) ** 2 + (y - row / (size - 1)) ** 2 + 1e-4)
        sum += weight * value
        weights += weight
      }
      grid.push(sum / weights)
    }
  }
  return grid
}

export function paintContour(scene: ContourScene, data: PlotData): Paint {
  const { levels, left, top, right, bottom, runs, x, y, colour } = scene
  return (pen, palette, shades) => {
    paintFrame(pen, palette, scene)
    pen.save()
    pen.beginPath()
    pen.rect(left, top, right - left, bottom - top)
    pen.clip()
    for (const { share, rings } of levels) {
      pen.fillStyle = shadeOf(shades, share) ?? palette('--run-0')
      pen.beginPath()
      for (const ring of rings) {
        for (const [index, [at, over]] of ring.entries()) pen[index === 0 ? 'moveTo' : 'lineTo'](at, over)
        pen.closePath()
      }
      pen.fill()
    }
    pen.restore()
    pen.lineWidth = 1.5
    for (const run of runs) {
      const isSelected = data.selected.has(data.runs[run]?.id ?? '')
      pen.fillStyle = shadeOf(shades, colour.share(run) ?? 0) ?? palette('--run-0')
      pen.strokeStyle = palette(isSelected ? '--text' : '--canvas')
      pen.beginPath()
      dot(pen, x.place(run), y.place(run), isSelected ? 5 : 3.5)
      pen.fill()
      pen.stroke()
    }
  }
}
