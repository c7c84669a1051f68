import { type PointerEvent, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { AxisHandles } from './axis-handles.tsx'
import { toggledBrush } from './field-brush.ts'
import { headHeight, nearestLine, paintParallel, parallelScene } from './parallel-scene.ts'
import { isOthers } from './plot-axis.ts'
import { PlotCanvas } from './plot-canvas.tsx'
import { categoryName } from './plot-field.ts'
import type { PlotProps } from './plot-props.ts'
import { PlotReading } from './plot-reading.tsx'
import styles from './plots.module.css'

const dragType = 'application/x-trackway-axis'

/** Each run as a line through its values: which values go together with good ones. */
export function ParallelPlot({ plot, data, width, height, onPlot, onBrush, onSelect, onOpen }: PlotProps) {
  const { fields = [], colour = '', turned = [] } = plot
  const scene = useMemo(
    () => parallelScene(data, { fields, colour, turned, width, height }),
    [data, fields, colour, turned, width, height],
  )
  const [at, setAt] = useState<{ run: number; x: number; y: number }>()
  const run = at !== undefined && at.run < data.runs.length ? at.run : undefined
  const base = useMemo(() => ({ width, height, paint: paintParallel(scene, data) }), [scene, data, width, height])
  const above = useMemo(
    () => ({ width, height, paint: paintParallel(scene, { ...data, runs: [] }, { hovered: run }) }),
    [scene, data, width, height, run],
  )
  const find = useCallback(
    (event: PointerEvent): void => {
      const box = event.currentTarget.getBoundingClientRect()
      const [x, y] = [event.clientX - box.left, event.clientY - box.top]
      const found = nearestLine(scene, data, x, y)
      setAt(found === undefined ? undefined : { run: found, x, y })
    },
    [scene, data],
  )
  const move = (from: string, to: string): void => {
    if (from === to) return
    const rest = fields.filter((field) => field !== from)
    const place = fields.indexOf(to)
    onPlot({ fields: [...rest.slice(0, place), from, ...rest.slice(place)] })
  }
  const shift = (field: string, by: number): void => {
    const to = fields[fields.indexOf(field) + by]
    if (to !== undefined) move(field, to)
  }
  // React moves the header that was moved, which takes its focus.
  const moved = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    moved.current?.focus()
    moved.current = null
  }, [fields])
  const room = scene.axes.length < 2 ? width : (width - 128) / (scene.axes.length - 1)
  return (
    <div
      className={styles['surface']}
      style={{ width, height }}
      data-over={run !== undefined}
      onPointerMove={find}
      onPointerLeave={() => setAt(undefined)}
      onClick={() => run !== undefined && onSelect(data.runs[run]?.id ?? '')}
      onDoubleClick={() => run !== undefined && onOpen(data.runs[run]?.id ?? '')}
    >
      <PlotCanvas picture={base} />
      {run !== undefined && <PlotCanvas picture={above} />}
      {scene.axes.map((axis) => {
        const { field, x } = axis
        const brush = data.brushes.find((one) => one.field === field.field)
        return (
          <div
            key={field.field}
            role="group"
            aria-label={`Axis ${field.name}`}
            onClick={(event) => event.stopPropagation()}
            onDoubleClick={(event) => event.stopPropagation()}
          >
            <button
              type="button"
              className={styles['axis-name']}
              style={{
                left: x,
                maxWidth: Math.min(room - 4, x < 80 || x > width - 80 ? 124 : 160),
                height: headHeight - 6,
              }}
              title={`${field.name}\nArrow keys or dragging move this axis`}
              aria-label={`${field.name.slice(0, 120)}${axis.log ? ' log' : ''}: arrow keys move this axis`}
              draggable
              onDragStart={(event) => event.dataTransfer.setData(dragType, field.field)}
              onDragOver={(event) => event.dataTransfer.types.includes(dragType) && event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault()
                move(event.dataTransfer.getData(dragType), field.field)
              }}
              onKeyDown={(event) => {
                if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
                event.preventDefault()
                moved.current = event.currentTarget
                shift(field.field, event.key === 'ArrowLeft' ? -1 : 1)
              }}
            >
              <bdi className="cut">{field.name}</bdi>
              {axis.log && <span className="quiet"> log</span>}
            </button>
            {field.isNumeric ? (
              <AxisHandles axis={axis} scene={scene} brush={brush} onBrush={(next) => onBrush(field.field, next)} />
            ) : (
              field.categories.map((category, place) => {
                const y = axis.ticks[place]?.at ?? 0
                return isOthers(category) ? null : (
                  <button
                    key={category}
                    type="button"
                    className={styles['category']}
                    style={{ left: x - 12, top: y - 12 }}
                    aria-pressed={brush?.values?.includes(category) === true}
                    aria-label={`${field.name.slice(0, 60)}: ${categoryName(category)}`}
                    title={categoryName(category)}
                    onClick={() => onBrush(field.field, toggledBrush(field, brush, category))}
                  />
                )
              })
            )}
          </div>
        )
      })}
      {at && run !== undefined && (
        <PlotReading data={data} run={run} fields={[...new Set([...fields, colour])]} x={at.x} y={at.y} width={width} />
      )}
    </div>
  )
}
