import type { DataEndpointName, Request, Response } from '@trackway/api'

import type { Caller } from './access/caller.ts'
import { createEventHandlers } from './events/events.ts'
import type { EventStore, WebhookStore } from './events/store.ts'
import { createWebhookHandlers } from './events/webhooks.ts'
import type { WebhookRules } from './events/webhooks.ts'
import { createModelVersionHandlers } from './registry/model-versions.ts'
import { createRegisteredModelHandlers } from './registry/registered-models.ts'
import type { RegistryStore } from './registry/store.ts'
import { createTransitionHandlers } from './registry/transition-requests.ts'
import { createDatasetHandlers } from './tracking/datasets.ts'
import type { EncodedReply } from './tracking/encoded-reply.ts'
import { createExperimentHandlers } from './tracking/experiments.ts'
import { createLoggedModelHandlers } from './tracking/logged-models.ts'
import { createMetricSeriesHandlers } from './tracking/metric-series.ts'
import { createMetricHandlers } from './tracking/metrics.ts'
import { createExportHandlers } from './tracking/run-export.ts'
import { createRunFacetHandlers } from './tracking/run-facets.ts'
import { createRunGroupHandlers } from './tracking/run-groups.ts'
import { createRunImportanceHandlers } from './tracking/run-importance.ts'
import { createRunMoveHandlers } from './tracking/run-moves.ts'
import { createRunQueryHandlers } from './tracking/run-query.ts'
import { createRunHandlers } from './tracking/runs.ts'
import type { TrackingStore } from './tracking/store.ts'
import { createViewHandlers } from './tracking/views.ts'

/** One handler for each endpoint that moves JSON; it knows nothing of HTTP or SQL. A missing one does not compile. */
export type Handlers = {
  readonly [K in DataEndpointName]: (request: Request<K>, caller: Caller) => Promise<Response<K> | EncodedReply>
}

/** What the handlers may be set to. */
export interface HandlerOptions {
  /** Whether over-long param and tag values are cut, as MLflow does by default, or refused. */
  readonly truncateLongValues: boolean
  /** A regular expression that sources of new model versions must match somewhere; null for any. */
  readonly versionSourcePattern: string | null
  readonly webhooks: WebhookRules
}

export interface Store extends TrackingStore {
  readonly registry: RegistryStore
  readonly events: EventStore
  readonly webhooks: WebhookStore
}

export function createHandlers(store: Store, options: HandlerOptions): Handlers {
  return {
    ...createExperimentHandlers(store),
    ...createRunHandlers(store, options),
    ...createRunQueryHandlers(store),
    ...createRunFacetHandlers(store),
    ...createRunGroupHandlers(store),
    ...createRunImportanceHandlers(store),
    ...createExportHandlers(store),
    ...createRunMoveHandlers(store),
    ...createMetricHandlers(store),
    ...createMetricSeriesHandlers(store),
    ...createDatasetHandlers(store),
    ...createLoggedModelHandlers(store),
    ...createViewHandlers(store),
    ...createRegisteredModelHandlers(store.registry),
    ...createModelVersionHandlers(store.registry, options),
    ...createTransitionHandlers(store.registry),
    ...createEventHandlers(store.events),
    ...createWebhookHandlers(store.webhooks, options.webhooks),
  }
}
