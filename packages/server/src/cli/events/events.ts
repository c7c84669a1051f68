import type { Client, Event, Request } from '@trackway/sdk'

import { UsageError } from '../../flags.ts'
import { nearest } from '../../nearest.ts'
import { clientCommand } from '../client/client-command.ts'
import { limited, pageSize } from '../client/output.ts'
import { jsonText } from '../terminal/json-text.ts'
import { eventLine } from './event-line.ts'
import { follow } from './follow.ts'

/** How many of the newest are shown where nothing says where to begin. */
const shownEvents = 50

/** `trackway events`: what was changed, and what is changed while one looks on. */
export const events = clientCommand({
  name: 'events',
  summary: 'What was changed, and by whom; live with --follow.',
  description: [
    `Without --after it begins with the newest ${shownEvents}, or those of --limit. With --follow it tells what happens ` +
      'from now on, or behind --after, until it is stopped; a connection that breaks is made again, and no event is lost.',
    'With --output json each event is one line. Its id is what --after takes the next time.',
  ],
  examples: [
    { what: 'the newest events', line: 'trackway events' },
    { what: 'everything about one model', line: 'trackway events --model churn --after 0' },
    { what: 'stage changes as they happen', line: 'trackway events --follow --kind model_version.stage_transitioned' },
    {
      what: 'wait until churn is in another stage',
      line: 'trackway events -f --kind model_version.stage_transitioned --model churn --limit 1 -o json | jq .data',
    },
  ],
  args: {},
  flags: {
    follow: { name: 'follow', short: 'f', type: 'boolean', help: 'Goes on with what happens.' },
    kind: {
      name: 'kind',
      type: 'repeated',
      placeholder: 'KIND',
      help: 'Only this kind, as run.failed, or all of an entity, as model_version; may be given again.',
    },
    model: {
      name: 'model',
      type: 'repeated',
      placeholder: 'NAME',
      help: 'Only of this registered model or prompt; may be given again.',
    },
    experimentId: {
      name: 'experiment-id',
      type: 'repeated',
      placeholder: 'ID',
      help: 'Of runs and experiments, only those of this one; may be given again.',
    },
    after: { name: 'after', type: 'integer', placeholder: 'ID', help: 'Only events behind this id; 0 for all.' },
    limit: { name: 'limit', short: 'n', type: 'integer', min: 1, help: 'Ends after so many.' },
  },
  run: async ({ client, terminal, output, values: { follow: live, kind, model, experimentId, after, limit } }) => {
    const kinds = await selectedKinds(kind, model.length > 0, experimentId.length > 0)
    const selection = {
      ...(kinds.length > 0 && { kinds }),
      ...(model.length > 0 && { names: [...model] }),
      ...(experimentId.length > 0 && { experiment_ids: [...experimentId] }),
    }
    const onLoss = (reason: string): void => terminal.warn(`trackway: ${reason}.`)
    const found = live
      ? limited(follow({ client, selection, after, onLoss }), limit)
      : await pastEvents(client, selection, after, limit)
    for await (const event of found) {
      await terminal.write(output === 'json' ? `${jsonText(event)}\n` : eventLine(terminal, event))
    }
  },
})

async function pastEvents(
  client: Client,
  selection: Request<'listEvents'>,
  after: number | undefined,
  limit: number | undefined,
): Promise<AsyncIterable<Event> | Iterable<Event>> {
  const { paginate } = await import('@trackway/sdk')
  if (after !== undefined) {
    return limited(paginate(client, 'listEvents', { ...selection, after, max_results: pageSize(limit) }), limit)
  }
  const most = limit ?? shownEvents
  const request = { ...selection, newest_first: true, max_results: pageSize(most) }
  const newest: Event[] = []
  for await (const event of limited(paginate(client, 'listEvents', request), most)) newest.push(event)
  return newest.toReversed()
}

/**
 * The kinds to ask for: those given, else what can be about a model where one is named, and about an experiment where
 * one is. The server applies a name only to events that have one, and gives all others.
 * @throws UsageError for what is neither a kind nor an entity.
 */
async function selectedKinds(given: readonly string[], ofModels: boolean, ofExperiments: boolean): Promise<string[]> {
  if (given.length === 0 && ofModels === ofExperiments) return []
  const { eventKinds } = await import('@trackway/api')
  const kinds = Object.keys(eventKinds)
  const entities = [...new Set(kinds.map((kind) => kind.replace(/\..*/, '')))]
  if (given.length === 0) {
    return entities.filter((entity) => (entity === 'run' || entity === 'experiment') === ofExperiments)
  }
  const unknown = given.find((kind) => !kinds.includes(kind) && !entities.includes(kind))
  if (unknown === undefined) return [...given]
  const suggestion = nearest(unknown, [...kinds, ...entities])
  const hint = suggestion === undefined ? '`trackway webhooks kinds` lists them.' : `Did you mean '${suggestion}'?`
  throw new UsageError(`'${unknown}' is no kind of event. ${hint}`)
}
