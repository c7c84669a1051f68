import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { parseColumn } from '../column.ts'
import type { ShownRun } from '../shown-runs.ts'
import { useWatch } from './chart-watch.ts'
import type { AxisKind } from './chart-axis.ts'
import type { ChartsState } from './charts-state.ts'
import { type CurveAxis, type CurveRequest, curveStore } from './curve-store.ts'

/** What x is: how it is asked for, written, and called. */
export function xOf(x: string | undefined): {
  readonly axis: CurveAxis['x']
  readonly xKey: string | undefined
  readonly kind: AxisKind
  readonly name: string
} {
  if (x === 'TIME') return { axis: 'TIME', xKey: undefined, kind: 'time', name: 'time' }
  if (x === 'RELATIVE') return { axis: 'RELATIVE', xKey: undefined, kind: 'relative', name: 'time since start' }
  const key = x === undefined ? undefined : parseColumn(x)?.key
  if (key !== undefined) return { axis: 'METRIC', xKey: key, kind: 'number', name: key }
  return { axis: 'STEP', xKey: undefined, kind: 'number', name: 'step' }
}

const sizes = [100, 200, 400, 800] as const

/**
 * The axis of a chart so wide: in few sizes, so that another width seldom is another request. Each bucket has its
 * extremes, so lines that run through each other lose nothing by having one for every few px.
 */
export function axisOf({ x, zoom }: ChartsState, width: number, runs: number): CurveAxis {
  const { axis, xKey } = xOf(x)
  const wanted = width / (runs <= 8 ? 1 : runs <= 40 ? 2 : 4)
  const buckets = sizes.find((size) => size >= wanted * 0.75) ?? sizes[3]
  return { x: axis, xKey, range: zoom, buckets }
}

/** The curves of a chart, as far as they are there; what is missing is read. */
export function useCurves(keys: readonly string[], runs: readonly ShownRun[], { x, xKey, range, buckets }: CurveAxis) {
  const [from, to] = range ?? []
  const request = useMemo<CurveRequest>(
    () => ({
      keys,
      runs,
      axis: { x, xKey, buckets, range: from === undefined || to === undefined ? undefined : [from, to] },
    }),
    [keys, runs, x, xKey, buckets, from, to],
  )
  const whole = useMemo<CurveRequest>(() => ({ ...request, axis: { ...request.axis, range: undefined } }), [request])
  const now = useSyncExternalStore(curveStore.subscribe, () => curveStore.read(request))
  const all = useSyncExternalStore(curveStore.subscribe, () => curveStore.read(whole))
  useEffect(() => curveStore.want(request), [request, now])
  useWatch(request)
  // While a range is read, what is known of the whole curve is shown.
  const { curves } = now.isLoading && now.curves.length === 0 ? all : now
  return { ...now, curves, retry: () => curveStore.retry(request.axis) }
}
