import { endpoint } from './endpoint.ts'
import { boolean, emptyableString, int32, int64, list, message, oneOf, optional, required, string } from './schema.ts'

const status = oneOf(['ACTIVE', 'DISABLED'])

const webhookEvent = message({
  entity: required(
    oneOf(
      [
        'ENTITY_UNSPECIFIED',
        'REGISTERED_MODEL',
        'MODEL_VERSION',
        'MODEL_VERSION_TAG',
        'MODEL_VERSION_ALIAS',
        'PROMPT',
        'PROMPT_VERSION',
        'PROMPT_TAG',
        'PROMPT_VERSION_TAG',
        'PROMPT_ALIAS',
        'BUDGET_POLICY',
      ],
      0,
    ),
  ),
  action: required(oneOf(['ACTION_UNSPECIFIED', 'CREATED', 'UPDATED', 'DELETED', 'SET', 'EXCEEDED'], 0)),
})

const eventFields = {
  events: optional(list(webhookEvent), "MLflow's events."),
  trackway_events: optional(
    list(string),
    'Kinds of events that MLflow lacks, such as model_version.stage_transitioned or run.failed.',
  ),
}

/** A webhook. Its secret never leaves the server. */
export const webhook = message({
  webhook_id: required(string),
  name: required(string),
  description: string,
  url: required(string),
  ...eventFields,
  status: required(status),
  creation_timestamp: required(int64, 'Milliseconds since the epoch.'),
  last_updated_timestamp: required(int64, 'Milliseconds since the epoch.'),
})

/** What became of one event for one webhook. */
export const delivery = message({
  delivery_id: required(string, 'Also in the header X-MLflow-Delivery-Id, the same each time it is sent.'),
  webhook_id: required(string),
  event_id: required(int64),
  kind: required(string),
  state: required(oneOf(['PENDING', 'DELIVERED', 'FAILED']), 'FAILED when it is not tried again.'),
  attempts: required(int32, 'How often it was sent since it happened, or since it was to be sent again.'),
  creation_timestamp: required(int64, 'Milliseconds since the epoch.'),
  next_attempt_timestamp: optional(int64, 'When it is sent again, while PENDING.'),
  last_attempt_timestamp: int64,
  response_status: optional(int32, "The receiver's last answer."),
  response_body: optional(string, 'Its first 1,000 characters.'),
  error_message: optional(string, 'Why the last attempt failed.'),
})

const empty = message({})
const byId = { webhook_id: required(string) }
const oneWebhook = message({ webhook: required(webhook) })
const onWebhook = { resource: 'webhook', permission: 'manage', field: 'webhook_id' } as const
const onWebhooks = { resource: 'server', permission: 'manage' } as const

export const createWebhook = endpoint({
  method: 'POST',
  path: '/mlflow/webhooks',
  mode: 'write',
  access: onWebhooks,
  summary: 'Have events sent to an address. A name is not unique.',
  request: message({
    name: required(string, 'Letters, digits, and . _ - between; 63 characters at most.'),
    description: string,
    url: required(string),
    ...eventFields,
    secret: optional(string, 'Signs what is sent.'),
    status: optional(status, 'ACTIVE when absent.'),
  }),
  response: oneWebhook,
})

export const listWebhooks = endpoint({
  method: 'GET',
  path: '/mlflow/webhooks',
  mode: 'read',
  cost: 'light',
  access: onWebhooks,
  summary: 'The webhooks, the newest first, page by page.',
  request: message({
    max_results: optional(int32, 'From 1 to 1,000; 100 when absent.'),
    page_token: string,
    all_events: optional(
      boolean,
      "Whether webhooks are given, too, that have only Trackway's events: MLflow's clients cannot read them.",
    ),
  }),
  response: message({ webhooks: list(webhook), next_page_token: string }),
})

export const getWebhook = endpoint({
  method: 'GET',
  path: '/mlflow/webhooks/{webhook_id}',
  mode: 'read',
  cost: 'light',
  access: onWebhook,
  summary: 'Read a webhook.',
  request: message(byId),
  response: oneWebhook,
})

export const updateWebhook = endpoint({
  method: 'PATCH',
  path: '/mlflow/webhooks/{webhook_id}',
  mode: 'write',
  access: onWebhook,
  summary: 'Change a webhook. What is absent stays as it is.',
  request: message({
    ...byId,
    name: string,
    description: string,
    url: string,
    ...eventFields,
    secret: optional(emptyableString, 'The empty text takes the secret away.'),
    status,
  }),
  response: oneWebhook,
})

export const deleteWebhook = endpoint({
  method: 'DELETE',
  path: '/mlflow/webhooks/{webhook_id}',
  mode: 'write',
  access: onWebhook,
  summary: 'Delete a webhook with the record of its deliveries.',
  request: message(byId),
  response: empty,
})

export const testWebhook = endpoint({
  method: 'POST',
  path: '/mlflow/webhooks/{webhook_id}/test',
  mode: 'stream',
  access: onWebhook,
  summary: 'Send an example of an event now, once, and tell what was answered.',
  request: message({
    ...byId,
    event: optional(webhookEvent, "The webhook's first event when absent."),
    trackway_event: optional(string, 'A kind of event that MLflow lacks.'),
  }),
  response: message({
    result: required(
      message({
        success: required(boolean),
        response_status: int32,
        response_body: string,
        error_message: string,
      }),
    ),
  }),
})

export const listWebhookDeliveries = endpoint({
  method: 'GET',
  path: '/webhooks/{webhook_id}/deliveries',
  at: 'trackway',
  mode: 'read',
  cost: 'light',
  access: onWebhook,
  summary: 'What became of the events of a webhook, the newest first, page by page.',
  request: message({
    ...byId,
    state: optional(string, 'PENDING, DELIVERED or FAILED; all when absent.'),
    max_results: optional(int64, 'From 1 to 1,000; 100 when absent.'),
    page_token: string,
  }),
  response: message({ deliveries: list(delivery), next_page_token: string }),
})

export const redeliverWebhook = endpoint({
  method: 'POST',
  path: '/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver',
  at: 'trackway',
  mode: 'write',
  access: onWebhook,
  summary: 'Send an event again, delivered or not, under the same delivery id.',
  request: message({ ...byId, delivery_id: required(string) }),
  response: message({ delivery: required(delivery) }),
})
