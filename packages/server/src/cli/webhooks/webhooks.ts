import { UsageError } from '../../flags.ts'
import type { Flags } from '../../flags.ts'
import { clientCommand, sharedFlagGroups } from '../client/client-command.ts'
import { confirmDeletion, yesFlag } from '../client/confirmation.ts'
import { writeDone, writeList } from '../client/output.ts'
import type { CommandGroup } from '../command.ts'
import { writeFacts, writeTitle } from '../terminal/facts.ts'
import { jsonText } from '../terminal/json-text.ts'
import { localTime } from '../terminal/local-time.ts'
import { printable } from '../terminal/printable.ts'
import { listDeliveries, redeliver } from './deliveries.ts'
import { eventFields, findWebhook, kindsOf, readSecret, secretFlags, webhookArgument } from './webhook-arguments.ts'

const eventFlag = {
  event: {
    name: 'event',
    type: 'repeated',
    placeholder: 'KIND',
    help: 'Kind of event that is sent, as model_version.created; may be given again. `trackway webhooks kinds` lists them.',
  },
} as const satisfies Flags

const describingFlags = {
  description: { name: 'description', type: 'string', help: 'What it is for.' },
  status: { name: 'status', type: 'string', choices: ['ACTIVE', 'DISABLED'], help: 'Whether events are sent.' },
} as const satisfies Flags

const listWebhooks = clientCommand({
  name: 'list',
  summary: 'List webhooks, the newest first.',
  examples: [{ what: '', line: 'trackway webhooks list' }],
  args: {},
  flags: {},
  run: async ({ client, terminal, output }) => {
    const { paginate } = await import('@trackway/sdk')
    await writeList(
      { terminal, output },
      paginate(client, 'listWebhooks', { max_results: 1000, all_events: true }),
      [
        { title: 'NAME', value: ({ name }) => name, style: () => 'bold' },
        { title: 'ID', value: (webhook) => webhook.webhook_id, whole: true },
        {
          title: 'STATUS',
          value: ({ status }) => status.toLowerCase(),
          style: ({ status }) => (status === 'ACTIVE' ? 'green' : 'dim'),
        },
        { title: 'URL', value: ({ url }) => url },
        { title: 'EVENTS', value: (webhook) => kindsOf(webhook).join(', '), spare: true },
      ],
      'There are no webhooks yet.',
    )
  },
})

const showWebhook = clientCommand({
  name: 'show',
  summary: 'Show a webhook. Its secret never leaves the server.',
  examples: [{ what: '', line: 'trackway webhooks show deploy' }],
  args: { webhook: webhookArgument },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const webhook = await findWebhook(client, args.webhook)
    if (output === 'json') return terminal.write(`${jsonText(webhook, 2)}\n`)
    await writeTitle(terminal, webhook.name, webhook.description)
    await writeFacts(terminal, [
      ['Id', webhook.webhook_id],
      ['URL', webhook.url],
      ['Status', webhook.status.toLowerCase()],
      ['Created', localTime(webhook.creation_timestamp)],
      ['Updated', localTime(webhook.last_updated_timestamp)],
      ...kindsOf(webhook).map((kind, index): [string, string] => [index === 0 ? 'Events' : '', kind]),
    ])
  },
})

const createWebhook = clientCommand({
  name: 'create',
  summary: 'Have events sent to an address.',
  description: [
    'The secret is read from a variable or a file, never from the command line: that stands in the history of ' +
      'the shell, in the list of processes and in the logs of CI.',
  ],
  examples: [
    {
      what: 'CI deploys what comes to Production',
      line:
        'trackway webhooks create deploy https://ci.example.com/hooks/deploy ' +
        '--event model_version.stage_transitioned --secret-env DEPLOY_SECRET',
    },
  ],
  args: {
    name: { name: 'NAME', help: 'Letters, digits, and . _ - between; 63 characters at most.' },
    url: { name: 'URL', help: 'Where events are sent to.' },
  },
  flags: { ...eventFlag, ...secretFlags, ...describingFlags },
  run: async ({ client, terminal, output, args, values: { event, description, status, ...secretSource } }) => {
    if (event.length === 0) throw new UsageError('Which events? Give --event, once for each kind.')
    const secret = await readSecret(terminal, secretSource)
    const { webhook } = await client.createWebhook({
      ...args,
      ...(await givenEvents(event)),
      ...(secret !== undefined && { secret }),
      ...(description !== undefined && { description }),
      ...(status !== undefined && { status }),
    })
    await writeDone({ terminal, output }, `Made ${webhook.name}, ${webhook.webhook_id}.`, webhook)
  },
})

