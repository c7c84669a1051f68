import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { nearestIndex } from './curve.ts'
import type { CursorPlace } from './chart-cursor.ts'
import { useChartCursor } from './chart-cursor.ts'
import styles from './chart-plot.module.css'
import { nearestLine, type Reading, readingsAt, type Scene } from './chart-scene.ts'
import { ChartTooltip, readingText } from './chart-tooltip.tsx'
import { type Palette, paintAxes, paintChart, paintHighlight } from './paint-chart.ts'
import { paintSoon } from './paint-queue.ts'

interface ChartPlotProps {
  readonly id: string
  /** What the chart says, in words. */
  readonly summary: string
  readonly scene: Scene
  readonly palette: Palette
  /** Runs that are shown as chosen. */
  readonly onSelect?: ((runId: string) => void) | undefined
  readonly onOpen?: ((runId: string) => void) | undefined
  readonly onZoom: (range: readonly [number, number] | undefined) => void
}

/** How near to a line, in px, a click is meant for it. */
const clickReach = 24
/** A drag of fewer px is a click. */
const dragLeast = 5
/** A second click within this many ms opens the run. */
const twiceMs = 260

/** A chart to look at, point at, zoom by dragging, and walk through by the arrows. */
export function ChartPlot({ id, summary, scene, palette, onSelect, onOpen, onZoom }: ChartPlotProps) {
  const cursor = useChartCursor()
  const base = useRef<HTMLCanvasElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const drag = useRef<{ readonly from: number; readonly pointer: number } | undefined>(undefined)
  const clicked = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const isMarked = useRef(false)
  const [range, setRange] = useState<readonly [number, number]>()
  const [said, setSaid] = useState('')
  const { width, height } = scene.options

  useEffect(() => {
    return paintSoon(() => {
      // Drawn by the processor: it has hundreds of thin lines sooner than most graphics cards, and they seldom change.
      const pen = penOf(base.current, width, height, { willReadFrequently: true })
      if (pen) paintChart(pen, scene, palette)
    })
  }, [scene, palette, width, height])

  useEffect(() => {
    let called: (() => void) | undefined
    const show = (): void => {
      called?.()
      // A chart that nobody points at has no second picture.
      if (cursor.place() === undefined && !isMarked.current) return
      called = paintSoon(() => {
        isMarked.current = cursor.place() !== undefined
        paintCursor(overlay.current, base.current, scene, palette, cursor.place(), id)
      })
    }
    show()
    const stop = cursor.subscribe(show)
    return () => {
      stop()
      called?.()
    }
  }, [scene, palette, cursor, id])

  // A chart that is scrolled away takes the pointer's place with it.
  useEffect(
    () => () => {
      if (cursor.place()?.card === id) cursor.set(undefined)
      clearTimeout(clicked.current)
    },
    [cursor, id],
  )

  const pointAt = (event: PointerEvent<HTMLElement>): { left: number; top: number } => {
    const box = event.currentTarget.getBoundingClientRect()
    return { left: event.clientX - box.left, top: event.clientY - box.top }
  }
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    const { left, top } = pointAt(event)
    if (drag.current && Math.abs(left - drag.current.from) >= dragLeast) setRange([drag.current.from, left])
    if (left < scene.frame.left || left > scene.frame.right) return cursor.set(undefined)
    const x = scene.x.valueAt(left)
    const line = nearestLine(scene, readingsAt(scene, x), top)
    cursor.set({ x, line: line?.runId ?? line?.id, card: id })
  }
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return
    drag.current = { from: pointAt(event).left, pointer: event.pointerId }
    if (event.pointerType === 'mouse') event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerUp = (event: PointerEvent<HTMLElement>): void => {
    const from = drag.current?.from
    drag.current = undefined
    setRange(undefined)
    if (from === undefined) return
    const { left, top } = pointAt(event)
    if (Math.abs(left - from) >= dragLeast) {
      const ends = [from, left].map((place) =>
        scene.x.valueAt(Math.max(scene.frame.left, Math.min(scene.frame.right, place))),
      )
      const [one = 0, other = 0] = ends
      if (one !== other) onZoom([Math.min(one, other), Math.max(one, other)])
      return
    }
    const line = nearestLine(scene, readingsAt(scene, scene.x.valueAt(left)), top, clickReach)
    const isSecond = clicked.current !== undefined
    clearTimeout(clicked.current)
    clicked.current = undefined
    if (isSecond) {
      if (line?.runId !== undefined && onOpen) onOpen(line.runId)
      else onZoom(undefined)
      return
    }
    clicked.current = setTimeout(() => {
      clicked.current = undefined
      if (line?.runId !== undefined) onSelect?.(line.runId)
    }, twiceMs)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const place = cursor.place()
    const now = place?.card === id ? place : undefined
    if (event.key === 'Enter' && now?.line !== undefined) {
      const line = scene.lines.find((one) => one.runId === now.line)
      if (line?.runId !== undefined) (event.shiftKey ? onOpen : onSelect)?.(line.runId)
      return
    }
    if (event.key === 'Escape' && (now || scene.options.zoom)) {
      event.stopPropagation()
      if (now) cursor.set(undefined)
      else onZoom(undefined)
      return
    }
    const zoomed = zoomByKey(scene, event.key, now?.x)
    const next = zoomed === undefined ? placeByKey(scene, event, now, id) : undefined
    if (zoomed === undefined && next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    if (zoomed) onZoom(zoomed)
    if (!next) return
    cursor.set(next)
    setSaid(spoken(scene, next))
  }
  return (
    <div
      className={styles['plot']}
      style={{ height }}
      role="application"
      aria-roledescription="chart"
      aria-label={summary}
      tabIndex={0}
      data-chart={id}
      onPointerMove={onPointerMove}
      onPointerDown={onPointerDown}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        drag.current = undefined
        setRange(undefined)
      }}
      onPointerLeave={() => {
        if (!drag.current) cursor.set(undefined)
      }}
      onKeyDown={onKeyDown}
      onBlur={() => cursor.place()?.card === id && cursor.set(undefined)}
    >
      <canvas ref={base} className={styles['canvas']} aria-hidden="true" />
      <canvas ref={overlay} className={styles['canvas']} aria-hidden="true" />
      {range && (
        <div
          className={styles['range']}
          style={{
            left: Math.min(...range),
            width: Math.abs(range[1] - range[0]),
            top: scene.frame.top,
            height: scene.frame.bottom - scene.frame.top,
          }}
        />
      )}
      <ChartTooltip id={id} scene={scene} />
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </div>
  )
}

