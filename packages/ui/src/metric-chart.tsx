import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { MetricCurve } from './curves.ts'

const height = 132

/** A metric's curve, with a band between the least and the greatest value where points were left out. */
export function MetricChart({ curve }: { curve: MetricCurve }) {
  const place = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const element = place.current
    if (!element) return
    let chart: uPlot | undefined
    const draw = (): void => {
      chart?.destroy()
      chart = new uPlot(optionsFor(element, curve), dataOf(curve), element)
    }
    draw()
    const resized = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height }))
    resized.observe(element)
    // Canvases do not follow the page's colours by themselves.
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', draw)
    return () => {
      resized.disconnect()
      dark.removeEventListener('change', draw)
      chart?.destroy()
    }
  }, [curve])

  return <div ref={place} className="chart" aria-hidden="true" />
}

function dataOf({ x, last, min, max }: MetricCurve): uPlot.AlignedData {
  // What is no finite number is a gap.
  const shown = (values: readonly number[]): (number | null)[] =>
    values.map((value) => (Number.isFinite(value) ? value : null))
  const values = shown(last)
  return [[...x], values, min ? shown(min) : values, max ? shown(max) : values]
}

function optionsFor(element: HTMLElement, { x, min }: MetricCurve): uPlot.Options {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const axis: uPlot.Axis = {
    stroke: colour('--text-quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
    size: 24,
  }
  // A single spike is a band without width: its edges must be seen by themselves.
  const edge: uPlot.Series = {
    stroke: colour('--band-edge'),
    width: 1,
    points: { show: false },
    show: min !== undefined,
  }
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false } },
    axes: [axis, { ...axis, size: 52 }],
    series: [
      {},
      { stroke: colour('--accent'), width: 1.5, points: { show: x.length < 3 }, spanGaps: false },
      edge,
      edge,
    ],
    ...(min && { bands: [{ series: [3, 2], fill: colour('--band') }] }),
  }
}
