import { forestImportances } from './param-forest.ts'
import { correlationRatio, ranksOf, spearman } from './rank-correlation.ts'

/** With fewer runs, chance says more than params do. */
const fewestRuns = 10
/** Texts that are another for more of the runs than this name them and explain nothing. */
const mostDistinct = 0.5

/** The values of a param, one for each run; null where it has none. */
export interface ParamValues {
  readonly key: string
  readonly values: readonly (string | null)[]
}

export interface ParamImportance {
  readonly key: string
  readonly runs: number
  readonly measure: 'SPEARMAN' | 'CORRELATION_RATIO'
  readonly correlation: number | undefined
  /** From 0 to 1; all together are 1, or 0 where nothing is explained. */
  readonly importance: number
}

export interface Importances {
  readonly explained: number | undefined
  readonly params: readonly ParamImportance[]
}

/**
 * How much each param matters for a metric, the most important first. The metric counts by its ranks, so that one run
 * that diverged does not decide.
 * @param metric a finite number for each run.
 */
export function paramImportances(params: readonly ParamValues[], metric: readonly number[]): Importances {
  if (metric.length < fewestRuns) return { explained: undefined, params: [] }
  const ranks = ranksOf(metric)
  const told = params.map(tellKind).filter(({ values, isNumeric }) => tells(values, isNumeric))
  const features = told.map(({ values, isNumeric }) => ({
    values: isNumeric ? numbersOf(values) : kindsOf(values),
    isKind: !isNumeric,
  }))
  const { losses, explained } = forestImportances(features, ranks)
  const all = losses.reduce((sum, loss) => sum + loss, 0)
  const found = told.map(({ key, values, isNumeric }, index): ParamImportance => {
    const runs = values.flatMap((value, run) => (value === null ? [] : [run]))
    const of = runs.map((run) => metric[run] ?? 0)
    const texts = runs.map((run) => values[run] ?? '')
    return {
      key,
      runs: runs.length,
      measure: isNumeric ? 'SPEARMAN' : 'CORRELATION_RATIO',
      correlation: isNumeric ? spearman(texts.map(Number), of) : correlationRatio(texts, of),
      importance: all === 0 ? 0 : (losses[index] ?? 0) / all,
    }
  })
  const strength = ({ correlation = 0 }: ParamImportance): number => Math.abs(correlation)
  return {
    explained,
    params: found.toSorted(
      (a, b) => b.importance - a.importance || strength(b) - strength(a) || (a.key < b.key ? -1 : 1),
    ),
  }
}

function tellKind({ key, values }: ParamValues) {
  const isNumeric = values.every((value) => value === null || (value.trim() !== '' && Number.isFinite(Number(value))))
  return { key, values, isNumeric }
}

/** Whether a param differs, and not for nearly each run as a name does. */
function tells(values: ParamValues['values'], isNumeric: boolean): boolean {
  const present = values.filter((value) => value !== null)
  const distinct = new Set(present).size
  if (distinct < 2) return distinct === 1 && present.length < values.length
  return isNumeric || distinct <= Math.max(2, mostDistinct * present.length)
}

function numbersOf(values: ParamValues['values']): Float64Array {
  return Float64Array.from(values, (value) => (value === null ? NaN : Number(value)))
}

/** Each text as the number of its kind. */
function kindsOf(values: ParamValues['values']): Float64Array {
  const kinds = new Map<string, number>()
  return Float64Array.from(values, (value) => {
    if (value === null) return NaN
    const kind = kinds.get(value) ?? kinds.size
    kinds.set(value, kind)
    return kind
  })
}
