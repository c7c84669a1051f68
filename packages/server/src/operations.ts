import type { Event, Webhook } from '@trackway/api'

import type {
  ClaimedDeliveries,
  DeliveryClaim,
  DeliveryOutcome,
  DeliveryStore,
  LeaseClaim,
  EventStore,
  LeaseStore,
  WebhookStore,
} from './events/store.ts'
import type { ModelVersionStore } from './registry/store.ts'
import type { TrackingStore } from './tracking/store.ts'

export type ArtifactOwner =
  | { readonly run: string }
  | { readonly loggedModel: string }
  | { readonly name: string; readonly version: number }

/**
 * What the server itself asks of the store, beside its clients' requests. Arguments and results are plain JSON, as they
 * may travel to another thread.
 */
export interface Operations {
  /** @throws ApiError RESOURCE_DOES_NOT_EXIST */
  artifactUri(owner: ArtifactOwner): Promise<string>
  /** The id of the newest event; 0 where there is none. */
  lastEventId(): Promise<number>
  eventsAfter(range: { readonly id: number; readonly limit: number }): Promise<readonly Event[]>
  /** A webhook and its secret as it is stored. @throws ApiError RESOURCE_DOES_NOT_EXIST */
  webhookTarget(webhookId: string): Promise<{ readonly webhook: Webhook; readonly secret: string | null }>
  planDeliveries(batch: { readonly limit: number; readonly now: number }): Promise<number>
  claimDeliveries(claim: DeliveryClaim): Promise<ClaimedDeliveries>
  finishDelivery(outcome: DeliveryOutcome): Promise<void>
  /** Takes or prolongs the right to do what one server does at a time; false while another has it. */
  holdLease(claim: LeaseClaim): Promise<boolean>
  dropLease(lease: Pick<LeaseClaim, 'name' | 'holder'>): Promise<void>
}

export type OperationName = keyof Operations

/** Every operation, and whether only a writer may carry it out. */
const writes: Readonly<Record<OperationName, boolean>> = {
  artifactUri: false,
  lastEventId: false,
  eventsAfter: false,
  webhookTarget: false,
  planDeliveries: true,
  claimDeliveries: true,
  finishDelivery: true,
  holdLease: true,
  dropLease: true,
}

export function isWriting(name: OperationName): boolean {
  return writes[name]
}

/** The operations as calls of one function, which knows where each is carried out. */
export function operationsBy(operate: (name: OperationName, argument: unknown) => Promise<unknown>): Operations {
  const names = Object.keys(writes) as OperationName[]
  return Object.fromEntries(
    names.map((name) => [name, async (argument?: unknown) => operate(name, argument)]),
  ) as unknown as Operations
}

export function createOperations(store: {
  readonly runs: Pick<TrackingStore['runs'], 'artifactUri'>
  readonly loggedModels: Pick<TrackingStore['loggedModels'], 'artifactUri'>
  readonly registry: { readonly versions: Pick<ModelVersionStore, 'artifactUri'> }
  readonly events: EventStore
  readonly webhooks: WebhookStore
  readonly deliveries: DeliveryStore
  readonly leases: LeaseStore
}): Operations {
  const { events, webhooks, deliveries } = store
  return {
    artifactUri(owner) {
      if ('run' in owner) return store.runs.artifactUri(owner.run)
      if ('loggedModel' in owner) return store.loggedModels.artifactUri(owner.loggedModel)
      return store.registry.versions.artifactUri(owner.name, owner.version)
    },
    lastEventId: () => events.lastId(),
    eventsAfter: ({ id, limit }) => events.after(id, limit),
    webhookTarget: async (webhookId) => ({
      webhook: await webhooks.get(webhookId),
      secret: await webhooks.getSecret(webhookId),
    }),
    planDeliveries: ({ limit, now }) => deliveries.plan(limit, now),
    claimDeliveries: (claim) => deliveries.claim(claim),
    finishDelivery: (outcome) => deliveries.finish(outcome),
    holdLease: (claim) => store.leases.hold(claim),
    dropLease: ({ name, holder }) => store.leases.drop(name, holder),
  }
}
