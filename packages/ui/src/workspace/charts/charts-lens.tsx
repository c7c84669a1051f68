import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { EmptyState, Failure, Loading } from '../../controls/notices.tsx'
import { parseColumn } from '../column.ts'
import { useFacets } from '../run-queries.ts'
import { useShownRuns } from '../shown-runs.ts'
import type { Workspace } from '../workspace.ts'
import { usePointMetrics } from './point-metrics.ts'
import { changedState, type ChartsChange, parseChartsState } from './charts-state.ts'
import { MetricCharts } from './metric-charts.tsx'
import styles from './metric-charts.module.css'

const none: readonly string[] = []

/** The metrics of the shown runs as curves. */
export function ChartsLens({ workspace }: { workspace: Workspace }) {
  const { state, scope, change } = workspace
  const navigate = useNavigate()
  const charts = useMemo(() => parseChartsState(state.charts), [state.charts])
  const fields = useMemo(
    () =>
      [...new Set([charts.colour, charts.dash, charts.facet, charts.group])].filter(
        (field) => field !== undefined && parseColumn(field) !== undefined,
      ) as string[],
    [charts.colour, charts.dash, charts.facet, charts.group],
  )
  const columns = useMemo(() => fields.map((field) => ({ field })), [fields])
  const shown = useShownRuns(workspace, columns, { selected: charts.only === true ? 'only' : 'with' })
  const facets = useFacets(scope)
  const found = facets.data?.facets
  const keys = useMemo(() => (found ?? []).flatMap(({ kind, key }) => (kind === 'METRIC' ? [key] : [])), [found])
  const choices = useMemo(
    () =>
      (found ?? []).flatMap(({ kind, field, distinct }) =>
        (kind === 'PARAM' || kind === 'TAG') && Number(distinct) > 1 ? [field] : [],
      ),
    [found],
  )
  const onState = useCallback(
    (part: ChartsChange, options?: { readonly replace?: boolean }) =>
      change({ charts: changedState(charts, part) as Readonly<Record<string, unknown>> | undefined }, options),
    [change, charts],
  )
  const { sel = none } = state
  const selected = useMemo(() => new Set(sel), [sel])
  const onSelect = useCallback(
    (id: string) => change({ sel: sel.includes(id) ? sel.filter((one) => one !== id) : [...sel, id] }),
    [change, sel],
  )
  const runs = shown.data?.runs
  const points = usePointMetrics(runs, keys)
  const onOpen = useCallback(
    (runId: string) => {
      const experimentId = runs?.find(({ id }) => id === runId)?.experimentId
      if (experimentId !== undefined)
        void navigate({ to: '/experiments/$experimentId/runs/$runId', params: { experimentId, runId } })
    },
    [navigate, runs],
  )
  const failed = [shown, facets].find(({ isLoadingError }) => isLoadingError)
  return (
    <div className={styles['lens']}>
      {failed?.error ? (
        <Failure what="The runs could not be loaded." error={failed.error} retry={failed.refetch} />
      ) : runs === undefined || found === undefined ? (
        <Loading what="the charts" />
      ) : runs.length === 0 ? (
        <EmptyState title="No runs to draw">
          <p>Select runs in the table, or take away what narrows them.</p>
        </EmptyState>
      ) : (
        <MetricCharts
          runs={runs}
          keys={keys}
          fields={fields}
          choices={choices}
          state={charts}
          onState={onState}
          points={points}
          selected={selected}
          onSelect={onSelect}
          onOpen={onOpen}
        />
      )}
    </div>
  )
}
