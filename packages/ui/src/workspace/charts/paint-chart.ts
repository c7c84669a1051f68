import type { Line } from './chart-lines.ts'
import { characterWidth, type Scene, strongLines } from './chart-scene.ts'

/** What both a canvas and an SVG file are drawn with. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'save'
  | 'restore'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'rect'
  | 'arc'
  | 'clip'
  | 'stroke'
  | 'fill'
  | 'fillText'
  | 'setLineDash'
> & {
  strokeStyle: CanvasRenderingContext2D['strokeStyle']
  fillStyle: CanvasRenderingContext2D['fillStyle']
  lineWidth: number
  globalAlpha: number
  lineJoin: CanvasLineJoin
  font: string
  textAlign: CanvasTextAlign
  textBaseline: CanvasTextBaseline
}

/** A token's colour in the present theme. */
export type Palette = (token: `--${string}`) => string

const textFont = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
/** With more lines, thinner ones. */
const manyLines = 30

/** Draws axes and lines. */
export function paintChart(pen: Pen, scene: Scene, palette: Palette): void {
  paintAxes(pen, scene, palette)
  const { lines } = scene
  const strong = new Set(strongLines(scene))
  const weak = strong.size > 0 ? lines.filter((line) => !strong.has(line)) : lines
  inside(pen, scene, () => {
    if (strong.size > 0) {
      for (const line of weak) paintPath(pen, scene, line, line.y, palette, 0.25, 1)
    } else {
      for (const line of lines) paintBand(pen, scene, line, palette, lines.length > manyLines ? 0 : 0.16)
      for (const line of lines) if (line.raw) paintPath(pen, scene, line, line.raw, palette, 0.28, 1)
      for (const line of lines) paintPath(pen, scene, line, line.y, palette, 1, lines.length > manyLines ? 1 : 1.5)
    }
    for (const line of weak) paintMarks(pen, scene, line, palette)
    for (const line of strong) paintLine(pen, scene, line, palette, 0.16, 2)
  })
}

/** Draws one line above the others. */
export function paintHighlight(pen: Pen, scene: Scene, line: Line, palette: Palette): void {
  inside(pen, scene, () => paintLine(pen, scene, line, palette, 0.24, 2.5))
}

function paintLine(pen: Pen, scene: Scene, line: Line, palette: Palette, band: number, width: number): void {
  paintBand(pen, scene, line, palette, band)
  if (line.raw) paintPath(pen, scene, line, line.raw, palette, 0.4, 1)
  paintPath(pen, scene, line, line.y, palette, 1, width)
  paintMarks(pen, scene, line, palette)
}

function inside(pen: Pen, { frame }: Scene, paint: () => void): void {
  pen.save()
  pen.beginPath()
  pen.rect(frame.left, frame.top - 2, frame.right - frame.left, frame.bottom - frame.top + 4)
  pen.clip()
  paint()
  pen.restore()
}

export function paintAxes(pen: Pen, { x, y, frame }: Scene, palette: Palette): void {
  pen.save()
  pen.lineWidth = 1
  pen.font = textFont
  pen.strokeStyle = palette('--line')
  pen.fillStyle = palette('--text-quiet')
  pen.beginPath()
  for (const { at } of y.ticks) {
    const top = Math.round(y.place(at)) + 0.5
    pen.moveTo(frame.left, top)
    pen.lineTo(frame.right, top)
  }
  for (const { at } of x.ticks) {
    const left = Math.round(x.place(at)) + 0.5
    pen.moveTo(left, frame.top)
    pen.lineTo(left, frame.bottom)
  }
  pen.stroke()
  pen.textAlign = 'right'
  pen.textBaseline = 'middle'
  for (const { at, label } of y.ticks) pen.fillText(label, frame.left - 6, y.place(at))
  pen.textAlign = 'center'
  pen.textBaseline = 'top'
  let end = -Infinity
  for (const { at, label } of x.ticks) {
    const half = (label.length * characterWidth) / 2
    const middle = Math.max(half, Math.min(x.place(at), frame.right + 8 - half))
    if (middle - half < end + characterWidth) continue
    end = middle + half
    pen.fillText(label, middle, frame.bottom + 6)
  }
  pen.restore()
}

