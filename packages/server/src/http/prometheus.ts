import type { FastifyReply, FastifyRequest } from 'fastify'

import { addReport, emptyReport } from './metrics-report.ts'
import type { MetricsReport } from './metrics-report.ts'

/** Counts what the server does, for Prometheus. */
export interface Prometheus {
  /**
   * One request is answered. `endpoint` is a name of the contract's table or one of the router's few others
   * ('ui', 'notFound' …), never a path: each new value is a new series that stays.
   */
  readonly observe: (endpoint: string, method: string, status: number, seconds: number) => void
  /** What was counted so far. */
  readonly report: () => Promise<MetricsReport>
  /** Answers `GET /metrics`. */
  readonly answer: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const bucketsInSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Other processes that serve the same port. */
export interface Siblings {
  /** This one's number; metrics of the process carry it as the label `worker`. */
  readonly slot: number
  /** What the others count, and what those counted that are gone. */
  readonly reports: () => Promise<readonly MetricsReport[]>
}

/**
 * Starts counting. The request metrics have the names that MLflow's exporter gives them, so that dashboards go on
 * working, and `endpoint` as one more label. prom-client is loaded only here; an observation is a look-up and three
 * additions, as its own histograms would hash every label on each request.
 */
export async function createPrometheus(siblings?: Siblings): Promise<Prometheus> {
  const { AggregatorRegistry, collectDefaultMetrics, Registry } = await import('prom-client')
  const registry = new Registry()
  if (siblings) registry.setDefaultLabels({ worker: String(siblings.slot) })
  collectDefaultMetrics({ register: registry })
  const { requests } = emptyReport()

  async function report(): Promise<MetricsReport> {
    return { requests, process: siblings ? await registry.getMetricsAsJSON() : [] }
  }

  async function ofAll({ reports }: Siblings): Promise<string> {
    const all = await Promise.all([report(), reports()]).then(([own, others]) => [own, ...others])
    const sum = emptyReport()
    for (const one of all) addReport(sum, one)
    const processes = AggregatorRegistry.aggregate(all.map((one) => [...one.process]))
    return requestMetrics(sum.requests) + (await processes.metrics())
  }

  return {
    observe(endpoint, method, status, seconds) {
      const key = `method="${methods.has(method) ? method : 'OTHER'}",status="${status}",endpoint="${endpoint}"`
      const series = (requests[key] ??= { count: 0, sum: 0, buckets: bucketsInSeconds.map(() => 0) })
      series.count += 1
      series.sum += seconds
      const bucket = bucketsInSeconds.findIndex((limit) => seconds <= limit)
      if (bucket !== -1) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
    },
    report,
    async answer(_request, reply) {
      const text = siblings ? await ofAll(siblings) : requestMetrics(requests) + (await registry.metrics())
      return reply.type(registry.contentType).send(text)
    },
  }
}

/** Prometheus' text format, version 0.0.4. */
function requestMetrics(requests: MetricsReport['requests']): string {
  const total: string[] = []
  const duration: string[] = []
  for (const [labels, { count, sum, buckets }] of Object.entries(requests)) {
    total.push(`mlflow_http_request_total{${labels}} ${count}`)
    let upToHere = 0
    for (const [index, limit] of bucketsInSeconds.entries()) {
      upToHere += buckets[index] ?? 0
      duration.push(`mlflow_http_request_duration_seconds_bucket{le="${limit}",${labels}} ${upToHere}`)
    }
    duration.push(
      `mlflow_http_request_duration_seconds_bucket{le="+Inf",${labels}} ${count}`,
      `mlflow_http_request_duration_seconds_sum{${labels}} ${sum}`,
      `mlflow_http_request_duration_seconds_count{${labels}} ${count}`,
    )
  }
  return [
    '# HELP mlflow_http_request_total Requests answered.',
    '# TYPE mlflow_http_request_total counter',
    ...total,
    '# HELP mlflow_http_request_duration_seconds Time from a request to its answer.',
    '# TYPE mlflow_http_request_duration_seconds histogram',
    ...duration,
    '',
  ].join('\n')
}
