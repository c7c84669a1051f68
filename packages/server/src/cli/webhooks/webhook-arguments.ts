import { readFile } from 'node:fs/promises'

import type { Client, Request, Webhook } from '@trackway/sdk'

import { UsageError } from '../../flags.ts'
import type { Argument, Flags } from '../../flags.ts'
import { nearest } from '../../nearest.ts'
import { CommandError } from '../client/failure.ts'
import type { Terminal } from '../terminal/terminal.ts'

type WebhookEvent = NonNullable<Request<'testWebhook'>['event']>

export const webhookArgument = {
  name: 'WEBHOOK',
  help: "A webhook's id, or its name where no other has it.",
} as const satisfies Argument

export const secretFlags = {
  secretEnv: {
    name: 'secret-env',
    type: 'string',
    placeholder: 'VARIABLE',
    help: 'Environment variable that holds the secret by which the server signs what it sends.',
  },
  secretFile: {
    name: 'secret-file',
    type: 'string',
    placeholder: 'PATH',
    help: 'File that holds the secret; - is the standard input. A line break at its end does not count.',
  },
} as const satisfies Flags

/**
 * The webhook that is meant by an id or a name.
 * @throws CommandError where no webhook or more than one has it.
 */
export async function findWebhook(client: Client, given: string): Promise<Webhook> {
  const { paginate } = await import('@trackway/sdk')
  const found: Webhook[] = []
  for await (const webhook of paginate(client, 'listWebhooks', { max_results: 1000, all_events: true })) {
    if (webhook.webhook_id === given) return webhook
    if (webhook.name === given) found.push(webhook)
  }
  const [webhook] = found
  if (webhook === undefined) throw new CommandError(`No webhook has the id or name '${given}'.`)
  if (found.length === 1) return webhook
  const ids = found.map((each) => each.webhook_id).join(', ')
  throw new CommandError(`${found.length} webhooks are named '${given}': say which by its id, one of ${ids}.`)
}

/**
 * Kinds of events, as `model_version.created`, in the fields in which the wire has them.
 * @throws UsageError for a kind that does not exist.
 */
export async function eventFields(
  kinds: readonly string[],
): Promise<{ events: WebhookEvent[]; trackway_events: string[] }> {
  const { eventKinds } = await import('@trackway/api')
  const events: WebhookEvent[] = []
  const others: string[] = []
  for (const kind of kinds) {
    const known = Object.entries(eventKinds).find(([name]) => name === kind)
    if (known === undefined) {
      const suggestion = nearest(kind, Object.keys(eventKinds))
      const hint = suggestion === undefined ? 'trackway webhooks kinds lists them.' : `Did you mean '${suggestion}'?`
      throw new UsageError(`'${kind}' is no kind of event. ${hint}`)
    }
    const [entity, action] = kind.toUpperCase().split('.')
    if (known[1].mlflow) events.push({ entity, action } as WebhookEvent)
    else others.push(kind)
  }
  return { events, trackway_events: others }
}

/** The kinds of a webhook's events, as people write them. */
export function kindsOf({ events = [], trackway_events: others = [] }: Webhook): string[] {
  return [...events.map(({ entity, action }) => `${entity}.${action}`.toLowerCase()), ...others]
}

/**
 * The secret that the flags name. It is no argument itself: those stand in the shell's history, in the list of
 * processes and in CI's logs.
 */
export async function readSecret(
  terminal: Terminal,
  { secretEnv, secretFile }: { readonly secretEnv: string | undefined; readonly secretFile: string | undefined },
): Promise<string | undefined> {
  if (secretEnv !== undefined && secretFile !== undefined) {
    throw new UsageError('--secret-env and --secret-file both name the secret: give one.')
  }
  const source = secretEnv === undefined ? `--secret-file '${secretFile}'` : `--secret-env: the variable ${secretEnv}`
  if (secretEnv === undefined && secretFile === undefined) return undefined
  const text = secretEnv === undefined ? await readSecretFile(secretFile ?? '', terminal) : terminal.env[secretEnv]
  const secret = text?.replace(/\r?\n$/, '')
  if (secret === undefined || secret === '') throw new UsageError(`${source} holds nothing.`)
  return secret
}

async function readSecretFile(path: string, terminal: Terminal): Promise<string> {
  if (path === '-') return terminal.readInput()
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : (cause as Error).message
    throw new UsageError(`--secret-file '${path}' cannot be read: ${reason}.`, { cause })
  }
}
