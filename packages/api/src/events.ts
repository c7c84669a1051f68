import { endpoint } from './endpoint.ts'
import { boolean, emptyableString, int64, json, list, message, optional, required, string } from './schema.ts'

/**
 * Every kind of event, `entity.action`, with what its `data` holds. Those with `mlflow` are the events of MLflow's
 * webhooks, with MLflow's payloads (`mlflow/webhooks/types.py`); webhooks name the others in `trackway_events`.
 */
export const eventKinds = {
  'registered_model.created': { mlflow: true, data: 'name, tags, description' },
  'registered_model.updated': { mlflow: false, data: 'name, description' },
  'registered_model.renamed': { mlflow: false, data: 'name, new_name' },
  'registered_model.deleted': { mlflow: false, data: 'name, production_versions' },
  'registered_model.settings_updated': { mlflow: false, data: 'name, approvals, allow_self_approval' },
  'registered_model_tag.set': { mlflow: false, data: 'name, key, value' },
  'registered_model_tag.deleted': { mlflow: false, data: 'name, key' },
  'model_version.created': { mlflow: true, data: 'name, version, source, run_id, tags, description' },
  'model_version.updated': { mlflow: false, data: 'name, version, description' },
  'model_version.deleted': { mlflow: false, data: 'name, version, stage' },
  'model_version.stage_transitioned': {
    mlflow: false,
    data: 'name, version, from_stage, to_stage, run_id, comment, archived_versions',
  },
  'model_version_tag.set': { mlflow: true, data: 'name, version, key, value' },
  'model_version_tag.deleted': { mlflow: true, data: 'name, version, key' },
  'model_version_alias.created': { mlflow: true, data: 'name, alias, version' },
  'model_version_alias.deleted': { mlflow: true, data: 'name, alias' },
  'transition_request.created': { mlflow: false, data: 'name, version, to_stage, comment' },
  'transition_request.approved': { mlflow: false, data: 'name, version, to_stage, comment, requested_by' },
  'transition_request.rejected': { mlflow: false, data: 'name, version, to_stage, comment, requested_by' },
  'transition_request.deleted': { mlflow: false, data: 'name, version, to_stage, comment, requested_by' },
  'comment.created': { mlflow: false, data: 'name, version, comment_id, comment' },
  'comment.updated': { mlflow: false, data: 'name, version, comment_id, comment' },
  'comment.deleted': { mlflow: false, data: 'name, version, comment_id' },
  'prompt.created': { mlflow: true, data: 'name, tags, description' },
  'prompt.updated': { mlflow: false, data: 'name, description' },
  'prompt.renamed': { mlflow: false, data: 'name, new_name' },
  'prompt.deleted': { mlflow: false, data: 'name' },
  'prompt_version.created': { mlflow: true, data: 'name, version, template, tags, description' },
  'prompt_version.updated': { mlflow: false, data: 'name, version, description' },
  'prompt_version.deleted': { mlflow: false, data: 'name, version' },
  'prompt_tag.set': { mlflow: true, data: 'name, key, value' },
  'prompt_tag.deleted': { mlflow: true, data: 'name, key' },
  'prompt_version_tag.set': { mlflow: true, data: 'name, version, key, value' },
  'prompt_version_tag.deleted': { mlflow: true, data: 'name, version, key' },
  'prompt_alias.created': { mlflow: true, data: 'name, alias, version' },
  'prompt_alias.deleted': { mlflow: true, data: 'name, alias' },
  'run.created': { mlflow: false, data: 'run_id, run_name, experiment_id' },
  'run.finished': { mlflow: false, data: 'run_id, run_name, experiment_id, status, start_time, end_time' },
  'run.failed': { mlflow: false, data: 'run_id, run_name, experiment_id, status, start_time, end_time' },
  'run.deleted': { mlflow: false, data: 'run_id, experiment_id' },
  'run.restored': { mlflow: false, data: 'run_id, experiment_id' },
  'run.moved': { mlflow: false, data: 'run_id, experiment_id, from_experiment_id' },
  'experiment.created': { mlflow: false, data: 'experiment_id, name' },
  'experiment.renamed': { mlflow: false, data: 'experiment_id, name' },
  'experiment.deleted': { mlflow: false, data: 'experiment_id' },
  'experiment.restored': { mlflow: false, data: 'experiment_id' },
  'webhook.created': { mlflow: false, data: 'webhook_id' },
  'webhook.updated': { mlflow: false, data: 'webhook_id' },
  'webhook.deleted': { mlflow: false, data: 'webhook_id' },
  'webhook.redelivered': { mlflow: false, data: 'webhook_id, delivery_id' },
} as const satisfies Readonly<Record<string, { readonly mlflow: boolean; readonly data: string }>>

export type EventKind = keyof typeof eventKinds

/** Something that was changed. Its `id` grows; the order of ids is the order of the changes. */
export const event = message({
  id: required(int64),
  kind: required(string, 'entity.action, such as model_version.stage_transitioned.'),
  timestamp: required(int64, 'Milliseconds since the epoch.'),
  user_id: required(emptyableString, "Who did it; '' where the server does not know."),
  data: required(json, 'What is to say of it: fields by the kind.'),
})

const selection = {
  kinds: optional(list(string), 'Kinds, or entities such as `model_version`; all when empty.'),
  experiment_ids: optional(list(string), 'Of runs and experiments, only those of these; a moved run is of both.'),
  names: optional(list(string), 'Of registered models and prompts, only those of these names.'),
}

const onEvents = { resource: 'event', permission: 'search' } as const

export const listEvents = endpoint({
  method: 'GET',
  path: '/events',
  at: 'trackway',
  mode: 'read',
  access: onEvents,
  summary: 'What was changed, in order, page by page.',
  request: message({
    ...selection,
    after: optional(int64, 'Only events with a greater id; from the first when absent.'),
    newest_first: optional(boolean, 'Goes back from the newest instead, to ids greater than `after`.'),
    max_results: optional(int64, 'From 1 to 1,000; 100 when absent.'),
    page_token: string,
  }),
  response: message({ events: list(event), next_page_token: string }),
})

export const streamEvents = endpoint({
  method: 'GET',
  path: '/events/stream',
  at: 'trackway',
  mode: 'stream',
  file: 'response',
  access: onEvents,
  summary:
    'What is changed, as it happens: server-sent events, resumed behind the id in the header Last-Event-ID or in `after`.',
  request: message({ ...selection, after: optional(int64, 'As Last-Event-ID, which a first connection cannot send.') }),
  response: message({}),
})
