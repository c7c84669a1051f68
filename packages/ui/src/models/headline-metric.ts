/** Metrics by which people judge a model, from the most telling: measured on data held back, then by kind. */
const telling = [
  /^(val|valid|validation|test|eval|holdout).*(acc|auc|f1|precision|recall|r2|score|map|iou|bleu|rouge)/i,
  /(acc|auc|f1|precision|recall|\br2\b|score|\bmap\b|iou|bleu|rouge)/i,
  /^(val|valid|validation|test|eval|holdout).*(loss|err|rmse|mse|mae|mape|perplexity)/i,
  /(loss|err|rmse|mse|mae|mape|perplexity)/i,
]

const lower = /(loss|err|rmse|mse|\bmae|mape|perplexity|latency|duration|time|_ms$|_s$|cost)/i
const higher = /(acc|auc|f1|precision|recall|r2|score|\bmap\b|iou|bleu|rouge|reward|gain)/i

/** The metric to show where there is room for one; undefined where there is none. System metrics judge no model. */
export function headlineMetric(keys: readonly string[]): string | undefined {
  const candidates = keys.filter((key) => !key.startsWith('system/'))
  for (const pattern of telling) {
    const found = candidates.find((key) => pattern.test(key))
    if (found !== undefined) return found
  }
  return candidates[0]
}

/** Which way a metric is better, as far as its name tells. */
export function betterDirection(key: string): 'higher' | 'lower' | undefined {
  if (higher.test(key)) return 'higher'
  return lower.test(key) ? 'lower' : undefined
}
