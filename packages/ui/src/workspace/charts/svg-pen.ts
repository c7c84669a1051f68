import type { Pen } from './paint-chart.ts'

/** Writes what is drawn as an SVG document, with the calls of a canvas. */
export class SvgPen implements Pen {
  strokeStyle = '#000000'
  fillStyle = '#000000'
  lineWidth = 1
  globalAlpha = 1
  lineJoin: CanvasLineJoin = 'miter'
  font = ''
  textAlign: CanvasTextAlign = 'left'
  textBaseline: CanvasTextBaseline = 'alphabetic'
  #parts: string[] = []
  #path: string[] = []
  #dash: readonly number[] = []
  #groups: number[] = []
  #clips = 0

  save(): void {
    this.#groups.push(0)
  }

  restore(): void {
    const opened = this.#groups.pop() ?? 0
    this.#parts.push('</g>'.repeat(opened))
    this.#dash = []
    this.globalAlpha = 1
  }

  beginPath(): void {
    this.#path = []
  }

  moveTo(x: number, y: number): void {
    this.#path.push(`M${short(x)} ${short(y)}`)
  }

  lineTo(x: number, y: number): void {
    this.#path.push(`L${short(x)} ${short(y)}`)
  }

  closePath(): void {
    this.#path.push('Z')
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path.push(`M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`)
  }

  /** Whole circles only. */
  arc(x: number, y: number, radius: number): void {
    this.#path.push(
      `M${short(x - radius)} ${short(y)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`,
    )
  }

  clip(): void {
    const id = `clip${this.#clips++}`
    this.#parts.push(`<clipPath id="${id}"><path d="${this.#path.join('')}"/></clipPath><g clip-path="url(#${id})">`)
    this.#groups.push((this.#groups.pop() ?? 0) + 1)
  }

  stroke(): void {
    const dash = this.#dash.length > 0 ? ` stroke-dasharray="${this.#dash.join(' ')}"` : ''
    this.#shape(
      `fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-opacity="${this.globalAlpha}" stroke-linejoin="${this.lineJoin}"${dash}`,
    )
  }

  fill(): void {
    this.#shape(`fill="${this.fillStyle}" fill-opacity="${this.globalAlpha}"`)
  }

  fillText(text: string, x: number, y: number): void {
    const anchor = { right: 'end', center: 'middle' }[this.textAlign as string] ?? 'start'
    const baseline = { top: 'hanging', middle: 'central' }[this.textBaseline as string] ?? 'auto'
    this.#parts.push(
      `<text x="${short(x)}" y="${short(y)}" fill="${this.fillStyle}" font-size="11" font-family="system-ui, sans-serif" text-anchor="${anchor}" dominant-baseline="${baseline}">${escaped(text)}</text>`,
    )
  }

  setLineDash(dash: Iterable<number>): void {
    this.#dash = [...dash]
  }

  /** The document. @param title what it shows, for screen readers. */
  document(width: number, height: number, background: string, title: string): string {
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
      `<title>${escaped(title)}</title><rect width="100%" height="100%" fill="${background}"/>${this.#parts.join('\n')}</svg>\n`
    )
  }

  #shape(style: string): void {
    if (this.#path.length > 0) this.#parts.push(`<path d="${this.#path.join('')}" ${style}/>`)
  }
}

function short(value: number): number {
  return Math.round(value * 100) / 100
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text as XML can hold it: control characters cannot be written there at all. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
      .replace(/[&<>"]/g, (sign) => signs[sign] ?? sign)
  )
}
