import { invalidParameter } from '@trackway/api'
import { encodeDouble } from '@trackway/api/codec'

import { EncodedReply } from './encoded-reply.ts'
import type { Handlers } from './handlers.ts'
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
    const name = JSON.stringify(key)
    let left = maxResults ?? Infinity
    let last: PointRows[number] | undefined
    let more = false
    for await (const block of blocks) {
      more = block.length > left
      const points = more ? block.slice(0, left) : block
      if (points.length > 0) {
        yield (last === undefined ? '{"metrics":[' : ',') + writePoints(points, `{"key":${name},"value":`, '}')
        last = points.at(-1)
      }
      left -= points.length
    }
    if (last === undefined) yield '{}'
    else yield more ? `],"next_page_token":"${writeHistoryToken(series, last)}"}` : ']}'
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
      let left = Math.min(Math.max(max_results ?? bulkPoints, 0), bulkPoints)
      const lists: string[] = []
      for (const runId of [...new Set(run_id)].sort()) {
        if (left === 0) break
        for await (const block of metrics.history(runId, metric_key, { after: undefined, limit: left })) {
          if (block.length > 0) lists.push(writePoints(block, ...wrapForRun(metric_key, runId)))
          left -= block.length
        }
      }
      return new EncodedReply([`{"metrics":[${lists.join(',')}]}`])
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
        .map(({ runId, points }) => writePoints(points, ...wrapForRun(metric_key, runId)))
      return new EncodedReply([lists.length === 0 ? '{}' : `{"metrics":[${lists.join(',')}]}`])
    },
  }
}

function wrapForRun(key: string, runId: string): [string, string] {
  return [`{"key":${JSON.stringify(key)},"value":`, `,"run_id":${JSON.stringify(runId)}}`]
}

/** Points as JSON objects, separated by commas; `head` goes up to the value, `tail` closes the object. */
function writePoints(points: PointRows, head: string, tail: string): string {
  let text = ''
  for (const [step, timestamp, value] of points) {
    text += `${text === '' ? '' : ','}${head}${encodeDouble(value)},"timestamp":${timestamp},"step":${step}${tail}`
  }
  return text
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
