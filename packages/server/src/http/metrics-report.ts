/** The requests of one method, status and endpoint. */
interface RequestSeries {
  count: number
  /** Seconds. */
  sum: number
  /** Requests that took at most as long as the bucket of the same index, but longer than the one before. */
  readonly buckets: number[]
}

/** What one process counted. Plain data, as it travels between processes. */
export interface MetricsReport {
  /** By the labels of the series, in Prometheus' form. */
  readonly requests: Record<string, RequestSeries>
  /** prom-client's metrics of the process itself. */
  readonly process: readonly object[]
}

export function emptyReport(): MetricsReport {
  return { requests: {}, process: [] }
}

/** Adds the requests of `report` to those of `sum`; metrics of a process are its own. */
export function addReport(sum: MetricsReport, report: MetricsReport): void {
  for (const [labels, { count, sum: seconds, buckets }] of Object.entries(report.requests)) {
    const series = (sum.requests[labels] ??= { count: 0, sum: 0, buckets: buckets.map(() => 0) })
    series.count += count
    series.sum += seconds
    for (const [index, more] of buckets.entries()) series.buckets[index] = (series.buckets[index] ?? 0) + more
  }
}
