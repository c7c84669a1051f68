import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { server } from '../../server.ts'
import { runningMs, scopeRequest, useFacets } from '../run-queries.ts'
import { valuesOf } from '../run-values.ts'
import { filterOf, type Brush } from '../workspace-state.ts'
import type { RunScope, Workspace } from '../workspace.ts'
import { isBrushed } from './field-brush.ts'
import { plotChoices } from './plot-defaults.ts'
import { type PlotField, plotField } from './plot-field.ts'

const mostPlotted = 1000

export interface PlotRun {
  readonly id: string
  readonly name: string
  readonly experimentId: string
}

/** What plots are drawn of. */
export interface PlotData {
  readonly runs: readonly PlotRun[]
  readonly total: number
  readonly fields: ReadonlyMap<string, PlotField>
  readonly brushes: readonly Brush[]
  /** For each run, 1 where it lies within all that was brushed. */
  readonly isIn: Uint8Array
  readonly selected: ReadonlySet<string>
}

/** The scope without what was brushed, so that plots can show faintly what a brush leaves out. */
function useUnbrushed({ state, scope }: Workspace, plotted: (field: string) => boolean): RunScope {
  const rest = JSON.stringify((state.brush ?? []).filter(({ field }) => !plotted(field)))
  return useMemo(
    () => ({
      ...scope,
      filter: filterOf({ ...(state.q !== undefined && { q: state.q }), brush: JSON.parse(rest) as Brush[] }),
    }),
    [scope, state.q, rest],
  )
}

/** What plots of these runs can be drawn of. */
export function usePlotChoices(workspace: Workspace) {
  const { data, ...rest } = useFacets(useUnbrushed(workspace, () => true))
  const choices = useMemo(() => data && plotChoices(data.facets ?? [], Number(data.total)), [data])
  return { ...rest, choices }
}

/** All matching runs, up to a thousand, with the values of some fields; read again while one of them runs. */
export function usePlotData(workspace: Workspace, fields: readonly string[]) {
  const { state } = workspace
  const scope = useUnbrushed(workspace, (field) => fields.includes(field))
  const found = useQuery({
    queryKey: ['runs', 'plotted', scope, fields],
    queryFn: async ({ signal }) => {
      const columns = fields.map((field) => ({ field }))
      const request = { ...scopeRequest(scope), order_by: [...scope.orderBy], columns, max_results: mostPlotted }
      return { ...(await server.queryRuns(request, { signal })), asked: fields }
    },
    placeholderData: (before) => before,
    refetchInterval: ({ state: { data } }) => (Number(data?.running ?? 0) > 0 ? runningMs : false),
  })
  const { data } = found
  const drawn = useMemo(() => {
    if (!data) return undefined
    const runs = data.runs ?? []
    const read = data.asked.map((field, place): [string, PlotField] => [
      field,
      plotField(
        field,
        runs.map((run) => valuesOf(run)[place]),
      ),
    ])
    return {
      total: Number(data.total),
      runs: runs.map(({ run_id: id, run_name: name, experiment_id: experimentId }): PlotRun => ({
        id,
        name,
        experimentId,
      })),
      fields: new Map(read),
    }
  }, [data])
  const { brush, sel } = state
  const plotData = useMemo((): PlotData | undefined => {
    if (!drawn) return undefined
    const brushes = (brush ?? []).filter(({ field }) => drawn.fields.has(field))
    const isIn = Uint8Array.from(drawn.runs, (_, run) =>
      brushes.every((one) => isBrushed(drawn.fields.get(one.field) as PlotField, one, run)) ? 1 : 0,
    )
    return { ...drawn, brushes, isIn, selected: new Set(sel) }
  }, [drawn, brush, sel])
  return { ...found, data: plotData }
}
