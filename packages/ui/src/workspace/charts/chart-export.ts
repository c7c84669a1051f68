import { serverUrl } from '../../server.ts'
import type { Line } from './chart-lines.ts'
import type { Scene } from './chart-scene.ts'
import { type Palette, paintChart } from './paint-chart.ts'
import { SvgPen } from './svg-pen.ts'

const pngScale = 2

/** A chart as an SVG document, in the present theme. */
export function chartSvg(scene: Scene, palette: Palette, title: string): string {
  const pen = new SvgPen()
  paintChart(pen, scene, palette)
  return pen.document(scene.options.width, scene.options.height, palette('--canvas'), title)
}

export async function chartPng(scene: Scene, palette: Palette): Promise<Blob> {
  const { width, height } = scene.options
  const canvas = document.createElement('canvas')
  canvas.width = width * pngScale
  canvas.height = height * pngScale
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('This browser draws no pictures.')
  pen.scale(pngScale, pngScale)
  pen.fillStyle = palette('--canvas')
  pen.fillRect(0, 0, width, height)
  paintChart(pen, scene, palette)
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('The picture is too large.'))), 'image/png'),
  )
}

/** What is drawn, one point a row. */
export function chartCsv(lines: readonly Line[], x: string): string {
  const rows = [['line', 'run_id', x, 'value', 'min', 'max'].map(field).join(',')]
  for (const line of lines) {
    const start = `${field(line.name)},${line.runId ?? ''}`
    const values = line.raw ?? line.y
    for (let at = 0; at < line.x.length; at++) {
      rows.push(`${start},${line.x[at] ?? ''},${values[at] ?? ''},${line.low?.[at] ?? ''},${line.high?.[at] ?? ''}`)
    }
  }
  return `${rows.join('\r\n')}\r\n`
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The address of a file of every point that was logged. */
export function pointsAddress(runIds: readonly string[], keys: readonly string[]): string {
  const query = new URLSearchParams()
  for (const id of runIds) query.append('run_ids', id)
  for (const key of keys) query.append('keys', key)
  query.set('run_view_type', 'ALL')
  query.set('format', 'CSV')
  return `${serverUrl}/api/trackway/v1/metrics/export?${query.toString()}`
}

export function saveFile(content: Blob | string, type: string, name: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 120)
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
