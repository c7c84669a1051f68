import { invalidParameter } from '@trackway/api'

import type { Handlers } from '../handlers.ts'
import { checkLength } from './rules.ts'
import { checkRunId } from './runs.ts'
import type { DatasetInput, TrackingStore } from './store.ts'

type DatasetHandlers = Pick<Handlers, 'searchDatasets' | 'logInputs' | 'logOutputs'>

/** MLflow's limits, in characters; those of source, schema and profile come from MySQL's columns. */
const limits = {
  name: 500,
  digest: 36,
  source: 65_535,
  schema: 1_048_575,
  profile: 16_777_215,
  tagKey: 255,
  tagValue: 500,
} as const

const maxExperiments = 20
const maxSummaries = 1000

export function createDatasetHandlers({ datasets }: TrackingStore): DatasetHandlers {
  return {
    async searchDatasets({ experiment_ids = [] }) {
      if (experiment_ids.length === 0) {
        throw invalidParameter('SearchDatasets request must specify at least one experiment_id.')
      }
      if (experiment_ids.length > maxExperiments) {
        throw invalidParameter(
          `SearchDatasets request cannot specify more than ${maxExperiments} experiment_ids. ` +
            `Received ${experiment_ids.length} experiment_ids.`,
        )
      }
      return { dataset_summaries: [...(await datasets.summaries(experiment_ids, maxSummaries))] }
    },

    async logInputs({ run_id, datasets: inputs = [], models = [] }) {
      checkRunId(run_id)
      const checked = inputs.map(({ dataset, tags = [] }, index) => checkInput(`datasets[${index}]`, { dataset, tags }))
      await datasets.logInputs(
        run_id,
        checked,
        models.map((model) => model.model_id),
      )
      return {}
    },

    async logOutputs({ run_id, models }) {
      if (models === undefined) throw invalidParameter("Missing value for required parameter 'models'.")
      await datasets.logOutputs(
        run_id,
        models.map(({ model_id, step = 0 }) => ({ modelId: model_id, step })),
      )
      return {}
    },
  }
}

function checkInput(path: string, input: DatasetInput): DatasetInput {
  const { dataset, tags } = input
  for (const field of ['name', 'digest', 'source', 'schema', 'profile'] as const) {
    checkLength(field, dataset[field] ?? '', limits[field])
  }
  const keys = new Set<string>()
  for (const { key, value } of tags) {
    checkLength('key', key, limits.tagKey)
    checkLength('value', value, limits.tagValue)
    if (keys.has(key))
      throw invalidParameter(`The tag '${key}' stands twice in '${path}.tags'; each key may stand once.`)
    keys.add(key)
  }
  return input
}
