import type { Event, EventKind, Int64, Webhook, WebhookDelivery } from '@trackway/api'

import type { Author } from '../access/caller.ts'
import type { Page, PageRequest } from '../tracking/store.ts'

/** Which events somebody wants to see. Empty lists let all through. */
export interface EventSelection {
  /** Kinds, or entities: the part of a kind before the dot. */
  readonly kinds: readonly string[]
  /** Of runs and experiments, only those of these experiments. */
  readonly experimentIds: readonly string[]
  /** Of registered models and prompts, only those of these names. */
  readonly names: readonly string[]
}

export interface EventSearch extends PageRequest {
  readonly selection: EventSelection
  /** Only events with a greater id. */
  readonly after: Int64
  readonly newestFirst: boolean
}

/** What is read of the outbox. Each change's own transaction adds to it (`storage/sql/events.ts`). */
export interface EventStore {
  /** The id of the newest event; 0 where there is none. */
  lastId(): Promise<number>
  /** Events with greater ids, in their order. */
  after(id: number, limit: number): Promise<readonly Event[]>
  search(search: EventSearch): Promise<Page<Event>>
}

/** What a webhook may be sent. MLflow's gateway has the last one: it may be named, and never happens here. */
export type WebhookKind = EventKind | 'budget_policy.exceeded'

export interface NewWebhook {
  readonly name: string
  readonly description: string | undefined
  readonly url: string
  readonly kinds: readonly WebhookKind[]
  /** As it is stored. */
  readonly secret: string | undefined
  readonly status: Webhook['status']
}

/** What is undefined stays as it is; null takes it away. */
export interface WebhookChange {
  readonly name: string | undefined
  readonly description: string | null | undefined
  readonly url: string | undefined
  /** Of MLflow's events, and of those that MLflow lacks. */
  readonly mlflowKinds: readonly WebhookKind[] | undefined
  readonly trackwayKinds: readonly WebhookKind[] | undefined
  /** As it is stored. */
  readonly secret: string | null | undefined
  readonly status: Webhook['status'] | undefined
}

/** What to send, and where. */
export interface DueDelivery {
  readonly deliveryId: string
  readonly webhookId: string
  readonly url: string
  /** As it is stored. */
  readonly secret: string | null
  readonly event: Event
  /** How often it was sent before. */
  readonly attempts: number
}

/** What came of an attempt. */
export interface DeliveryOutcome {
  readonly deliveryId: string
  readonly state: WebhookDelivery['state']
  /** When to try again, while PENDING. */
  readonly nextAttemptTime: number | null
  readonly responseStatus: number | null
  readonly responseBody: string | null
  readonly errorMessage: string | null
}

/** @throws ApiError RESOURCE_DOES_NOT_EXIST for unknown webhooks and deliveries. */
export interface WebhookStore {
  create(webhook: NewWebhook, author: Author): Promise<Webhook>
  get(webhookId: string): Promise<Webhook>
  /** Its secret as it is stored. */
  getSecret(webhookId: string): Promise<string | null>
  list(page: PageRequest & { readonly allEvents: boolean }): Promise<Page<Webhook>>
  update(webhookId: string, change: WebhookChange, author: Author): Promise<Webhook>
  delete(webhookId: string, author: Author): Promise<void>
  deliveries(
    webhookId: string,
    page: PageRequest & { readonly state: WebhookDelivery['state'] | undefined },
  ): Promise<Page<WebhookDelivery>>
  /** Has an event sent again, now. */
  redeliver(webhookId: string, deliveryId: string, author: Author): Promise<WebhookDelivery>
}

/** Which deliveries to take. */
export interface DeliveryClaim {
  readonly limit: number
  /** How many of them may be of one webhook, so that a slow receiver does not take all. */
  readonly perWebhook: number
  /** Webhooks of which none is wanted now. */
  readonly except: readonly string[]
  readonly now: number
  /** For how long, in ms, nobody else sends them: a server that dies meanwhile has them sent again after that. */
  readonly lease: number
}

export interface ClaimedDeliveries {
  readonly due: readonly DueDelivery[]
  /** When the next one is due of the webhooks that were asked for, this moment or earlier if now; null where none waits. */
  readonly next: number | null
}

/** The way of an event from the outbox to a receiver. */
export interface DeliveryStore {
  /**
   * Turns up to `limit` events of the outbox that were not looked at yet into deliveries. Gives how many were looked at:
   * fewer than `limit` when no more are there.
   */
  plan(limit: number, now: number): Promise<number>
  /** Takes deliveries that are due, the oldest first. */
  claim(claim: DeliveryClaim): Promise<ClaimedDeliveries>
  /** Stores what came of an attempt, unless the delivery was finished or deleted meanwhile. */
  finish(outcome: DeliveryOutcome): Promise<void>
}

export interface LeaseClaim {
  /** What it is the right to do. */
  readonly name: string
  /** Who asks: one process of one server. */
  readonly holder: string
  /** How long it holds, in ms, unless it is prolonged. */
  readonly duration: number
}

/** Rights to do what must be done by one server at a time. */
export interface LeaseStore {
  hold(claim: LeaseClaim): Promise<boolean>
  drop(name: string, holder: string): Promise<void>
}
