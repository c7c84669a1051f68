import { randomUUID } from 'node:crypto'

import { invalidParameter } from '@trackway/api'
import type { Metric } from '@trackway/api'

import { authorOf } from '../access/caller.ts'
import { parseOrderBy } from '../search/order-by.ts'
import { parseFilter } from '../search/parser.ts'
import { EncodedReply } from './encoded-reply.ts'
import { checkId } from './experiments.ts'
import type { HandlerOptions, Handlers } from '../handlers.ts'
import { addToHistory, describeModel } from './log-model.ts'
import {
  batchLimits,
  checkDistinctParams,
  checkKey,
  checkLength,
  checkMaxResults,
  checkTimestamp,
  fitValue,
  lastOfEach,
  limits,
} from './rules.ts'
import { generateRunName } from './run-name.ts'
import type { KeyValue, MetricPoint, RunPage, TrackingStore } from './store.ts'

type RunHandlers = Pick<
  Handlers,
  | 'createRun'
  | 'getRun'
  | 'updateRun'
  | 'deleteRun'
  | 'restoreRun'
  | 'searchRuns'
  | 'logMetric'
  | 'logParam'
  | 'logBatch'
  | 'setTag'
  | 'deleteTag'
  | 'logModel'
>

const runNameTag = 'mlflow.runName'
const modelHistoryTag = 'mlflow.log-model.history'

export function createRunHandlers(
  { runs }: TrackingStore,
  { truncateLongValues }: Pick<HandlerOptions, 'truncateLongValues'>,
): RunHandlers {
  function fitTag(path: string, { key, value }: KeyValue): KeyValue {
    checkKey(path, key)
    checkLength(path, key, limits.key)
    return { key, value: fitValue('value', value, limits.tagValue, truncateLongValues) }
  }

  function fitParam(path: string, { key, value }: KeyValue): KeyValue {
    checkKey(path, key)
    checkLength('Param key', key, limits.key)
    return { key, value: fitValue('Param value', value, limits.paramValue, truncateLongValues) }
  }

  return {
    async createRun({ experiment_id, user_id, run_name, start_time, tags }, caller) {
      const given = lastOfEach(tags ?? []).map((tag) => fitTag('tags.key', tag))
      const name = chooseName(run_name, given)
      const author = authorOf(caller)
      const run = {
        runId: randomUUID().replaceAll('-', ''),
        experimentId: checkId(experiment_id || '0'),
        name,
        userId: user_id ?? '',
        startTime: start_time ?? author.time,
        tags: [...given.filter((tag) => tag.key !== runNameTag), { key: runNameTag, value: name }],
      }
      return { run: await runs.create(run, author) }
    },

    async getRun(request) {
      return new EncodedReply(['{"run":', ...(await runs.getDocument(runIdOf(request))), '}'])
    },

    async updateRun(request, caller) {
      const { status, end_time, run_name } = request
      const change = { status, endTime: end_time, name: run_name || undefined }
      return { run_info: await runs.update(runIdOf(request), change, authorOf(caller)) }
    },

    async deleteRun({ run_id }, caller) {
      await runs.delete(run_id, authorOf(caller))
      return {}
    },

    async restoreRun({ run_id }, caller) {
      await runs.restore(run_id, authorOf(caller))
      return {}
    },

    async searchRuns({ experiment_ids, filter, run_view_type, max_results, order_by, page_token }) {
      const page = await runs.search({
        experimentIds: experiment_ids ?? [],
        filter: parseFilter('runs', filter ?? ''),
        orderBy: parseOrderBy('runs', order_by ?? []),
        view: run_view_type ?? 'ACTIVE_ONLY',
        maxResults: checkMaxResults(max_results ?? 1000, 50_000),
        pageToken: page_token || undefined,
      })
      return new EncodedReply(writePage(page))
    },

    async logMetric(request) {
      const runId = runIdOf(request)
      checkMetric('key', 'timestamp', request)
      await runs.log(runId, { metrics: [toPoint(request)], params: [], tags: [] })
      return {}
    },

    async logParam(request) {
      await runs.log(runIdOf(request), { metrics: [], params: [fitParam('key', request)], tags: [] })
      return {}
    },

    async logBatch({ run_id, metrics = [], params = [], tags = [] }) {
      if (!run_id) throw invalidParameter("Missing value for required parameter 'run_id'.")
      checkRunId(run_id)
      checkMetrics(metrics)
      const fitParams = params.map((param, index) => fitParam(`params[${index}].key`, param))
      const fitTags = tags.map((tag, index) => fitTag(`tags[${index}].key`, tag))
      checkBatch(metrics.length, fitParams, tags.length)
      await runs.log(run_id, { metrics: metrics.map(toPoint), params: fitParams, tags: lastOfEach(fitTags) })
      return {}
    },

    async setTag(request) {
      await runs.log(runIdOf(request), { metrics: [], params: [], tags: [fitTag('key', request)] })
      return {}
    },

    async deleteTag({ run_id, key }) {
      await runs.deleteTag(run_id, key)
      return {}
    },

    async logModel({ run_id, model_json }) {
      if (!run_id) throw invalidParameter("Missing value for required parameter 'run_id'.")
      const model = describeModel(model_json)
      await runs.changeTag(run_id, modelHistoryTag, (history) => addToHistory(history, model))
      return {}
    },
  }
}

