import { compareNames } from '../../controls/display-text.ts'
import { isSystemMetric, metricWeight } from '@trackway/sdk'
import type { Facet } from '../run-queries.ts'
import type { Plot } from './plots-state.ts'

const mostAxes = 6

/** What plots can be drawn of, the likeliest first. */
export interface PlotChoices {
  readonly metrics: readonly string[]
  /** Params whose values are numbers and differ. */
  readonly numbers: readonly string[]
  /** Params and tags whose values are texts, or few numbers. */
  readonly groups: readonly string[]
  /** All of them. */
  readonly fields: readonly string[]
  /** The params that vary most. */
  readonly varying: readonly string[]
}

/** @param total how many runs the facets are about. */
export function plotChoices(facets: readonly Facet[], total: number): PlotChoices {
  const own = facets.filter(({ kind, key, distinct }) => {
    if (kind === 'ATTRIBUTE' || (kind === 'TAG' && key.startsWith('mlflow.'))) return false
    return kind === 'METRIC' || Number(distinct) > 1
  })
  const most = Math.max(0, ...own.map(({ kind, runs }) => (kind === 'METRIC' ? Number(runs) : 0)))
  const metrics = own
    .filter(({ kind }) => kind === 'METRIC')
    .toSorted((a, b) => metricOrder(a, most) - metricOrder(b, most) || compareNames(a.key, b.key))
  const others = own.filter(({ kind }) => kind !== 'METRIC')
  const params = others.filter((facet) => facet.kind === 'PARAM' && !isName(facet))
  const varying = params
    .filter(({ min, values = [] }) => min !== undefined || values.length > 0)
    .toSorted((a, b) => variety(b, total) - variety(a, total) || compareNames(a.key, b.key))
  const isGroup = (facet: Facet): boolean => Number(facet.distinct) <= 20 && !isName(facet)
  const groups = others
    .filter(isGroup)
    .toSorted(
      (a, b) => groupWeight(a) - groupWeight(b) || variety(b, total) - variety(a, total) || compareNames(a.key, b.key),
    )
  const fields = [...metrics, ...others.toSorted((a, b) => compareNames(a.kind, b.kind) || compareNames(a.key, b.key))]
  const fieldsOf = (list: readonly Facet[]): readonly string[] => list.map(({ field }) => field)
  return {
    metrics: fieldsOf(metrics),
    numbers: fieldsOf(varying.filter(({ min }) => min !== undefined)),
    groups: fieldsOf(groups),
    fields: fieldsOf(fields),
    varying: fieldsOf(varying),
  }
}

/** The plots of a workspace that says nothing of them. */
export function defaultPlots({ metrics, varying }: PlotChoices): readonly Plot[] {
  if (metrics.length === 0 || varying.length === 0) return metrics.length > 1 ? [{ kind: 'scatter' }] : []
  return [{ kind: 'parallel' }, { kind: 'scatter' }, { kind: 'importance' }]
}

/** A plot with a field in each place that its kind has, as far as there are such. */
export function filledPlot(plot: Plot, { metrics, numbers, groups, varying }: PlotChoices): Plot {
  const [metric = ''] = metrics
  const [param = metrics[1] ?? ''] = numbers
  switch (plot.kind) {
    case 'parallel': {
      const fields = [...varying.slice(0, mostAxes - 1), ...(metric === '' ? [] : [metric])]
      return { fields, colour: metric, ...plot }
    }
    case 'scatter':
      return { x: param, y: metric, colour: metrics.find((one) => one !== metric) ?? '', size: '', ...plot }
    case 'box':
      return { x: groups[0] ?? '', y: metric, ...plot }
    case 'contour':
      return {
        x: param,
        y: numbers[1] ?? metrics.find((one) => one !== metric && one !== param) ?? '',
        z: metric,
        ...plot,
      }
    case 'importance':
      return { y: metric, ...plot }
  }
}

function metricOrder({ key, runs }: Facet, most: number): number {
  const isRare = Number(runs) * 2 < most
  return (isSystemMetric(key) ? 100 : 0) + (isRare ? 10 : 0) + 6 - metricWeight(key)
}

/** Texts before numbers: those are what groups are made by. */
function groupWeight({ min, kind }: Facet): number {
  return (min === undefined ? 0 : 1) + (kind === 'PARAM' ? 0 : 2)
}

/**
 * How many of the runs have it, and how many values there are: ten already tell as much as hundreds. What a seed does
 * is chance.
 */
function variety({ key, runs, distinct }: Facet, total: number): number {
  if (/seed|random_state/i.test(key)) return 0
  return (Number(runs) / Math.max(1, total)) * Math.log2(Math.min(12, Number(distinct)))
}

/** A text that is another for each run names it and tells nothing about it. */
function isName({ min, runs, distinct }: Facet): boolean {
  return min === undefined && Number(runs) > 10 && Number(distinct) > 0.9 * Number(runs)
}