function penOf(
  canvas: HTMLCanvasElement | null,
  width: number,
  height: number,
  settings?: CanvasRenderingContext2DSettings,
): CanvasRenderingContext2D | undefined {
  if (!canvas) return undefined
  const ratio = devicePixelRatio
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide
    canvas.height = high
  }
  const pen = canvas.getContext('2d', settings)
  if (!pen) return undefined
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  pen.clearRect(0, 0, width, height)
  return pen
}

/** The cursor's line, the run that is looked at, and where the lines are there; the others step back. */
function paintCursor(
  overlay: HTMLCanvasElement | null,
  base: HTMLCanvasElement | null,
  scene: Scene,
  palette: Palette,
  place: CursorPlace | undefined,
  id: string,
): void {
  const pen = penOf(overlay, scene.options.width, scene.options.height)
  if (!pen || !base) return
  const lines = place ? scene.lines.filter((line) => (line.runId ?? line.id) === place.line) : []
  const isDimmed = lines.length > 0 && lines.length < scene.lines.length
  base.style.opacity = isDimmed ? '0.35' : '1'
  if (!place) return
  if (isDimmed) paintAxes(pen, scene, palette)
  for (const line of lines) paintHighlight(pen, scene, line, palette)
  const left = scene.x.place(place.x)
  if (left < scene.frame.left || left > scene.frame.right) return
  pen.strokeStyle = palette('--text-quiet')
  pen.lineWidth = 1
  pen.setLineDash(place.card === id ? [] : [3, 3])
  pen.beginPath()
  pen.moveTo(Math.round(left) + 0.5, scene.frame.top)
  pen.lineTo(Math.round(left) + 0.5, scene.frame.bottom)
  pen.stroke()
  pen.setLineDash([])
  for (const line of lines) {
    const index = nearestIndex(line.x, place.x)
    const [x = Number.NaN, y = Number.NaN] = [line.x[index], line.y[index]]
    if (!Number.isFinite(y)) continue
    pen.fillStyle = palette(line.colour)
    pen.beginPath()
    pen.arc(scene.x.place(x), scene.y.place(y), 3.5, 0, 2 * Math.PI)
    pen.fill()
  }
}

function zoomByKey({ x, options }: Scene, key: string, at: number | undefined): readonly [number, number] | undefined {
  const factor = { '+': 0.5, '=': 0.5, '-': 2 }[key]
  if (factor === undefined || (factor > 1 && !options.zoom)) return undefined
  const middle = at ?? (x.low + x.high) / 2
  const half = ((x.high - x.low) * factor) / 2
  return half > 0 ? [middle - half, middle + half] : undefined
}

/** Left and right go from point to point of the line that is looked at, up and down from line to line. */
function placeByKey(
  scene: Scene,
  { key, shiftKey }: KeyboardEvent,
  now: CursorPlace | undefined,
  card: string,
): CursorPlace | undefined {
  const readings = readingsAt(scene, now?.x ?? scene.x.high)
  const at = readings.findIndex(({ line }) => (line.runId ?? line.id) === now?.line)
  const reading: Reading | undefined = readings[at] ?? readings[0]
  if (!reading) return undefined
  const lineOf = ({ line }: Reading): string => line.runId ?? line.id
  const { line, index } = reading
  const end = line.x.length - 1
  const stride = shiftKey ? Math.max(1, Math.round(end / 10)) : 1
  const to = { ArrowLeft: index - stride, ArrowRight: index + stride, Home: 0, End: end }[key]
  if (to !== undefined) {
    const next = now || key === 'Home' ? Math.max(0, Math.min(end, to)) : end
    return { x: line.x[next] ?? 0, line: lineOf(reading), card }
  }
  const step = { ArrowUp: -1, ArrowDown: 1 }[key]
  if (step === undefined) return undefined
  const other = readings[Math.max(0, Math.min(readings.length - 1, at < 0 ? 0 : at + step))] ?? reading
  return { x: now?.x ?? reading.x, line: lineOf(other), card }
}

function spoken(scene: Scene, place: CursorPlace): string {
  const reading = readingsAt(scene, place.x).find(({ line }) => (line.runId ?? line.id) === place.line)
  return reading ? readingText(scene, reading) : ''
}
