import { type EventKind, eventKinds, type Webhook } from '@trackway/sdk'

/** Kinds of events as the dialog offers them, grouped by what they are about. */
export const eventGroups: readonly { readonly title: string; readonly kinds: readonly EventKind[] }[] = [
  { title: 'Registered models', kinds: kindsOf('registered_model', 'registered_model_tag') },
  { title: 'Versions', kinds: kindsOf('model_version', 'model_version_tag', 'model_version_alias') },
  { title: 'Requests and comments', kinds: kindsOf('transition_request', 'comment') },
  { title: 'Runs', kinds: kindsOf('run') },
  { title: 'Experiments', kinds: kindsOf('experiment') },
  { title: 'Prompts', kinds: kindsOf('prompt', 'prompt_version', 'prompt_tag', 'prompt_version_tag', 'prompt_alias') },
]

/** Entities whose events name a registered model. */
const ofModels = /^(registered_model|model_version|transition_request|comment)/

type EventFields = Pick<Webhook, 'events' | 'trackway_events'>
type WireEvent = NonNullable<Webhook['events']>[number]

/** The kinds of a webhook, MLflow's and ours in one list. */
export function kindsOfWebhook({ events = [], trackway_events: ours = [] }: EventFields): readonly string[] {
  return [...events.map(({ entity, action }) => `${entity}.${action}`.toLowerCase()), ...ours]
}

/** Kinds as the API takes them: MLflow's as pairs, ours by name. */
export function eventFields(kinds: readonly string[]): { events: WireEvent[]; trackway_events: string[] } {
  const isMlflow = (kind: string): boolean => kind in eventKinds && eventKinds[kind as EventKind].mlflow
  return {
    events: kinds.filter(isMlflow).map((kind) => {
      const [entity = '', action = ''] = kind.toUpperCase().split('.')
      return { entity: entity as WireEvent['entity'], action: action as WireEvent['action'] }
    }),
    trackway_events: kinds.filter((kind) => !isMlflow(kind)),
  }
}

/** Whether a webhook is told of anything that happens to registered models. */
export function isOfModels(webhook: EventFields): boolean {
  return kindsOfWebhook(webhook).some((kind) => ofModels.test(kind))
}

function kindsOf(...entities: readonly string[]): EventKind[] {
  return (Object.keys(eventKinds) as EventKind[]).filter((kind) => entities.includes(kind.split('.', 1)[0] ?? ''))
}
