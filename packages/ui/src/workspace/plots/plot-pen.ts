import type { Palette, Pen } from '../charts/paint-chart.ts'

const plotFont = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'

/** What a plot is drawn by, on the screen and into files. */
export type Paint = (pen: Pen, palette: Palette, shades: readonly string[]) => void

export interface Picture {
  readonly width: number
  readonly height: number
  readonly paint: Paint
}

interface Writing {
  readonly align?: CanvasTextAlign
  readonly baseline?: CanvasTextBaseline
  /** Drawn behind the text, so that it is read over lines. */
  readonly background?: string
}

export function write(
  pen: Pen,
  text: string,
  x: number,
  y: number,
  colour: string,
  { align = 'left', baseline = 'middle', background }: Writing = {},
): void {
  pen.font = plotFont
  pen.textAlign = align
  pen.textBaseline = baseline
  if (background !== undefined) {
    const width = text.length * 6 + 4
    pen.globalAlpha = 0.75
    pen.fillStyle = background
    pen.beginPath()
    pen.rect(align === 'left' ? x - 2 : align === 'right' ? x - width + 2 : x - width / 2, y - 7, width, 14)
    pen.fill()
    pen.globalAlpha = 1
  }
  pen.fillStyle = colour
  pen.fillText(text, x, y)
}

export function strokeLine(pen: Pen, colour: string, points: readonly (readonly [number, number])[], width = 1): void {
  pen.strokeStyle = colour
  pen.lineWidth = width
  pen.beginPath()
  for (const [index, [x, y]] of points.entries()) pen[index === 0 ? 'moveTo' : 'lineTo'](x, y)
  pen.stroke()
}

export function dot(pen: Pen, x: number, y: number, radius: number): void {
  pen.moveTo(x + radius, y)
  pen.arc(x, y, radius, 0, 2 * Math.PI)
}
