import { invalidParameter } from '@trackway/api'
import type { Request, WebhookDelivery } from '@trackway/api'

import { authorOf } from '../access/caller.ts'
import type { Handlers } from '../handlers.ts'
import { checkLength, checkMaxResults } from '../tracking/rules.ts'
import type { SecretKey } from './secret-key.ts'
import type { WebhookKind, WebhookStore } from './store.ts'
import { mlflowKind, trackwayKind } from './webhook-kinds.ts'
import { createWebhookSecrets } from './webhook-secrets.ts'
import { checkWebhookUrl } from './webhook-url.ts'
import type { TargetRules } from './webhook-url.ts'

/** What webhooks may be. Plain data, as it travels to the data threads. */
export interface WebhookRules extends TargetRules {
  readonly secretKey: SecretKey
}

type WebhookHandlers = Pick<
  Handlers,
  | 'createWebhook'
  | 'listWebhooks'
  | 'getWebhook'
  | 'updateWebhook'
  | 'deleteWebhook'
  | 'listWebhookDeliveries'
  | 'redeliverWebhook'
>

const longestDescription = 1000
const longestSecret = 1000
const fullPage = 100
const longestPage = 1000
const states: readonly WebhookDelivery['state'][] = ['PENDING', 'DELIVERED', 'FAILED']

export function createWebhookHandlers(store: WebhookStore, rules: WebhookRules): WebhookHandlers {
  const secrets = createWebhookSecrets(rules.secretKey)

  return {
    async createWebhook({ name, description, url, secret, status, ...events }, caller) {
      const { mlflowKinds = [], trackwayKinds = [] } = kindsOf(events)
      checkName(name)
      checkWebhookUrl(url, rules)
      const kinds = [...mlflowKinds, ...trackwayKinds]
      if (kinds.length === 0) {
        throw invalidParameter("Missing value for required parameter 'events'. Name at least one, or a trackway_event.")
      }
      const webhook = await store.create(
        {
          name,
          description: checkDescription(description) || undefined,
          url,
          kinds,
          secret: secret ? secrets.seal(checkSecret(secret)) : undefined,
          status: status ?? 'ACTIVE',
        },
        authorOf(caller),
      )
      return { webhook }
    },

    async listWebhooks({ max_results, page_token, all_events }) {
      const maxResults = max_results || fullPage
      if (maxResults < 1 || maxResults > longestPage) {
        throw invalidParameter(`max_results must be between 1 and ${longestPage}.`)
      }
      const page = await store.list({ maxResults, pageToken: page_token || undefined, allEvents: all_events === true })
      return { webhooks: [...page.items], next_page_token: page.token ?? undefined }
    },

    getWebhook: async ({ webhook_id }) => ({ webhook: await store.get(webhook_id) }),

    async updateWebhook({ webhook_id, name, description, url, secret, status, ...events }, caller) {
      const kinds = kindsOf(events)
      await store.get(webhook_id)
      // As in MLflow an empty name or URL counts as absent, while an empty description or secret takes it away.
      if (name) checkName(name)
      if (url) checkWebhookUrl(url, rules)
      const webhook = await store.update(
        webhook_id,
        {
          name: name || undefined,
          description: checkDescription(description) === '' ? null : description,
          url: url || undefined,
          ...kinds,
          secret: secret === undefined ? undefined : secret === '' ? null : secrets.seal(checkSecret(secret)),
          status,
        },
        authorOf(caller),
      )
      return { webhook }
    },

    async deleteWebhook({ webhook_id }, caller) {
      await store.delete(webhook_id, authorOf(caller))
      return {}
    },

    async listWebhookDeliveries({ webhook_id, state, max_results, page_token }) {
      const page = await store.deliveries(webhook_id, {
        state: checkState(state),
        maxResults: checkMaxResults(Number(max_results ?? fullPage), longestPage),
        pageToken: page_token || undefined,
      })
      return { deliveries: [...page.items], next_page_token: page.token ?? undefined }
    },

    redeliverWebhook: async ({ webhook_id, delivery_id }, caller) => ({
      delivery: await store.redeliver(webhook_id, delivery_id, authorOf(caller)),
    }),
  }
}

interface RequestedKinds {
  readonly mlflowKinds: readonly WebhookKind[] | undefined
  readonly trackwayKinds: readonly WebhookKind[] | undefined
}

/** An empty `events` counts as absent, as in MLflow, unless `trackway_events` says what there is instead. */
function kindsOf({
  events,
  trackway_events,
}: Pick<Request<'createWebhook'>, 'events' | 'trackway_events'>): RequestedKinds {
  const isGiven = events !== undefined && (events.length > 0 || trackway_events !== undefined)
  return {
    mlflowKinds: isGiven ? distinct(events.map(mlflowKind)) : undefined,
    trackwayKinds: trackway_events === undefined ? undefined : distinct(trackway_events.map(trackwayKind)),
  }
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Set(items)]
}

/** MLflow's rule (`_validate_webhook_name`). */
function checkName(name: string): void {
  if (name.length <= 63 && /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(name)) return
  throw invalidParameter(
    `Webhook name ${JSON.stringify(name.slice(0, 100))} is invalid. It must start and end with a letter or digit, have ` +
      '63 characters at most, and contain only letters, digits, dots (.), underscores (_), and hyphens (-).',
  )
}

function checkDescription(description: string | undefined): string | undefined {
  if (description !== undefined) checkLength('description', description, longestDescription)
  return description
}

/** The message says nothing of the secret. */
function checkSecret(secret: string): string {
  if (secret.length <= longestSecret) return secret
  throw invalidParameter(`'secret' exceeds the maximum length of ${longestSecret} characters: it has ${secret.length}.`)
}

function checkState(state: string | undefined): WebhookDelivery['state'] | undefined {
  if (!state) return undefined
  const found = states.find((one) => one === state.toUpperCase())
  if (found) return found
  throw invalidParameter(
    `Invalid value ${JSON.stringify(state.slice(0, 100))} for parameter 'state' supplied: it must be one of ${states.join(', ')}.`,
  )
}
