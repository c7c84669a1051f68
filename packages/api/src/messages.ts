import type { fileInfo as fileInfoSchema } from './artifacts.ts'
import type { dataset as datasetSchema, datasetInput as datasetInputSchema } from './datasets.ts'
import type { event as eventSchema } from './events.ts'
import type { experiment as experimentSchema, tag as tagSchema } from './experiments.ts'
import type { loggedModel as loggedModelSchema } from './logged-models.ts'
import type { modelVersion as modelVersionSchema } from './model-versions.ts'
import type {
  registeredModel as registeredModelSchema,
  registeredModelSettings as registeredModelSettingsSchema,
} from './registered-models.ts'
import type {
  metric as metricSchema,
  param as paramSchema,
  run as runSchema,
  runInfo as runInfoSchema,
} from './runs.ts'
import type { Static } from './schema.ts'
import type { activity as activitySchema, transitionRequest as transitionRequestSchema } from './transition-requests.ts'
import type { view as viewSchema } from './views.ts'
import type { delivery as deliverySchema, webhook as webhookSchema } from './webhooks.ts'

/** The messages of the wire as TypeScript types, with MLflow's field names. */
export type Experiment = Static<typeof experimentSchema>
export type Tag = Static<typeof tagSchema>
export type Run = Static<typeof runSchema>
export type RunInfo = Static<typeof runInfoSchema>
export type Metric = Static<typeof metricSchema>
export type Param = Static<typeof paramSchema>
export type Dataset = Static<typeof datasetSchema>
export type DatasetInput = Static<typeof datasetInputSchema>
export type LoggedModel = Static<typeof loggedModelSchema>
export type RegisteredModel = Static<typeof registeredModelSchema>
export type RegisteredModelSettings = Static<typeof registeredModelSettingsSchema>
export type ModelVersion = Static<typeof modelVersionSchema>
export type Activity = Static<typeof activitySchema>
export type TransitionRequest = Static<typeof transitionRequestSchema>
export type Event = Static<typeof eventSchema>
export type Webhook = Static<typeof webhookSchema>
export type WebhookDelivery = Static<typeof deliverySchema>
export type View = Static<typeof viewSchema>
export type FileInfo = Static<typeof fileInfoSchema>

export { event as eventSchema, eventKinds, type EventKind } from './events.ts'
export { stages, type Stage } from './model-versions.ts'
export { runInfo as runInfoSchema } from './runs.ts'
