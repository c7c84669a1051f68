import { type PointerEvent, useMemo, useState } from 'react'
import { isLowerBetter } from '@trackway/sdk'
import type { Brush } from '../workspace-state.ts'
import { rangeBrush } from './field-brush.ts'
import { fitted } from './plot-axis.ts'
import type { PlotAxis } from './plot-axis.ts'
import { PlotCanvas } from './plot-canvas.tsx'
import type { PlotProps } from './plot-props.ts'
import { PlotReading } from './plot-reading.tsx'
import styles from './plots.module.css'
import { RunCursor } from './run-cursor.tsx'
import { nearestPoint, paintHovered, paintScatter, paretoFront, scatterScene } from './scatter-scene.ts'
import { toast } from '../../shell/toasts.tsx'

interface Box {
  readonly startX: number
  readonly startY: number
  readonly endX: number
  readonly endY: number
}

/** Each run as a point at two of its values. */
export function ScatterPlot({ plot, data, width, height, onBrushes, onSelect, onOpen }: PlotProps) {
  const { x = '', y = '', colour = '', size = '' } = plot
  const front = useMemo(() => {
    const [first, second] = [data.fields.get(x), data.fields.get(y)]
    if (plot.front !== true || !first || !second) return []
    return paretoFront(first.numbers, second.numbers, data.isIn, [
      isLowerGood(first.name, first.isText),
      isLowerGood(second.name, second.isText),
    ])
  }, [data, x, y, plot.front])
  const scene = useMemo(() => scatterScene(data, plot, width, height, front), [data, plot, width, height, front])
  const [at, setAt] = useState<{ run: number; x: number; y: number }>()
  const [box, setBox] = useState<Box>()
  const run = at !== undefined && at.run < data.runs.length ? at.run : undefined
  const picture = useMemo(
    () => scene && { width, height, paint: paintScatter(scene, data) },
    [scene, data, width, height],
  )
  const above = useMemo(
    () => (scene && run !== undefined ? { width, height, paint: paintHovered(scene, run) } : undefined),
    [scene, run, width, height],
  )
  if (!scene || !picture) return null
  const place = (event: PointerEvent): readonly [number, number] => {
    const bounds = event.currentTarget.getBoundingClientRect()
    return [event.clientX - bounds.left, event.clientY - bounds.top]
  }
  const isDragged = box !== undefined && Math.hypot(box.endX - box.startX, box.endY - box.startY) > 6
  return (
    <div
      className={styles['surface']}
      style={{ width, height }}
      data-over={run !== undefined}
      data-brush="box"
      onPointerDown={(event) => {
        if (event.button !== 0 || event.pointerType === 'touch') return
        event.currentTarget.setPointerCapture(event.pointerId)
        const [startX, startY] = place(event)
        setBox({ startX, startY, endX: startX, endY: startY })
      }}
      onPointerMove={(event) => {
        const [left, top] = place(event)
        if (box) setBox({ ...box, endX: left, endY: top })
        const found = nearestPoint(scene, data, left, top)
        setAt(found === undefined || isDragged ? undefined : { run: found, x: left, y: top })
      }}
      onPointerLeave={() => setAt(undefined)}
      onPointerCancel={() => setBox(undefined)}
      onPointerUp={() => {
        if (box && isDragged) {
          onBrushes(
            [axisBrush(scene.x, [box.startX, box.endX]), axisBrush(scene.y, [box.startY, box.endY])].flatMap((brush) =>
              brush ? [brush] : [],
            ),
          )
        } else if (box && run !== undefined) onSelect(data.runs[run]?.id ?? '')
        setBox(undefined)
      }}
      onDoubleClick={() => run !== undefined && onOpen(data.runs[run]?.id ?? '')}
    >
      <PlotCanvas picture={picture} />
      {above && <PlotCanvas picture={above} />}
      <span
        className={styles['y-name']}
        style={{ width: scene.bottom - scene.top, top: scene.bottom }}
        aria-hidden="true"
      >
        {fitted(scene.y.field.name, scene.bottom - scene.top)}
        {scene.y.log && ' (log)'}
      </span>
      {box && isDragged && (
        <div
          className={styles['box']}
          style={{
            left: Math.min(box.startX, box.endX),
            top: Math.min(box.startY, box.endY),
            width: Math.abs(box.endX - box.startX),
            height: Math.abs(box.endY - box.startY),
          }}
        />
      )}
      <RunCursor
        data={data}
        fields={[x, y, colour, size]}
        order={scene.x.place}
        onRun={(next) =>
          setAt(next === undefined ? undefined : { run: next, x: scene.x.place(next), y: scene.y.place(next) })
        }
        onSelect={onSelect}
        onOpen={onOpen}
      />
      {at && run !== undefined && !isDragged && (
        <PlotReading
          data={data}
          run={run}
          fields={[...new Set([x, y, colour, size])]}
          x={at.x}
          y={at.y}
          width={width}
        />
      )}
    </div>
  )
}

/** Of a metric as its name says; of a param, less is cheaper. */
function isLowerGood(name: string, isText: boolean): boolean {
  return isText || isLowerBetter(name)
}

function axisBrush(
  axis: PlotAxis,
  pixels: readonly [number, number],
): readonly [string, Brush | undefined] | undefined {
  const { field } = axis
  const [start, end] = [Math.min(...pixels), Math.max(...pixels)]
  if (!field.isNumeric) {
    const values = field.categories.filter((_, place) => {
      const tick = axis.ticks[place]?.at ?? 0
      return tick >= start && tick <= end
    })
    return values.length === 0
      ? undefined
      : [field.field, values.length === field.categories.length ? undefined : { field: field.field, values }]
  }
  const values = pixels.map(axis.valueAt)
  const brush = rangeBrush(field, { from: Math.min(...values), to: Math.max(...values) })
  if (brush === 'none') {
    toast({ text: `No run has a value of ${field.name} in this range.` })
    return undefined
  }
  if (brush === 'many') {
    toast({
      text: `This range has too many values of ${field.name} for a filter: choose a smaller one.`,
      kind: 'failed',
    })
    return undefined
  }
  return [field.field, brush]
}
