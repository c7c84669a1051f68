import { useMemo } from 'react'
import { metricText } from '../../controls/display-text.ts'
import { boxScene, paintBoxes } from './box-scene.ts'
import { toggledBrush } from './field-brush.ts'
import { fitted, isOthers } from './plot-axis.ts'
import { PlotCanvas } from './plot-canvas.tsx'
import type { PlotProps } from './plot-props.ts'
import styles from './plots.module.css'

/** How a metric is spread in each group of runs. */
export function BoxPlot({ plot, data, width, height, onBrush }: PlotProps) {
  const { x = '', y = '', turned, violin } = plot
  const scene = useMemo(
    () => boxScene(data, x, y, turned ?? [], width, height, violin),
    [data, x, y, turned, width, height, violin],
  )
  const field = data.fields.get(x)
  const picture = useMemo(
    () => scene && field && { width, height, paint: paintBoxes(scene, data, field.name) },
    [scene, field, data, width, height],
  )
  if (!scene || !field || !picture) return null
  const brush = data.brushes.find((one) => one.field === x)
  const gap = (scene.right - scene.left) / Math.max(1, scene.groups.length)
  return (
    <div className={styles['surface']} style={{ width, height }}>
      <PlotCanvas picture={picture} />
      <span
        className={styles['y-name']}
        style={{ width: scene.bottom - scene.top, top: scene.bottom }}
        aria-hidden="true"
      >
        {fitted(scene.y.field.name, scene.bottom - scene.top)}
      </span>
      {scene.groups.map(({ value, label, left, box, shape, runs }) => {
        const isFew = violin === true && shape === undefined
        const said = box
          ? `${label}: ${runs.length} runs, median ${metricText(box.median)}, quartiles ${metricText(box.first)} and ${metricText(box.third)}${isFew ? '; too few values for a violin' : ''}`
          : `${label}: no numbers`
        const style = { left: left - gap / 2 + 1, top: scene.bottom + 4, width: Math.max(24, gap - 2) }
        return value === undefined || isOthers(value) ? (
          <span key={label} className={`cut ${styles['group']}`} style={style} title={said}>
            {label}
          </span>
        ) : (
          <button
            key={`=${value}`}
            type="button"
            className={`cut ${styles['group']}`}
            style={style}
            title={said}
            aria-label={said}
            aria-pressed={brush?.values?.includes(value) === true}
            onClick={() => onBrush(x, toggledBrush({ ...field, categories: valuesOf(scene.groups) }, brush, value))}
          >
            <bdi>{label}</bdi>
          </button>
        )
      })}
      <span
        className={styles['x-name']}
        style={{ left: scene.left, width: scene.right - scene.left }}
        aria-hidden="true"
      >
        {fitted(field.name, scene.right - scene.left)}
      </span>
    </div>
  )
}

function valuesOf(groups: readonly { readonly value: string | undefined }[]): readonly string[] {
  return groups.flatMap(({ value }) => value ?? [])
}
