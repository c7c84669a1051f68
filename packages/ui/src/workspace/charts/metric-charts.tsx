import type { ShownRun } from '../shown-runs.ts'
import type { ChartsChange, ChartsState } from './charts-state.ts'

export interface MetricChartsProps {
  readonly runs: readonly ShownRun[]
  /** The metrics to choose from, in any order. */
  readonly keys: readonly string[]
  /** From `parseChartsState`; kept by the page, in the address. */
  readonly state: ChartsState
  readonly onState: (change: ChartsChange, options?: { readonly replace?: boolean }) => void
  /** What `values` of the runs are, as `params.lr`: lines can be coloured, dashed and grouped by those that the state names. */
  readonly fields?: readonly string[]
  /** What the controls offer for colour, dash, facet and group; none for one run. */
  readonly choices?: readonly string[]
  /** A line was clicked, or Enter pressed on it. */
  readonly onSelect?: (runId: string) => void
  /** A line was clicked twice. */
  readonly onOpen?: (runId: string) => void
}

/** Charts of metrics in sections by their prefixes: the controls, the sections and their cards. Scrolls with the nearest ancestor that scrolls. */
export function MetricCharts(_props: MetricChartsProps) {
  return null
}
