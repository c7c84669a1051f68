import { randomUUID } from 'node:crypto'

import { invalidParameter } from '@trackway/api'
import type { LoggedModel } from '@trackway/api'

import { parseOrderFields } from '../search/order-by.ts'
import { parseFilter } from '../search/parser.ts'
import { checkId } from './experiments.ts'
import type { Handlers } from '../handlers.ts'
import { checkDistinctParams, checkLength, checkMaxResults, lastOfEach, limits } from './rules.ts'
import { generateRunName } from './run-name.ts'
import type { KeyValue, TrackingStore } from './store.ts'

type LoggedModelHandlers = Pick<
  Handlers,
  | 'createLoggedModel'
  | 'getLoggedModel'
  | 'finalizeLoggedModel'
  | 'deleteLoggedModel'
  | 'searchLoggedModels'
  | 'setLoggedModelTags'
  | 'deleteLoggedModelTag'
  | 'logLoggedModelParams'
>

const maxNameLength = 500
const defaultPage = 100

export function createLoggedModelHandlers({ loggedModels }: TrackingStore): LoggedModelHandlers {
  return {
    async createLoggedModel({ experiment_id, name, model_type, source_run_id, params = [], tags = [] }) {
      checkDistinctParams(params)
      const model = await loggedModels.create({
        modelId: `m-${randomUUID().replaceAll('-', '')}`,
        experimentId: checkId(experiment_id),
        name: name ? checkName(name) : generateRunName(),
        modelType: model_type,
        sourceRunId: source_run_id,
        params: checkKeys(params),
        tags: lastOfEach(checkKeys(tags)),
        now: Date.now(),
      })
      return { model }
    },

    async getLoggedModel({ model_id, allow_deleted }) {
      return { model: await loggedModels.get(model_id, { allowDeleted: allow_deleted ?? false }) }
    },

    async finalizeLoggedModel({ model_id, status }) {
      return { model: await loggedModels.finalize(model_id, checkStatus(status), Date.now()) }
    },

    async deleteLoggedModel({ model_id }) {
      await loggedModels.delete(model_id, Date.now())
      return {}
    },

    async searchLoggedModels({ experiment_ids, filter, datasets = [], max_results, order_by = [], page_token }) {
      if (experiment_ids === undefined) throw invalidParameter("Missing value for required parameter 'experiment_ids'.")
      const page = await loggedModels.search({
        experimentIds: experiment_ids,
        filter: parseFilter('loggedModels', filter ?? ''),
        datasets: datasets.map((dataset) => ({
          name: dataset.dataset_name,
          digest: dataset.dataset_digest || undefined,
        })),
        orderBy: parseOrderFields('loggedModels', order_by),
        // 0 is MLflow's "not given" here, unlike in a search of runs.
        maxResults: checkMaxResults(max_results || defaultPage, 50_000),
        pageToken: page_token || undefined,
      })
      return { models: [...page.items], next_page_token: page.token ?? undefined }
    },

    async setLoggedModelTags({ model_id, tags = [] }) {
      await loggedModels.setTags(model_id, lastOfEach(checkKeys(tags)))
      return {}
    },

    async deleteLoggedModelTag({ model_id, tag_key }) {
      await loggedModels.deleteTag(model_id, tag_key)
      return {}
    },

    async logLoggedModelParams({ model_id, params = [] }) {
      checkDistinctParams(params)
      await loggedModels.logParams(model_id, checkKeys(params))
      return {}
    },
  }
}

/** A model's name is part of its URIs and, by them, of file names. */
function checkName(name: string): string {
  if (/[/:.%"']/.test(name)) {
    throw invalidParameter(
      `Invalid model name ('${name}') provided. Model name must be a non-empty string and cannot contain the ` +
        `following characters: ('/', ':', '.', '%', '"', "'")`,
    )
  }
  checkLength('name', name, maxNameLength)
  return name
}

/** Params and tags of models may have any characters and values of any length, as in MLflow: only keys are limited. */
function checkKeys(pairs: readonly KeyValue[]): readonly KeyValue[] {
  for (const { key } of pairs) checkLength('key', key, limits.key)
  return pairs
}

type Status = LoggedModel['info']['status']

/** Every status may follow every other, as in MLflow: an upload that failed can be tried again. */
function checkStatus(status: Status): Status {
  if (status === 'LOGGED_MODEL_STATUS_UNSPECIFIED') {
    throw invalidParameter(
      `Invalid value "${status}" for parameter 'status' supplied: it must be LOGGED_MODEL_READY, ` +
        'LOGGED_MODEL_UPLOAD_FAILED or LOGGED_MODEL_PENDING.',
    )
  }
  return status
}