async function* writePage({ blocks, token }: RunPage): AsyncGenerator<string | Uint8Array> {
  let separator = '{"runs":['
  for await (const block of blocks) {
    for (const run of block) {
      yield separator
      yield* run
      separator = ','
    }
  }
  if (separator !== ',') yield '{}'
  else yield token === null ? ']}' : `],"next_page_token":${JSON.stringify(token)}}`
}

function runIdOf({ run_id, run_uuid }: { run_id?: string | undefined; run_uuid?: string | undefined }): string {
  const runId = run_id || run_uuid
  if (!runId) throw invalidParameter("Missing value for required parameter 'run_id'.")
  return runId
}

/** MLflow's form of a run id in batches. */
export function checkRunId(runId: string): void {
  if (!/^[a-zA-Z0-9][\w-]{0,255}$/.test(runId)) {
    throw invalidParameter(
      `Invalid value ${JSON.stringify(runId)} for parameter 'run_id' supplied: it must be letters, digits, _ and -.`,
    )
  }
}

/** A run's name and its tag `mlflow.runName` are one. */
function chooseName(runName: string | undefined, tags: readonly KeyValue[]): string {
  const tagged = tags.find((tag) => tag.key === runNameTag)?.value
  if (runName && tagged && runName !== tagged) {
    throw invalidParameter(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values ` +
        `(run_name='${runName}', mlflow.runName='${tagged}').`,
    )
  }
  return runName || tagged || generateRunName()
}

function checkMetric(keyPath: string, timestampPath: string, { key, value, timestamp }: Metric): void {
  checkKey(keyPath, key)
  checkTimestamp(timestampPath, timestamp, `'${key}' (value=${value})`)
  checkLength('Metric name', key, limits.key)
}

/** A batch has few names and many points of each: a name is checked once. */
function checkMetrics(metrics: readonly Metric[]): void {
  const known = new Set<string>()
  for (const [index, metric] of metrics.entries()) {
    if (known.has(metric.key) && metric.timestamp >= 0) continue
    checkMetric(`metrics[${index}].name`, `metrics[${index}].timestamp`, metric)
    known.add(metric.key)
  }
}

function toPoint(metric: Metric): MetricPoint {
  const { key, value, timestamp, step, model_id, dataset_name, dataset_digest } = metric
  return {
    key,
    value,
    timestamp,
    step: step ?? 0,
    modelId: model_id || undefined,
    datasetName: dataset_name,
    datasetDigest: dataset_digest,
  }
}

function checkBatch(metrics: number, params: readonly KeyValue[], tags: number): void {
  const refuse = (limit: number, what: string, got: number): void => {
    if (got <= limit) return
    throw invalidParameter(
      `A batch logging request can contain at most ${limit} ${what}. Got ${got} ${what}. Please split up ${what} ` +
        'across multiple requests and try again.',
    )
  }
  refuse(batchLimits.metrics, 'metrics', metrics)
  refuse(batchLimits.params, 'params', params.length)
  refuse(batchLimits.tags, 'tags', tags)
  refuse(batchLimits.total, 'metrics, params, and tags', metrics + params.length + tags)
  checkDistinctParams(params)
}
