import { isSystemMetric, metricWeight } from '@trackway/sdk'
import { compareNames } from '../../controls/display-text.ts'
import type { Facet } from '../run-queries.ts'

const most = { metrics: 8, others: 12 } as const

export interface AutoColumns {
  /** Ids of the columns that tell the runs apart. */
  readonly columns: readonly string[]
  /** Params and tags that all the runs have with one value. */
  readonly constants: readonly { readonly field: string; readonly key: string; readonly value: string }[]
}

/**
 * What a table shows unless told: the metrics that most runs have, then the params and tags whose values differ. What is
 * the same for all runs is told once.
 */
export function autoColumns(facets: readonly Facet[], total: number): AutoColumns {
  const metrics = facets
    .filter(({ kind, key }) => kind === 'METRIC' && !isSystemMetric(key))
    .toSorted(
      (a, b) =>
        Number(b.runs) - Number(a.runs) || metricWeight(b.key) - metricWeight(a.key) || compareNames(a.key, b.key),
    )
    .slice(0, most.metrics)
  const others = facets.filter(({ kind, key }) => kind === 'PARAM' || (kind === 'TAG' && !key.startsWith('mlflow.')))
  const differing = others
    .filter((facet) => !isConstant(facet, total) && !isName(facet, total))
    .toSorted((a, b) => Number(b.runs) - Number(a.runs))
    .slice(0, most.others)
    .toSorted((a, b) => (a.kind === b.kind ? compareNames(a.key, b.key) : a.kind === 'PARAM' ? -1 : 1))
  return {
    columns: [
      'attributes.start_time',
      ...metrics.map(({ field }) => field),
      ...differing.map(({ field }) => field),
      'attributes.duration',
    ],
    constants: others
      .filter((facet) => total > 1 && isConstant(facet, total))
      .map(({ field, key, values }) => ({ field, key, value: values?.[0]?.value ?? '' })),
  }
}

function isConstant({ distinct, runs }: Facet, total: number): boolean {
  return total > 1 && Number(distinct) === 1 && Number(runs) === total
}

/** A text that is another for each run names it and tells nothing about it. */
function isName({ distinct, runs, min }: Facet, total: number): boolean {
  return min === undefined && total > 20 && Number(distinct) > 0.9 * Number(runs) && Number(runs) > 0.5 * total
}
