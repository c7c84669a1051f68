import { endpoint } from './endpoint.ts'
import { emptyableString, int64, list, message, optional, required, string } from './schema.ts'

export const dataset = message({
  name: required(string),
  digest: required(string),
  source_type: required(string),
  source: required(string),
  schema: string,
  profile: string,
})

const inputTag = message({ key: required(string), value: required(emptyableString) })

export const datasetInput = message({ tags: list(inputTag), dataset: required(dataset) })

export const modelInput = message({ model_id: required(string) })

export const modelOutput = message({ model_id: required(string), step: optional(int64, '0 when absent.') })

export const searchDatasets = endpoint({
  method: 'POST',
  path: '/mlflow/experiments/search-datasets',
  mode: 'read',
  access: { resource: 'experiment', permission: 'search', field: 'experiment_ids' },
  summary: 'The datasets that runs of some experiments used, each with its contexts; 1,000 at most.',
  request: message({ experiment_ids: list(string) }),
  response: message({
    dataset_summaries: list(
      message({
        experiment_id: required(string),
        name: required(string),
        digest: required(string),
        context: string,
      }),
    ),
  }),
})
