import { endpoint } from './endpoint.ts'
import { dataset } from './datasets.ts'
import { tag } from './experiments.ts'
import { boolean, emptyableString, int64, list, message, oneOf, optional, required, string } from './schema.ts'

/** The stages of a version in their canonical spelling; requests may write them in any letter case. */
export const stages = ['None', 'Staging', 'Production', 'Archived'] as const
export type Stage = (typeof stages)[number]

const versionStatus = oneOf(['PENDING_REGISTRATION', 'FAILED_REGISTRATION', 'READY'])

const versionFields = {
  name: required(string),
  version: required(string, 'A number, counted up for each model and never used again.'),
  creation_timestamp: required(int64, 'Milliseconds since the epoch.'),
  last_updated_timestamp: required(int64, 'Milliseconds since the epoch.'),
  user_id: optional(string, 'Who made it, where the server knows.'),
  current_stage: required(oneOf(stages)),
  description: required(emptyableString),
  source: required(emptyableString, 'Where its files came from: a URI.'),
  run_id: required(emptyableString, "The run that made it; '' where none was named."),
  status: required(versionStatus),
  status_message: string,
  tags: list(tag),
  run_link: required(emptyableString),
}

export const modelVersion = message({
  ...versionFields,
  aliases: list(string),
  model_id: optional(string, 'The logged model that it is; MLflow leaves it out.'),
})

const empty = message({})
export const versionRef = { name: required(string), version: required(string) }
const oneVersion = message({ model_version: required(modelVersion) })
export const onVersion = (permission: 'read' | 'edit' | 'manage') =>
  ({ resource: 'registered_model', permission, field: 'name' }) as const

export const createModelVersion = endpoint({
  method: 'POST',
  path: '/mlflow/model-versions/create',
  mode: 'write',
  access: onVersion('edit'),
  summary: 'Make the next version of a registered model. A source outside of its run or logged model is refused.',
  request: message({
    name: required(string),
    source: required(string),
    run_id: string,
    tags: list(tag),
    run_link: optional(string, 'Address of the run, where another server tracks it.'),
    description: string,
    model_id: string,
  }),
  response: oneVersion,
})

export const getModelVersion = endpoint({
  method: 'GET',
  path: '/mlflow/model-versions/get',
  mode: 'read',
  cost: 'light',
  access: onVersion('read'),
  summary: 'Read a version with its tags and aliases.',
  request: message(versionRef),
  response: oneVersion,
})

export const updateModelVersion = endpoint({
  method: 'PATCH',
  path: '/mlflow/model-versions/update',
  mode: 'write',
  access: onVersion('edit'),
  summary: "Set a version's description.",
  request: message({ ...versionRef, description: string }),
  response: oneVersion,
})

export const deleteModelVersion = endpoint({
  method: 'DELETE',
  path: '/mlflow/model-versions/delete',
  mode: 'write',
  access: onVersion('manage'),
  summary: 'Delete a version. Its number is not used again, its files stay.',
  request: message(versionRef),
  response: empty,
})

export const searchModelVersions = endpoint({
  method: 'GET',
  path: '/mlflow/model-versions/search',
  mode: 'read',
  access: { resource: 'registered_model', permission: 'search' },
  summary: 'Find versions by a filter, page by page; the last updated first unless ordered otherwise.',
  request: message({
    filter: string,
    max_results: optional(int64, 'From 1 to 200,000; 10,000 when absent.'),
    order_by: list(string),
    page_token: string,
  }),
  response: message({ model_versions: list(modelVersion), next_page_token: string }),
})

export const getModelVersionDownloadUri = endpoint({
  method: 'GET',
  path: '/mlflow/model-versions/get-download-uri',
  mode: 'read',
  cost: 'light',
  access: onVersion('read'),
  summary: "Where a version's files lie.",
  request: message(versionRef),
  response: message({ artifact_uri: required(string) }),
})

export const getModelVersionArtifact = endpoint({
  method: 'GET',
  path: '/model-versions/get-artifact',
  at: 'root',
  mode: 'stream',
  file: 'response',
  access: onVersion('read'),
  summary: "Download a file of a version's artifacts.",
  request: message({ ...versionRef, path: required(string) }),
  response: empty,
})

const stageChange = {
  ...versionRef,
  stage: required(string, 'None, Staging, Production or Archived, in any letter case.'),
  archive_existing_versions: optional(
    boolean,
    'Whether versions that are in this stage now become Archived; false when absent.',
  ),
}

export const transitionModelVersionStage = endpoint({
  method: 'POST',
  path: '/mlflow/model-versions/transition-stage',
  mode: 'write',
  access: onVersion('edit'),
  summary: 'Move a version to a stage. Refused where the model demands approval for it.',
  request: message(stageChange),
  response: oneVersion,
})

export const transitionDatabricksStage = endpoint({
  method: 'POST',
  path: '/mlflow/databricks/model-versions/transition-stage',
  mode: 'write',
  access: onVersion('edit'),
  summary: "Move a version to a stage with a comment, in the shape of Databricks' SDKs.",
  request: message({ ...stageChange, comment: string }),
  response: message({ model_version_databricks: required(message(versionFields)) }),
})

export const setModelVersionTag = endpoint({
  method: 'POST',
  path: '/mlflow/model-versions/set-tag',
  mode: 'write',
  access: onVersion('edit'),
  summary: 'Set a tag of a version, replacing its value.',
  request: message({ ...versionRef, key: required(string), value: required(emptyableString) }),
  response: empty,
})

export const deleteModelVersionTag = endpoint({
  method: 'DELETE',
  path: '/mlflow/model-versions/delete-tag',
  mode: 'write',
  access: onVersion('edit'),
  summary: 'Remove a tag of a version; one that is not there is no error.',
  request: message({ ...versionRef, key: required(string) }),
  response: empty,
})

export const getModelVersionLineage = endpoint({
  method: 'GET',
  path: '/model-versions/lineage',
  at: 'trackway',
  mode: 'read',
  access: onVersion('read'),
  summary: 'What a version was made from: run, experiment, source code, datasets and logged model.',
  request: message(versionRef),
  response: message({
    run: message({
      run_id: required(string),
      run_name: required(string),
      experiment_id: required(string),
      experiment_name: required(string),
      status: required(string),
      user_id: string,
      lifecycle_stage: required(string),
    }),
    code: optional(
      message({ source_name: string, git_commit: string, git_branch: string, git_repository: string }),
      "From the run's mlflow.source tags.",
    ),
    logged_model: message({ model_id: required(string), name: required(string), artifact_uri: required(string) }),
    datasets: list(message({ dataset: required(dataset), context: string })),
    source_version: optional(message(versionRef), 'The version that this one is a copy of.'),
  }),
})
