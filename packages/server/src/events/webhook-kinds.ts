import { eventKinds, invalidParameter } from '@trackway/api'
import type { EventKind, Webhook } from '@trackway/api'

import type { WebhookKind } from './store.ts'

/** An event as MLflow's clients name it, in capitals. */
export type MlflowEvent = NonNullable<Webhook['events']>[number]

/** MLflow's gateway has it; a webhook may name it, and it never happens here. */
const budgetExceeded = 'budget_policy.exceeded'

const kinds = Object.keys(eventKinds) as EventKind[]
/** The kinds that MLflow's clients know. */
export const mlflowKinds: readonly WebhookKind[] = [...kinds.filter((kind) => eventKinds[kind].mlflow), budgetExceeded]
const trackwayKinds: readonly string[] = kinds.filter((kind) => !eventKinds[kind].mlflow)

/** @throws ApiError INVALID_PARAMETER_VALUE where MLflow has no such event (`VALID_ENTITY_ACTIONS`). */
export function mlflowKind({ entity, action }: MlflowEvent): WebhookKind {
  const kind = `${entity}.${action}`.toLowerCase()
  const found = mlflowKinds.find((one) => one === kind)
  if (found) return found
  const name = entity.toLowerCase()
  const actions = mlflowKinds.filter((one) => one.startsWith(`${name}.`)).map((one) => one.split('.', 2)[1])
  const allowed =
    actions.length > 0
      ? `Valid actions are: ${actions.join(', ')}.`
      : `Valid entities are: ${[...new Set(mlflowKinds.map((one) => one.split('.', 1)[0]))].join(', ')}.`
  const hint = trackwayKinds.includes(kind) ? ` Name ${kind} in trackway_events: MLflow has no such event.` : ''
  throw invalidParameter(`Invalid action '${action.toLowerCase()}' for entity '${name}'. ${allowed}${hint}`)
}

/** @throws ApiError INVALID_PARAMETER_VALUE with the kinds that there are. */
export function trackwayKind(kind: string): WebhookKind {
  if (trackwayKinds.includes(kind)) return kind as WebhookKind
  if (Object.hasOwn(eventKinds, kind)) {
    throw invalidParameter(`'${kind}' is an event of MLflow: name it in events, as ${JSON.stringify(toMlflow(kind))}.`)
  }
  throw invalidParameter(
    `Unknown event ${JSON.stringify(kind.slice(0, 100))} in trackway_events. There are: ${trackwayKinds.join(', ')}.`,
  )
}

/** The two lists of a webhook of the wire. */
export function toEventFields(stored: readonly string[]): Required<Pick<Webhook, 'events' | 'trackway_events'>> {
  const isMlflow = (kind: string): boolean => !trackwayKinds.includes(kind)
  return {
    events: stored.filter(isMlflow).map(toMlflow),
    trackway_events: stored.filter((kind) => !isMlflow(kind)),
  }
}

function toMlflow(kind: string): MlflowEvent {
  const [entity, action] = kind.toUpperCase().split('.', 2)
  return { entity, action } as MlflowEvent
}
