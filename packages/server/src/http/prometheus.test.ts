import { fastify } from 'fastify'
import { expect, it } from 'vitest'

import { createPrometheus } from './prometheus.ts'
import type { Prometheus } from './prometheus.ts'

async function scrape(prometheus: Prometheus): Promise<{ lines: string[]; type: string }> {
  const app = fastify()
  app.get('/metrics', prometheus.answer)
  const reply = await app.inject('/metrics')
  await app.close()
  return { lines: reply.body.split('\n'), type: String(reply.headers['content-type']) }
}

it('Prometheus.observe counts requests and their durations by endpoint, method and status', async () => {
  const prometheus = await createPrometheus()
  prometheus.observe('logMetric', 'POST', 200, 0.002)
  prometheus.observe('logMetric', 'POST', 200, 0.002)
  prometheus.observe('logMetric', 'POST', 200, 60)
  prometheus.observe('logMetric', 'POST', 404, 0.5)
  const { lines } = await scrape(prometheus)

  const ok = 'method="POST",status="200",endpoint="logMetric"'
  expect(lines).toContain(`mlflow_http_request_total{${ok}} 3`)
  expect(lines).toContain('mlflow_http_request_total{method="POST",status="404",endpoint="logMetric"} 1')
  expect(lines).toContain(`mlflow_http_request_duration_seconds_bucket{le="0.001",${ok}} 0`)
  expect(lines).toContain(`mlflow_http_request_duration_seconds_bucket{le="0.0025",${ok}} 2`)
  expect(lines).toContain(`mlflow_http_request_duration_seconds_bucket{le="10",${ok}} 2`)
  expect(lines).toContain(`mlflow_http_request_duration_seconds_bucket{le="+Inf",${ok}} 3`)
  expect(lines).toContain(`mlflow_http_request_duration_seconds_count{${ok}} 3`)
  expect(lines).toContain(`mlflow_http_request_duration_seconds_sum{${ok}} 60.004`)
})

it('Prometheus.observe makes one series of all odd methods', async () => {
  const prometheus = await createPrometheus()
  for (const method of ['MKCOL', 'PROPFIND', 'X"}']) prometheus.observe('notFound', method, 404, 0)
  const { lines } = await scrape(prometheus)
  expect(lines).toContain('mlflow_http_request_total{method="OTHER",status="404",endpoint="notFound"} 3')
})

it('Prometheus.answer tells of the process in the format that Prometheus reads', async () => {
  const { lines, type } = await scrape(await createPrometheus())
  expect(type).toContain('text/plain; version=0.0.4')
  expect(lines.find((line) => line.startsWith('process_resident_memory_bytes '))).toMatch(/ \d+$/)
  for (const line of lines) expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? [-+.\deINFan]+|)$/)
})

it('createPrometheus can be called again in the same process', async () => {
  const first = await createPrometheus()
  const second = await createPrometheus()
  first.observe('getRun', 'GET', 200, 0.1)
  expect((await scrape(second)).lines.join('\n')).not.toContain('getRun')
})
