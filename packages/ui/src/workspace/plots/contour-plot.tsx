import { useMemo, useState } from 'react'
import { contourScene, fewestPoints, paintContour } from './contour-scene.ts'
import { fitted } from './plot-axis.ts'
import { PlotCanvas } from './plot-canvas.tsx'
import type { PlotProps } from './plot-props.ts'
import { PlotReading } from './plot-reading.tsx'
import styles from './plots.module.css'
import { RunCursor } from './run-cursor.tsx'
import { nearestPoint, paintHovered } from './scatter-scene.ts'

/** A metric as the height of a land over two numbers, guessed between the runs. */
export function ContourPlot({ plot, data, width, height, onSelect, onOpen }: PlotProps) {
  const { x = '', y = '', z = '' } = plot
  const scene = useMemo(() => contourScene(data, plot, width, height), [data, plot, width, height])
  const [at, setAt] = useState<number>()
  const points = useMemo(() => scene && { ...scene, size: undefined, front: [], trend: undefined }, [scene])
  const picture = useMemo(
    () => scene && { width, height, paint: paintContour(scene, data) },
    [scene, data, width, height],
  )
  const run = at !== undefined && scene?.runs.includes(at) === true ? at : undefined
  const above = useMemo(
    () => (points && run !== undefined ? { width, height, paint: paintHovered(points, run) } : undefined),
    [points, run, width, height],
  )
  if (!scene || !points || !picture) return null
  if (scene.runs.length < fewestPoints) {
    return <p className={styles['note']}>It takes {fewestPoints} runs that have all three as numbers.</p>
  }
  return (
    <div
      className={styles['surface']}
      style={{ width, height }}
      data-over={run !== undefined}
      onPointerMove={(event) => {
        const bounds = event.currentTarget.getBoundingClientRect()
        setAt(nearestPoint(points, data, event.clientX - bounds.left, event.clientY - bounds.top))
      }}
      onPointerLeave={() => setAt(undefined)}
      onClick={() => run !== undefined && onSelect(data.runs[run]?.id ?? '')}
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
      <RunCursor
        data={data}
        fields={[x, y, z]}
        order={scene.x.place}
        onRun={setAt}
        onSelect={onSelect}
        onOpen={onOpen}
      />
      {run !== undefined && (
        <PlotReading
          data={data}
          run={run}
          fields={[...new Set([x, y, z])]}
          x={scene.x.place(run)}
          y={scene.y.place(run)}
          width={width}
        />
      )}
    </div>
  )
}
