import type { DataEndpointName, Request, Response } from '@trackway/api'

import type { Caller } from '../access/caller.ts'
import { createDatasetHandlers } from './datasets.ts'
import type { EncodedReply } from './encoded-reply.ts'
import { createExperimentHandlers } from './experiments.ts'
import { createLoggedModelHandlers } from './logged-models.ts'
import { createMetricHandlers } from './metrics.ts'
import { createRunHandlers } from './runs.ts'
import type { TrackingStore } from './store.ts'

/** One handler for each endpoint that moves JSON; it knows nothing of HTTP or SQL. A missing one does not compile. */
export type Handlers = {
  readonly [K in DataEndpointName]: (request: Request<K>, caller: Caller) => Promise<Response<K> | EncodedReply>
}

/** What tracking may be set to. */
export interface TrackingOptions {
  /** Whether over-long param and tag values are cut, as MLflow does by default, or refused. */
  readonly truncateLongValues: boolean
}

export function createHandlers(store: TrackingStore, options: TrackingOptions): Handlers {
  return {
    ...createExperimentHandlers(store),
    ...createRunHandlers(store, options),
    ...createMetricHandlers(store),
    ...createDatasetHandlers(store),
    ...createLoggedModelHandlers(store),
  }
}
