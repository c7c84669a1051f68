import { isSystemMetric, systemPrefix } from '@trackway/sdk'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useMemo } from 'react'
import { EmptyState, Loading } from '../controls/notices.tsx'
import { changedState, type ChartsChange, parseChartsState } from '../workspace/charts/charts-state.ts'
import type { Run } from './run-data.ts'
import { shownRun } from './shown-run.ts'
import { addressRecord } from '../shell/address-values.ts'

const MetricCharts = lazy(async () => ({
  default: (await import('../workspace/charts/metric-charts.tsx')).MetricCharts,
}))

/** The curves of one run: of its own metrics, or of the machine that it ran on. */
export function RunCharts({ run, isSystem }: { run: Run; isSystem: boolean }) {
  const search = useSearch({ strict: false }) as { readonly charts?: unknown }
  const navigate = useNavigate()
  const state = useMemo(() => {
    const kept = parseChartsState(addressRecord(search.charts))
    return isSystem ? { ...kept, fold: otherWay(kept.fold) } : kept
  }, [search.charts, isSystem])
  const names = (run.data.metrics ?? []).map(({ key }) => key).filter((key) => isSystemMetric(key) === isSystem)
  const keyText = JSON.stringify(names)
  const keys = useMemo(() => JSON.parse(keyText) as string[], [keyText])
  const runs = useMemo(() => [shownRun(run)], [run])
  const change = useCallback(
    (changed: ChartsChange, { replace = false }: { readonly replace?: boolean } = {}) => {
      const kept = isSystem && 'fold' in changed ? { ...changed, fold: otherWay(changed.fold) } : changed
      void navigate({
        to: '.',
        search: ((before: Readonly<Record<string, unknown>>) => {
          const charts = changedState(parseChartsState(addressRecord(before['charts'])), kept)
          return { ...before, charts }
        }) as never,
        replace,
        resetScroll: false,
      })
    },
    [navigate, isSystem],
  )
  if (keys.length === 0) {
    return isSystem ? (
      <EmptyState title="There are no system metrics">
        <p>
          Clients log the use of processors, memory, network and graphics cards when that is switched on, in Python by{' '}
          <code>mlflow.enable_system_metrics_logging()</code> before the run starts.
        </p>
      </EmptyState>
    ) : (
      <EmptyState title="There are no metrics">
        <p>
          What the run logs by <code>mlflow.log_metric("loss", 0.4, step=1)</code> is drawn here.
        </p>
      </EmptyState>
    )
  }
  return (
    <Suspense fallback={<Loading what="the charts" />}>
      <MetricCharts runs={runs} keys={keys} state={state} onState={change} />
    </Suspense>
  )
}

/** Charts of the system are closed by default; where there are no others, they are open. */
function otherWay(fold: readonly string[] = []): readonly string[] {
  return fold.includes(systemPrefix) ? fold.filter((section) => section !== systemPrefix) : [...fold, systemPrefix]
}
