/*
 * What a metric's name tells: whether less of it is better, and how likely people judge a run by it. Nothing on MLflow's
 * wire says either, so this is a guess, made in one place for the server and its pages.
 */

const gains =
  wordSet(`acc accuracy f f1 fbeta auc auroc auprc roc r2 iou miou jaccard map ap dice bleu rouge meteor chrf score
  precision recall sensitivity specificity reward return gain ndcg mrr hit hits success correct top psnr ssim`)
const losses = wordSet(`loss losses cost error errors err mae mse rmse mape smape wape msle rmsle nll logloss entropy
  perplexity ppl wer cer fid brier regret distance divergence deviance failures missed`)
/** What a run spends; it says nothing about what was learnt. */
const expenses = wordSet('time duration latency seconds second sec s ms minutes memory megabytes mb bytes gb')
const spreads = wordSet('std stddev var variance sem')
const heldOut = wordSet('val valid validation test eval evaluation dev holdout cv oof')
/** What describes the course of a training and not its result. */
const course = wordSet(
  'system epoch epochs step steps lr iteration iterations samples tokens grad gradient norm n count',
)

/** What the names of metrics begin with that clients log of the machine by themselves. */
export const systemPrefix = 'system/'

export function isSystemMetric(metric: string): boolean {
  return metric.startsWith(systemPrefix)
}

/** Which way a metric is better; undefined where its name does not tell, as of a learning rate. */
export function betterWhen(metric: string): 'lower' | 'higher' | undefined {
  const words = wordsOf(metric)
  if (words.some((word) => spreads.has(word))) return undefined
  // images_per_second and throughput.
  if (words.includes('throughput') || (words.includes('per') && words.some((word) => expenses.has(word))))
    return 'higher'
  // The noun comes last: error_recall is a recall.
  for (const word of words.toReversed()) {
    if (isOf(gains, word)) return 'higher'
    if (isOf(losses, word) || expenses.has(word)) return 'lower'
  }
  return undefined
}

export function isLowerBetter(metric: string): boolean {
  return betterWhen(metric) === 'lower'
}

/**
 * How likely a metric is what runs are judged by, from 0: a score on held-out data (6), a loss on it (5), a score (4), a
 * loss (3), anything else on held-out data (2), anything else (1); time, memory, learning rates and the system's metrics
 * are 0.
 */
export function metricWeight(metric: string): number {
  const words = wordsOf(metric)
  if (words.some((word) => course.has(word) || expenses.has(word) || spreads.has(word) || word === 'throughput'))
    return 0
  const judged = words.some((word) => heldOut.has(word))
  const better = betterWhen(metric)
  if (better === undefined) return judged ? 2 : 1
  return (judged ? 5 : 3) + (better === 'higher' ? 1 : 0)
}

/** The metric that runs are likeliest judged by; undefined where none of them tells what was learnt. */
export function headlineMetric(metrics: readonly string[]): string | undefined {
  const likely = metrics.map((key) => ({ key, weight: metricWeight(key) })).filter(({ weight }) => weight > 0)
  return likely.toSorted((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1))[0]?.key
}

/** The words of a name: `valLoss`, `val/loss` and `val_loss` have the same. */
function wordsOf(metric: string): string[] {
  return metric
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

/** Whether a word is one of the set, also with a number at its end or another word before it: rouge2, batchloss. */
function isOf(set: ReadonlySet<string>, word: string): boolean {
  const plain = word.replace(/\d+$/, '')
  return (
    set.has(word) ||
    set.has(plain) ||
    (/(loss|error|accuracy|rmse)$/.test(plain) && plain !== 'gloss' && set.has(ending(plain)))
  )
}

function ending(word: string): string {
  return /(loss|error|accuracy|rmse)$/.exec(word)?.[1] ?? ''
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/))
}
