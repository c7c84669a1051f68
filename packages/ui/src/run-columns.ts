import type { Run } from '@trackway/sdk'

export interface RunColumns {
  readonly metrics: readonly string[]
  readonly params: readonly string[]
  /** How many keys the runs have that got no column. */
  readonly hiddenMetrics: number
  readonly hiddenParams: number
}

const maxMetrics = 12
const maxParams = 12

/** Orders names as people count: m2 before m10. */
export const { compare: compareNames } = new Intl.Collator('en', { numeric: true })

/** The metrics that most runs have, and the params that most runs have, those that differ between runs first. */
export function runColumns(runs: readonly Run[]): RunColumns {
  const metrics = new Map<string, number>()
  const params = new Map<string, { runs: number; values: Set<string> }>()
  for (const { data } of runs) {
    for (const { key } of data?.metrics ?? []) metrics.set(key, (metrics.get(key) ?? 0) + 1)
    for (const { key, value } of data?.params ?? []) {
      const seen = params.get(key) ?? { runs: 0, values: new Set() }
      seen.runs++
      seen.values.add(value)
      params.set(key, seen)
    }
  }
  const metricKeys = [...metrics].toSorted(([a, m], [b, n]) => n - m || compareNames(a, b)).map(([key]) => key)
  const differs = (seen: { runs: number; values: Set<string> }): number =>
    seen.values.size > 1 || seen.runs < runs.length ? 1 : 0
  const paramKeys = [...params]
    .toSorted(([a, m], [b, n]) => differs(n) - differs(m) || n.runs - m.runs || compareNames(a, b))
    .map(([key]) => key)
  return {
    metrics: metricKeys.slice(0, maxMetrics),
    params: paramKeys.slice(0, maxParams),
    hiddenMetrics: Math.max(0, metricKeys.length - maxMetrics),
    hiddenParams: Math.max(0, paramKeys.length - maxParams),
  }
}
