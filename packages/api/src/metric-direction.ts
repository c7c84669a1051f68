const costs =
  /(^|[^a-z])(loss|losses|cost|error|errors|err|mae|mse|rmse|mape|smape|msle|rmsle|nll|logloss|perplexity|ppl|wer|cer|fid|mcd|brier|regret|latency|time|duration|seconds|ms|memory|size|eer|deviance|rank)([^a-z]|$)|loss$|error$|rmse$/

/**
 * Whether less of a metric is better, guessed from its name: losses, errors, times and sizes. Nothing on MLflow's wire
 * says it.
 */
export function isLowerBetter(metric: string): boolean {
  return costs.test(metric.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase())
}