/** Between the least and the greatest value of each point; its edges are drawn, as a single spike has no width. */
function paintBand(pen: Pen, { x, y, frame, options }: Scene, line: Line, palette: Palette, alpha: number): void {
  const { low, high } = line
  if (!low || !high) return
  pen.save()
  const colour = palette(line.colour)
  pen.fillStyle = colour
  pen.strokeStyle = colour
  pen.lineWidth = 1
  pen.lineJoin = 'bevel'
  const bottom = frame.bottom + 20
  const place = (value: number): number =>
    options.logY && value <= 0 ? bottom : Math.max(-20, Math.min(bottom, y.place(value)))
  for (let from = 0; from < line.x.length;) {
    while (from < line.x.length && !isShown(low[from], high[from])) from++
    let to = from
    while (to < line.x.length && isShown(low[to], high[to])) to++
    if (to > from) {
      pen.beginPath()
      for (let at = from; at < to; at++)
        pen[at === from ? 'moveTo' : 'lineTo'](x.place(line.x[at] ?? 0), place(high[at] ?? 0))
      for (let at = to - 1; at >= from; at--) pen.lineTo(x.place(line.x[at] ?? 0), place(low[at] ?? 0))
      pen.closePath()
      if (alpha > 0) {
        pen.globalAlpha = alpha
        pen.fill()
      }
      // Of many lines the edges alone: a hundred filled bands hide each other, and take long.
      pen.globalAlpha = alpha > 0 ? alpha * 2 : 0.2
      pen.stroke()
    }
    from = to
  }
  pen.restore()
}

function isShown(low: number | undefined, high: number | undefined): boolean {
  return Number.isFinite(low) && Number.isFinite(high)
}

function paintPath(
  pen: Pen,
  { x, y, options }: Scene,
  line: Line,
  values: Float64Array,
  palette: Palette,
  alpha: number,
  width: number,
): void {
  pen.save()
  pen.strokeStyle = palette(line.colour)
  pen.fillStyle = palette(line.colour)
  pen.globalAlpha = alpha
  pen.lineWidth = width
  pen.lineJoin = 'bevel'
  pen.setLineDash([...line.dash])
  pen.beginPath()
  const dots: number[] = []
  let isDown = false
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN
    const left = line.x[at] ?? Number.NaN
    if (!Number.isFinite(value) || (options.logY && value <= 0) || (x.log && left <= 0)) {
      isDown = false
      continue
    }
    if (isDown) pen.lineTo(x.place(left), y.place(value))
    else pen.moveTo(x.place(left), y.place(value))
    // A point between gaps has no line.
    if (options.markers || (!isDown && !Number.isFinite(values[at + 1] ?? Number.NaN)))
      dots.push(x.place(left), y.place(value))
    isDown = true
  }
  pen.stroke()
  if (dots.length > 0) {
    pen.beginPath()
    for (let at = 0; at < dots.length; at += 2) {
      const [left = 0, top = 0] = [dots[at], dots[at + 1]]
      pen.moveTo(left + 2.5, top)
      pen.arc(left, top, values.length === 1 ? 3.5 : 2.5, 0, 2 * Math.PI)
    }
    pen.fill()
  }
  pen.restore()
}

/** Where a value is infinite, an arrow at the edge that it left by; where it is none, a cross at the bottom. */
function paintMarks(pen: Pen, { x, frame }: Scene, line: Line, palette: Palette): void {
  const values = line.raw ?? line.y
  pen.save()
  pen.strokeStyle = palette(line.colour)
  pen.lineWidth = 1
  pen.beginPath()
  let drawn = 0
  for (let at = 0; at < values.length && drawn < 200; at++) {
    const value = values[at] ?? 0
    if (Number.isFinite(value)) continue
    const left = x.place(line.x[at] ?? 0)
    const top = value > 0 ? frame.top + 1 : frame.bottom - 6
    drawn++
    if (Number.isNaN(value)) {
      pen.moveTo(left - 2.5, top)
      pen.lineTo(left + 2.5, top + 5)
      pen.moveTo(left + 2.5, top)
      pen.lineTo(left - 2.5, top + 5)
    } else {
      const [tip, end] = value > 0 ? [top, top + 5] : [top + 5, top]
      pen.moveTo(left - 3, end)
      pen.lineTo(left, tip)
      pen.lineTo(left + 3, end)
    }
  }
  pen.stroke()
  pen.restore()
}
