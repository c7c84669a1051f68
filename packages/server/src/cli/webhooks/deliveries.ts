import type { WebhookDelivery } from '@trackway/sdk'

import { clientCommand } from '../client/client-command.ts'
import { limited, pageSize, writeDone, writeList } from '../client/output.ts'
import { localMinute, localTime } from '../terminal/local-time.ts'
import type { Style } from '../terminal/terminal.ts'
import { findWebhook, webhookArgument } from './webhook-arguments.ts'

const stateStyles: Readonly<Record<string, Style>> = { DELIVERED: 'green', FAILED: 'red', PENDING: 'yellow' }

export const listDeliveries = clientCommand({
  name: 'deliveries',
  summary: 'What became of the events of a webhook, the newest first.',
  examples: [
    { what: '', line: 'trackway webhooks deliveries deploy --limit 20' },
    { what: 'what did not arrive', line: 'trackway webhooks deliveries deploy --state failed' },
  ],
  args: { webhook: webhookArgument },
  flags: {
    state: {
      name: 'state',
      type: 'string',
      choices: ['PENDING', 'DELIVERED', 'FAILED'],
      help: 'Only these; FAILED ones are not tried again.',
    },
    limit: { name: 'limit', short: 'n', type: 'integer', min: 1, help: 'At most so many; all when absent.' },
  },
  run: async ({ client, terminal, output, args, values: { state, limit } }) => {
    const { paginate } = await import('@trackway/sdk')
    const { webhook_id: id, name } = await findWebhook(client, args.webhook)
    const found = paginate(client, 'listWebhookDeliveries', {
      webhook_id: id,
      max_results: pageSize(limit),
      ...(state !== undefined && { state }),
    })
    await writeList(
      { terminal, output },
      limited(found, limit),
      [
        { title: 'DELIVERY', value: (delivery) => delivery.delivery_id, whole: true },
        {
          title: 'STATE',
          value: (delivery) => delivery.state.toLowerCase(),
          style: ({ state: is }) => stateStyles[is],
        },
        { title: 'TRIES', value: ({ attempts }) => String(attempts), align: 'right' },
        { title: 'KIND', value: ({ kind }) => kind, spare: true },
        { title: 'CREATED', value: (delivery) => localMinute(delivery.creation_timestamp), spare: true },
        { title: 'ANSWER', value: answerText },
      ],
      `${name} was sent nothing${state === undefined ? ' yet' : ' of this state'}.`,
    )
  },
})

export const redeliver = clientCommand({
  name: 'redeliver',
  summary: 'Send an event again, delivered or not, under the same delivery id.',
  examples: [{ what: '', line: 'trackway webhooks redeliver deploy 5f0c3c1e-6c7e-4a55-9a3e-1f8f3b1d2c4d' }],
  args: { webhook: webhookArgument, delivery: { name: 'DELIVERY', help: "The delivery's id." } },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const { webhook_id: id, name } = await findWebhook(client, args.webhook)
    const { delivery } = await client.redeliverWebhook({ webhook_id: id, delivery_id: args.delivery })
    await writeDone({ terminal, output }, `Sends ${delivery.kind} to ${name} again.`, delivery)
  },
})

/** The receiver's last answer, why there is none, or when it is asked again. */
function answerText(delivery: WebhookDelivery): string {
  const { response_status: status, error_message: error, next_attempt_timestamp: next, state } = delivery
  const last = error || (status === undefined ? '' : String(status))
  const again = state === 'PENDING' && next !== undefined ? `again at ${localTime(next)}` : ''
  return [last, again].filter((part) => part !== '').join(', ')
}
