import type { ShownRun } from '../shown-runs.ts'
import type { Band, ChartsState } from './charts-state.ts'
import type { Curve } from './curve.ts'
import { groupCurve } from './group-curve.ts'
import { smoothed } from './smoothing.ts'

/** A line of a chart: a metric of a run, or the mean of a group of runs. */
export interface Line {
  readonly id: string
  /** Undefined of a group. */
  readonly runId: string | undefined
  readonly name: string
  readonly colour: `--${string}`
  /** Lengths of strokes and gaps in px; empty for a solid line. */
  readonly dash: readonly number[]
  readonly x: Float64Array
  /** What is drawn. */
  readonly y: Float64Array
  /** What was logged, where the line is smoothed. */
  readonly raw: Float64Array | undefined
  readonly low: Float64Array | undefined
  readonly high: Float64Array | undefined
  /** Points logged, and points drawn. */
  readonly points: number
  readonly drawn: number
}

const dashes: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 4, 2, 4], [14, 5]]
const paletteSize = 10

/** The values that the runs have of a field, as people count; a run without one has ''. */
export function fieldValues(
  runs: readonly ShownRun[],
  fields: readonly string[],
  field: string | undefined,
): ReadonlyMap<string, string> {
  const place = field === undefined ? -1 : fields.indexOf(field)
  return new Map(runs.map((run) => [run.id, place < 0 ? '' : textOf(run.values[place])]))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
}

/** The distinct values in order, numbers by their size. */
export function distinctValues(values: Iterable<string>): readonly string[] {
  return [...new Set(values)].toSorted(
    (one, other) => Number(one) - Number(other) || (one < other ? -1 : Number(one > other)),
  )
}

/** What a chart draws of the curves of its runs. */
export function chartLines(
  curves: readonly Curve[],
  runs: readonly ShownRun[],
  fields: readonly string[],
  state: ChartsState,
): readonly Line[] {
  const { smooth = 0, by = 'ema' } = state
  const keys = [...new Set(curves.map(({ key }) => key))]
  if (state.group !== undefined) return groupLines(curves, runs, fields, state, keys)
  const colours = fieldValues(runs, fields, state.colour)
  const colourValues = distinctValues(colours.values())
  const dashValues = fieldValues(runs, fields, state.dash)
  const dashOrder = distinctValues(dashValues.values())
  const byId = new Map(runs.map((run) => [run.id, run]))
  return curves.flatMap((curve): Line[] => {
    const run = byId.get(curve.runId)
    if (!run) return []
    const y = smoothed(curve.last, smooth, by)
    const dashAt = state.dash === undefined ? keys.indexOf(curve.key) : dashOrder.indexOf(dashValues.get(run.id) ?? '')
    return [
      {
        id: keys.length > 1 ? `${run.id} ${curve.key}` : run.id,
        runId: run.id,
        name: keys.length > 1 ? `${run.name} · ${curve.key}` : run.name,
        colour: state.colour === undefined ? run.colour : hue(colourValues.indexOf(colours.get(run.id) ?? '')),
        dash: dashes[dashAt % dashes.length] ?? [],
        x: curve.x,
        y,
        raw: y === curve.last ? undefined : curve.last,
        low: curve.min,
        high: curve.max,
        points: curve.points,
        drawn: curve.x.length,
      },
    ]
  })
}

function groupLines(
  curves: readonly Curve[],
  runs: readonly ShownRun[],
  fields: readonly string[],
  state: ChartsState,
  keys: readonly string[],
): readonly Line[] {
  const { smooth = 0, by = 'ema', group } = state
  const values = fieldValues(runs, fields, group)
  return distinctValues(values.values()).flatMap((value, index) =>
    keys.flatMap((key, keyAt): Line[] => {
      const members = curves.filter((curve) => curve.key === key && values.get(curve.runId) === value)
      if (members.length === 0) return []
      const { x, y, low, high } = groupCurve(
        members.map((curve) => ({ x: curve.x, y: smoothed(curve.last, smooth, by) })),
        state.band as Band | undefined,
      )
      const name = `${value === '' ? 'none' : value} (${members.length})`
      return [
        {
          id: `${value} ${key}`,
          runId: undefined,
          name: keys.length > 1 ? `${name} · ${key}` : name,
          colour: hue(index),
          dash: dashes[keyAt % dashes.length] ?? [],
          x,
          y,
          raw: undefined,
          low,
          high,
          points: members.reduce((sum, curve) => sum + curve.points, 0),
          drawn: members.reduce((sum, curve) => sum + curve.x.length, 0),
        },
      ]
    }),
  )
}

function hue(index: number): `--${string}` {
  return `--run-${Math.max(0, index) % paletteSize}`
}
