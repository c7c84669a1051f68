import type { Store } from '../../handlers.ts'
import type { DeliveryStore, LeaseStore } from '../../events/store.ts'
import type { Database } from './database.ts'
import { createDeliveryStore } from './deliveries.ts'
import { createEventStore } from './event-store.ts'
import { dropLease, holdLease } from './leases.ts'
import { createModelVersionStore } from './model-versions.ts'
import { createRegisteredModelStore } from './registered-models.ts'
import { createTrackingStore } from './tracking-store.ts'
import type { SqlTrackingStore } from './tracking-store.ts'
import { createTransitionStore } from './transitions.ts'
import { createWebhookStore } from './webhooks.ts'

export interface SqlStore extends SqlTrackingStore, Store {
  readonly deliveries: DeliveryStore
  readonly leases: LeaseStore
}

/** @param artifactRoot where the artifacts of experiments lie that name no place of their own. */
export function createSqlStore(database: Database, artifactRoot: string): SqlStore {
  return {
    ...createTrackingStore(database, artifactRoot),
    registry: {
      models: createRegisteredModelStore(database),
      versions: createModelVersionStore(database),
      transitions: createTransitionStore(database),
    },
    events: createEventStore(database),
    webhooks: createWebhookStore(database),
    deliveries: createDeliveryStore(database),
    leases: {
      hold: (claim) => holdLease(database, claim),
      drop: (name, holder) => dropLease(database, name, holder),
    },
  }
}