const updateWebhook = clientCommand({
  name: 'update',
  summary: 'Change a webhook. What no flag names stays as it is.',
  examples: [
    { what: 'pause it', line: 'trackway webhooks update deploy --status disabled' },
    { what: 'a new secret', line: 'trackway webhooks update deploy --secret-file /run/secrets/deploy' },
  ],
  args: { webhook: webhookArgument },
  flags: {
    name: { name: 'name', type: 'string', help: 'Its new name.' },
    url: { name: 'url', type: 'string', help: 'Where events are sent to from now on.' },
    event: { ...eventFlag.event, help: `Replaces the kinds that it has. ${eventFlag.event.help}` },
    ...secretFlags,
    noSecret: { name: 'no-secret', type: 'boolean', help: 'Takes the secret away: what is sent is not signed.' },
    ...describingFlags,
  },
  run: async ({ client, terminal, output, args, values: { event, noSecret, secretEnv, secretFile, ...plain } }) => {
    const given = Object.entries(plain).filter(([, value]) => value !== undefined)
    const secret = noSecret ? '' : await readSecret(terminal, { secretEnv, secretFile })
    const change = {
      ...(Object.fromEntries(given) as { name?: string; url?: string; description?: string }),
      ...(event.length > 0 && (await eventFields(event))),
      ...(secret !== undefined && { secret }),
    }
    if (Object.keys(change).length === 0) throw new UsageError('What is to change? Give at least one flag.')
    const { webhook_id: id } = await findWebhook(client, args.webhook)
    const { webhook } = await client.updateWebhook({ webhook_id: id, ...change })
    await writeDone({ terminal, output }, `Changed ${webhook.name}.`, webhook)
  },
})

const deleteWebhook = clientCommand({
  name: 'delete',
  summary: 'Delete a webhook with the record of its deliveries.',
  examples: [{ what: '', line: 'trackway webhooks delete deploy --yes' }],
  args: { webhook: webhookArgument },
  flags: yesFlag,
  run: async ({ client, terminal, output, args, values: { yes } }) => {
    const { webhook_id: id, name, url } = await findWebhook(client, args.webhook)
    await confirmDeletion(terminal, { what: `the webhook ${name} to ${url}`, name, yes })
    await writeDone({ terminal, output }, `Deleted ${name}.`, await client.deleteWebhook({ webhook_id: id }))
  },
})

const testWebhook = clientCommand({
  name: 'test',
  summary: 'Send an example of an event now, and tell what was answered.',
  description: ['The exit code is 1 where the receiver cannot be reached or answers anything but a status of 2xx.'],
  examples: [{ what: '', line: 'trackway webhooks test deploy --event model_version.stage_transitioned' }],
  args: { webhook: webhookArgument },
  flags: { event: { ...eventFlag.event, type: 'string', help: "Kind of event; the webhook's first when absent." } },
  run: async ({ client, terminal, output, args, values: { event } }) => {
    const { events, trackway_events: others } = await eventFields(event === undefined ? [] : [event])
    const { webhook_id: id, name } = await findWebhook(client, args.webhook)
    const { result } = await client.testWebhook({
      webhook_id: id,
      ...(events[0] !== undefined && { event: events[0] }),
      ...(others[0] !== undefined && { trackway_event: others[0] }),
    })
    const { success, response_status: answer, response_body: body, error_message: error } = result
    if (output === 'json') await terminal.write(`${jsonText(result, 2)}\n`)
    else if (success) await terminal.write(`${name} answered ${answer}${body ? `: ${printable(body)}` : '.'}\n`)
    if (success) return 0
    terminal.warn(`trackway: ${printable(`${name} failed: ${error ?? `it answered ${answer}: ${body ?? ''}`}`)}`)
    return 1
  },
})

const listKinds = clientCommand({
  name: 'kinds',
  summary: 'List the kinds of events, and what each tells.',
  description: ["Without a server. Those of MLflow's webhooks are marked; its clients know no others."],
  examples: [{ what: '', line: 'trackway webhooks kinds' }],
  args: {},
  flags: {},
  run: async ({ terminal, output }) => {
    const { eventKinds } = await import('@trackway/api')
    await writeList(
      { terminal, output },
      Object.entries(eventKinds).map(([kind, { mlflow, data }]) => ({ kind, mlflow, data })),
      [
        { title: 'KIND', value: ({ kind }) => kind, whole: true },
        { title: 'MLFLOW', value: ({ mlflow }) => (mlflow ? 'yes' : '') },
        { title: 'DATA', value: ({ data }) => data },
      ],
      '',
    )
  },
})

async function givenEvents(kinds: readonly string[]): Promise<Partial<Awaited<ReturnType<typeof eventFields>>>> {
  const { events, trackway_events: others } = await eventFields(kinds)
  return { ...(events.length > 0 && { events }), ...(others.length > 0 && { trackway_events: others }) }
}

/** `trackway webhooks`: who is told of what happens. */
export const webhooks: CommandGroup = {
  name: 'webhooks',
  summary: 'Addresses that are told of events, and what became of it.',
  description: ['A webhook goes by its id, or by its name where no other has it.'],
  examples: [
    {
      what: 'tell CI of what comes to Production, and try it',
      line:
        'trackway webhooks create deploy https://ci.example.com/hooks/deploy ' +
        '--event model_version.stage_transitioned --secret-env DEPLOY_SECRET',
    },
    { what: '', line: 'trackway webhooks test deploy' },
  ],
  commands: [
    listWebhooks,
    showWebhook,
    createWebhook,
    updateWebhook,
    deleteWebhook,
    testWebhook,
    listDeliveries,
    redeliver,
    listKinds,
  ],
  flagGroups: sharedFlagGroups,
}
