import { useQuery } from '@tanstack/react-query'
import { server } from '../server.ts'
import { columnOf } from './column.ts'
import { columnPlaces, type QueriedRun, type RunColumn, runningMs, scopeRequest } from './run-queries.ts'
import { valuesOf } from './run-values.ts'
import { runColourToken } from './run-colours.ts'
import type { Workspace } from './workspace.ts'

/** A run as lenses beside the table show it. */
export interface ShownRun {
  readonly id: string
  readonly name: string
  readonly experimentId: string
  readonly status: string
  readonly startTime: number
  readonly endTime: number | undefined
  /** The token of its colour. */
  readonly colour: `--${string}`
  /** One for each column asked for, in their order: null where the run has none, NaN and the infinities as strings. */
  readonly values: readonly unknown[]
}

/** How many runs the lenses beside the table show unless told. */
const shownByDefault = 20
/** How many runs the server takes by their ids at once. */
const mostNamed = 500

interface ShownOptions {
  /**
   * Whether selecting runs narrows what is shown to them ('only'), or they are shown with the others, where charts mark
   * them ('with').
   */
  readonly selected?: 'only' | 'with'
}

/**
 * The runs that charts, plots and comparison show: those selected, or else the table's first ones, with those pinned and
 * without those hidden; with the values of some columns. Pinned ones come first and stay whatever the filter leaves out.
 */
export function useShownRuns(
  { scope, state }: Workspace,
  columns: readonly RunColumn[] = [],
  { selected = 'only' }: ShownOptions = {},
) {
  const { sel = [], pin = [], hide = [], n = shownByDefault } = state
  return useQuery({
    queryKey: ['runs', 'shown', scope, sel, pin, hide, n, columns, selected],
    queryFn: async ({ signal }) => {
      const common = { columns: [...columns], order_by: [...scope.orderBy] }
      const { experiment_ids, run_view_type } = scopeRequest(scope)
      const named = (ids: readonly string[]) =>
        server.queryRuns(
          { ...common, experiment_ids, run_view_type, run_ids: ids.slice(0, mostNamed), max_results: mostNamed },
          { signal },
        )
      const isOnly = selected === 'only' && sel.length > 0
      const pinned = pin.length === 0 ? undefined : named(pin)
      const page = await (isOnly
        ? named(sel)
        : server.queryRuns(
            { ...common, ...scopeRequest(scope), max_results: Math.min(1000, n + hide.length + pin.length) },
            { signal },
          ))
      const first = (await pinned)?.runs ?? []
      const others = (page.runs ?? []).filter(({ run_id }) => !pin.includes(run_id))
      const shown = [...first, ...others]
        .filter(({ run_id }) => !hide.includes(run_id))
        .slice(0, isOnly ? mostNamed : n)
      const known = new Set([...shown.map(({ run_id }) => run_id), ...hide])
      const missing = isOnly ? [] : sel.filter((id) => !known.has(id))
      const more = missing.length === 0 ? [] : ((await named(missing)).runs ?? [])
      return {
        total: Number(page.total),
        running: Number(page.running),
        places: columnPlaces(columns),
        runs: [...shown, ...more].slice(0, mostNamed).map(toShownRun),
      }
    },
    placeholderData: (before) => before,
    // What is still shown may have been asked for with other columns.
    select: ({ places, runs, ...rest }) => ({
      ...rest,
      runs: runs.map((run) => ({
        ...run,
        values: columns.map(({ field, value }) => run.values[places.get(columnOf(field, value)) ?? -1] ?? null),
      })),
    }),
    refetchInterval: ({ state: { data } }) =>
      data?.runs.some((run) => run.status === 'RUNNING') === true ? runningMs : false,
  })
}

function toShownRun(run: QueriedRun): ShownRun {
  return {
    id: run.run_id,
    name: run.run_name,
    experimentId: run.experiment_id,
    status: run.status,
    startTime: Number(run.start_time),
    endTime: run.end_time === undefined ? undefined : Number(run.end_time),
    colour: runColourToken(run.run_id),
    values: valuesOf(run),
  }
}
