import { invalidParameter } from '@trackway/api'

import { EncodedReply } from './encoded-reply.ts'
import { exactJson } from './exact-json.ts'
import type { Handlers } from '../handlers.ts'
import { readHistoryToken, writeHistoryToken } from './history-token.ts'
import { checkMaxResults } from './rules.ts'
import type { PointRows, TrackingStore } from './store.ts'

type MetricHandlers = Pick<Handlers, 'getMetricHistory' | 'getMetricHistoryBulk' | 'getMetricHistoryBulkInterval'>

const bulkRuns = 100
const bulkPoints = 25_000
const intervalPoints = 2500

export function createMetricHandlers({ metrics }: TrackingStore): MetricHandlers {
  /** A history as JSON, block by block: it is never whole in memory. */
  async function* writeHistory(
    runId: string,
    key: string,
    maxResults: number | undefined,
    pageToken: string | undefined,
  ): AsyncGenerator<string> {
    const series = `${runId}/${key}`
    const after = pageToken ? readHistoryToken(series, pageToken) : undefined
    // One more than the page tells whether another page follows.
    const blocks = metrics.history(runId, key, { after, limit: maxResults === undefined ? undefined : maxResults + 1 })
    let left = maxResults ?? Infinity
    let last: PointRows[number] | undefined
    let more = false
    for await (const block of blocks) {
      more = block.length > left
      const points = more ? block.slice(0, left) : block
      if (points.length > 0) {
        yield (last === undefined ? '{"metrics":[' : ',') + writePoints(points, key)
        last = points.at(-1)
      }
      left -= points.length
    }
    if (last === undefined) yield '{}'
    else yield more ? `],"next_page_token":"${writeHistoryToken(series, last)}"}` : ']}'
  }

  async function* writeBulk(runIds: readonly string[], key: string, limit: number): AsyncGenerator<string> {
    let left = limit
    yield '{"metrics":['
    for (const runId of runIds) {
      if (left === 0) break
      for await (const block of metrics.history(runId, key, { after: undefined, limit: left })) {
        yield (left === limit ? '' : ',') + writePoints(block, key, runId)
        left -= block.length
      }
    }
    yield ']}'
  }

  return {
    async getMetricHistory({ run_id, run_uuid, metric_key, page_token, max_results }) {
      const runId = run_id || run_uuid
      if (!runId) throw invalidParameter("Missing value for required parameter 'run_id'.")
      if (max_results !== undefined) checkMaxResults(max_results, 2 ** 31 - 1)
      if (page_token) readHistoryToken(`${runId}/${metric_key}`, page_token)
      return new EncodedReply(writeHistory(runId, metric_key, max_results, page_token))
    },

    async getMetricHistoryBulk({ run_id, metric_key, max_results }) {
      checkRunCount('GetMetricHistoryBulk', 'run_ids', run_id.length)
      const limit = Math.min(Math.max(max_results ?? bulkPoints, 0), bulkPoints)
      return new EncodedReply(writeBulk([...new Set(run_id)].sort(), metric_key, limit))
    },

    async getMetricHistoryBulkInterval({ run_ids, metric_key, start_step, end_step, max_results }) {
      checkRunCount('GetMetricHistoryBulkInterval', 'run_ids', run_ids.length)
      checkRange(start_step, end_step)
      const limit = max_results ?? intervalPoints
      if (limit < 1 || limit > intervalPoints) {
        throw invalidParameter(`max_results must be between 1 and ${intervalPoints}, got ${limit}.`)
      }
      const range = { limit, startStep: start_step, endStep: end_step }
      const samples = await metrics.sample([...new Set(run_ids)], metric_key, range)
      const lists = samples
        .filter((sample) => sample.points.length > 0)
        .map(({ runId, points }) => writePoints(points, metric_key, runId))
      return new EncodedReply([lists.length === 0 ? '{}' : `{"metrics":[${lists.join(',')}]}`])
    },
  }
}

/**
 * Points as JSON objects separated by commas. JSON.stringify writes numbers twice as fast as any template.
 * @param runId goes into each point where it is given.
 */
function writePoints(points: PointRows, key: string, runId?: string): string {
  const objects = points.map(([step, timestamp, value]) => ({
    key,
    value: exactJson(value),
    timestamp: exactJson(timestamp),
    step: exactJson(step),
    run_id: runId,
  }))
  return JSON.stringify(objects).slice(1, -1)
}

function checkRunCount(endpoint: string, field: string, count: number): void {
  if (count > bulkRuns) {
    throw invalidParameter(`${endpoint} request must specify at most ${bulkRuns} ${field}. Received ${count} ${field}.`)
  }
}

function checkRange(start: number | undefined, end: number | undefined): void {
  if ((start === undefined) !== (end === undefined)) {
    throw invalidParameter('If either start step or end step are specified, both must be specified.')
  }
  if (start !== undefined && end !== undefined && start > end) {
    throw invalidParameter(`end_step must be greater than start_step. Found start_step=${start} and end_step=${end}.`)
  }
}
