import { isAbsolute, resolve } from 'node:path'

import { doesNotExist, invalidParameter } from '@trackway/api'

import { authorOf } from '../access/caller.ts'
import { parseFilter } from '../search/parser.ts'
import { parseOrderBy } from '../search/order-by.ts'
import type { Handlers } from '../handlers.ts'
import { checkKey, checkLength, checkMaxResults, lastOfEach, limits } from './rules.ts'
import type { KeyValue, TrackingStore } from './store.ts'

type ExperimentHandlers = Pick<
  Handlers,
  | 'createExperiment'
  | 'getExperiment'
  | 'getExperimentByName'
  | 'searchExperiments'
  | 'summarizeExperiments'
  | 'experimentHeadlines'
  | 'updateExperiment'
  | 'deleteExperiment'
  | 'restoreExperiment'
  | 'setExperimentTag'
  | 'deleteExperimentTag'
>

const mostHeadlines = 100

export function createExperimentHandlers({ experiments }: TrackingStore): ExperimentHandlers {
  return {
    async createExperiment({ name, artifact_location, tags }, caller) {
      const artifactLocation = checkArtifactLocation(artifact_location ?? '')
      checkLength('name', name, limits.experimentName)
      for (const tag of tags ?? []) checkTag(tag)
      const experiment = { name, artifactLocation, tags: lastOfEach(tags ?? []) }
      const id = await experiments.create(experiment, authorOf(caller))
      return { experiment_id: id }
    },

    getExperiment: async ({ experiment_id }) => ({ experiment: await experiments.get(checkId(experiment_id)) }),

    getExperimentByName: async ({ experiment_name }) => ({ experiment: await experiments.getByName(experiment_name) }),

    async searchExperiments({ max_results, page_token, filter, order_by, view_type }) {
      const page = await experiments.search({
        maxResults: checkMaxResults(Number(max_results ?? 0), 50_000),
        pageToken: page_token || undefined,
        filter: parseFilter('experiments', filter ?? ''),
        orderBy: parseOrderBy('experiments', order_by ?? []),
        view: view_type ?? 'ACTIVE_ONLY',
      })
      return { experiments: [...page.items], next_page_token: page.token ?? undefined }
    },

    async summarizeExperiments({ experiment_ids = [] }) {
      const summaries = await experiments.summaries(experiment_ids)
      return {
        summaries: summaries.map(({ experimentId, runs, running, lastActivity }) => ({
          experiment_id: experimentId,
          runs,
          running,
          last_activity: lastActivity ?? undefined,
        })),
      }
    },

    async experimentHeadlines({ experiment_ids }) {
      if (experiment_ids.length > mostHeadlines) {
        throw invalidParameter(
          `At most ${mostHeadlines} experiment_ids can be asked for, not ${experiment_ids.length}.`,
        )
      }
      const headlines = await experiments.headlines(experiment_ids)
      return {
        headlines: headlines.map(({ experimentId, metric, lowerIsBetter, best, bestRunId, recent }) => ({
          experiment_id: experimentId,
          metric,
          lower_is_better: lowerIsBetter,
          best,
          best_run_id: bestRunId,
          recent,
        })),
      }
    },

    async updateExperiment({ experiment_id, new_name }, caller) {
      if (!new_name) throw invalidParameter("Missing value for required parameter 'new_name'.")
      checkLength('name', new_name, limits.experimentName)
      await experiments.rename(checkId(experiment_id), new_name, authorOf(caller))
      return {}
    },

    async deleteExperiment({ experiment_id }, caller) {
      await experiments.delete(checkId(experiment_id), authorOf(caller))
      return {}
    },

    async restoreExperiment({ experiment_id }, caller) {
      await experiments.restore(checkId(experiment_id), authorOf(caller))
      return {}
    },

    async setExperimentTag({ experiment_id, key, value }) {
      checkTag({ key, value })
      await experiments.setTag(checkId(experiment_id), { key, value })
      return {}
    },

    async deleteExperimentTag({ experiment_id, key }) {
      checkKey('key', key)
      await experiments.deleteTag(checkId(experiment_id), key)
      return {}
    },
  }
}

/**
 * An experiment id of the wire in its canonical form.
 * @throws ApiError as MLflow: one that is no integer is malformed, one below 0 is unknown.
 */
export function checkId(experimentId: string): string {
  if (!/^-?\d+$/.test(experimentId)) {
    throw invalidParameter(`Invalid experiment ID '${experimentId}'. Experiment ID must be a valid integer.`)
  }
  if (experimentId.startsWith('-') || experimentId.length > 15) {
    throw doesNotExist(`No Experiment with id=${experimentId} exists`)
  }
  return String(Number(experimentId))
}

function checkTag({ key, value }: KeyValue): void {
  checkKey('key', key)
  checkLength('key', key, limits.key)
  checkLength('value', value, limits.experimentTagValue)
}

/** A place for artifacts as it is stored: URIs as they are, relative paths made absolute, '' as none. */
function checkArtifactLocation(location: string): string | undefined {
  if (location === '') return undefined
  const length = location.length > limits.artifactLocation ? [...location].length : 0
  if (length > limits.artifactLocation) {
    throw invalidParameter(
      'Invalid artifact path length. The length of the artifact path cannot be greater than ' +
        `${limits.artifactLocation} characters, got ${length}.`,
    )
  }
  const scheme = /^([a-z][\w+.-]*):/i.exec(location)?.[1]?.toLowerCase()
  if (scheme === undefined) return isAbsolute(location) ? location : resolve(location)
  if (scheme === 'runs') throw invalidParameter(`Artifact location cannot be a runs:/ URI. Given: '${location}'`)
  if (scheme === 'http' || scheme === 'https') {
    throw invalidParameter(
      `'artifact_location' cannot use the '${scheme}' scheme: it is read-only. Use a path or an object store's URI.`,
    )
  }
  if (/[?#]/.test(location)) {
    throw invalidParameter(`'artifact_location' URL can't include fragments or params. Given: '${location}'`)
  }
  return location
}
