import type { DatabaseLocation } from './data-location.ts'
import { parseSecretKey } from './events/secret-key.ts'
import type { SecretKey } from './events/secret-key.ts'
import type { DeliverySettings } from './events/webhook-delivery.ts'
import type { WebhookRules } from './events/webhooks.ts'
import { UsageError } from './flags.ts'
import type { FlagReading, Flags } from './flags.ts'

/** Flags and environment variables of webhooks, with MLflow's names. */
export const webhookFlags = {
  webhookAllowedSchemes: {
    name: 'webhook-allowed-schemes',
    env: ['MLFLOW_WEBHOOK_ALLOWED_SCHEMES'],
    type: 'list',
    help: "Schemes that the addresses of webhooks may have: https, http or 'https,http'. Default: https.",
  },
  webhookAllowPrivateIps: {
    name: 'webhook-allow-private-ips',
    env: ['MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS'],
    type: 'boolean',
    help: "Lets webhooks be sent to private, loopback and link-local addresses. Whoever may make webhooks can then reach the server's own networks.",
  },
  webhookTimeout: {
    name: 'webhook-timeout',
    env: ['MLFLOW_WEBHOOK_REQUEST_TIMEOUT'],
    type: 'integer',
    min: 1,
    max: 600,
    default: 30,
    placeholder: 'SECONDS',
    help: 'How long the receiver of a webhook may take for its whole answer.',
  },
  webhookMaxRetries: {
    name: 'webhook-max-retries',
    env: ['MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES'],
    type: 'integer',
    max: 1000,
    default: 40,
    help: 'How often a webhook is sent again that was not received, after pauses of 1 s, 2 s, 4 s … up to an hour: 40 times take about a day. MLflow gives up after 3.',
  },
  webhookWorkers: {
    env: ['MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS'],
    type: 'integer',
    min: 1,
    max: 100,
    default: 10,
    help: 'How many webhooks are sent at once; a fifth of these, at least one, for each webhook.',
  },
  webhookSecretKey: {
    env: ['MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY'],
    type: 'string',
    placeholder: 'KEY',
    help: "Encrypts webhooks' secrets in the database: 32 bytes in URL-safe base64, as Fernet's keys. Without it a key is made and kept in a file beside the database, with the ending .key.",
  },
} as const satisfies Flags

/** What webhooks may be, and how they are sent. */
export interface WebhookConfig {
  readonly rules: WebhookRules
  readonly delivery: DeliverySettings
}

/** @throws UsageError whose message never holds the key. */
export function webhookConfigOf(
  { values, sources }: Pick<FlagReading<typeof webhookFlags>, 'values' | 'sources'>,
  database: DatabaseLocation,
): WebhookConfig {
  const { webhookSecretKey: key } = values
  if (key !== undefined && !parseSecretKey(key)) {
    throw new UsageError(
      `${sources.webhookSecretKey ?? 'The key'} takes a key of 32 bytes in URL-safe base64, which has 44 characters.`,
    )
  }
  return {
    rules: {
      schemes: checkSchemes(values.webhookAllowedSchemes, sources.webhookAllowedSchemes ?? '--webhook-allowed-schemes'),
      allowPrivateAddresses: values.webhookAllowPrivateIps,
      secretKey: key === undefined ? keyBeside(database) : { key },
    },
    delivery: {
      maxRetries: values.webhookMaxRetries,
      timeout: values.webhookTimeout * 1000,
      workers: values.webhookWorkers,
    },
  }
}

/** Beside a file; servers that share a database share no file, and each would make a key of its own. */
function keyBeside(database: DatabaseLocation): SecretKey {
  return database.engine === 'sqlite' ? { file: `${database.file}.key` } : { missing: true }
}

function checkSchemes(given: readonly string[], source: string): readonly string[] {
  const schemes = given.map((scheme) => scheme.toLowerCase())
  const unknown = schemes.find((scheme) => scheme !== 'https' && scheme !== 'http')
  if (unknown !== undefined) throw new UsageError(`${source} takes https, http or both, got '${unknown}'.`)
  return schemes.length === 0 ? ['https'] : schemes
}
