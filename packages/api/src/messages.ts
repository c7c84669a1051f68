import type { fileInfo as fileInfoSchema } from './artifacts.ts'
import type { dataset as datasetSchema, datasetInput as datasetInputSchema } from './datasets.ts'
import type { experiment as experimentSchema, tag as tagSchema } from './experiments.ts'
import type { loggedModel as loggedModelSchema } from './logged-models.ts'
import type {
  metric as metricSchema,
  param as paramSchema,
  run as runSchema,
  runInfo as runInfoSchema,
} from './runs.ts'
import type { Static } from './schema.ts'

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
export type FileInfo = Static<typeof fileInfoSchema>

export { runInfo as runInfoSchema } from './runs.ts'
