import { isLowerBetter } from '@trackway/api'

/** The experiment's tag that names its headline metric. */
export const headlineTag = 'trackway.headline'

const aside = /(^|[^a-z])(system|epoch|step|steps|lr|learning_rate|time|duration|seconds|samples|tokens|grad_norm)([^a-z]|$)/
const judged = /(^|[^a-z])(val|valid|validation|test|eval|dev|cv)([^a-z]|$)/
const scores = /(^|[^a-z0-9])(acc|accuracy|f1|auc|roc_auc|r2|iou|miou|map|dice|bleu|rouge|score|precision|recall|reward)([^a-z0-9]|$)/

/**
 * The metric that the runs are likely judged by: of those that most runs have, a score on held-out data before other
 * scores, and those before losses; undefined where there is none.
 * @param metrics names with how many of the runs have each
 */
export function headlineMetric(metrics: readonly { readonly key: string; readonly runs: number }[]): string | undefined {
  const most = Math.max(...metrics.map(({ runs }) => runs))
  const weight = (key: string): number => {
    const name = key.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()
    if (aside.test(name)) return 0
    return 1 + (judged.test(name) ? 4 : 0) + (scores.test(name) ? 2 : isLowerBetter(name) ? 1 : 0)
  }
  const candidates = metrics
    .filter(({ runs }) => runs * 2 >= most)
    .map(({ key }) => ({ key, weight: weight(key) }))
    .filter((candidate) => candidate.weight > 0)
  return candidates.toSorted((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1))[0]?.key
}
