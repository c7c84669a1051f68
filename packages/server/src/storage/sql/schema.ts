import type { Generated, Int64Column } from './column-types.ts'

/**
 * The tables. Integer keys inside, the wire's ids (`uuid`) looked up once a request. Times are milliseconds since the
 * epoch. Names of metrics, params and tags stand once in `names`; docs/decisions/0002-layout-of-the-store.md says why.
 */
export interface Schema {
  names: NamesTable
  experiments: ExperimentsTable
  experiment_tags: ExperimentTagsTable
  runs: RunsTable
  run_documents: RunDocumentsTable
  metric_points: MetricPointsTable
  latest_metrics: LatestMetricsTable
  params: RunValuesTable
  tags: RunValuesTable
  datasets: DatasetsTable
  run_datasets: RunDatasetsTable
  run_dataset_tags: RunDatasetTagsTable
  run_model_inputs: RunModelInputsTable
  run_model_outputs: RunModelOutputsTable
  logged_models: LoggedModelsTable
  logged_model_params: LoggedModelValuesTable
  logged_model_tags: LoggedModelValuesTable
  logged_model_metrics: LoggedModelMetricsTable
}

export type Lifecycle = 'active' | 'deleted'

/** The dictionary of metric, param and tag names. */
interface NamesTable {
  id: Generated<number>
  name: string
}

interface ExperimentsTable {
  id: Generated<number>
  name: string
  artifact_location: string
  lifecycle_stage: Lifecycle
  creation_time: Int64Column
  last_update_time: Int64Column
}

interface ExperimentTagsTable {
  experiment_id: number
  key: string
  value: string
}

interface RunsTable {
  id: Generated<number>
  uuid: string
  experiment_id: number
  name: string
  user_id: string
  status: string
  start_time: Int64Column
  end_time: Int64Column | null
  artifact_uri: string
  lifecycle_stage: Lifecycle
  /** When it was deleted, for purging later. */
  deleted_time: Int64Column | null
  /** 1 while `run_documents` has this run as it stands. */
  settled: Generated<number>
}

/** The wire's JSON of a run that has ended: a page of runs is then one row each instead of one for every value. */
interface RunDocumentsTable {
  run_id: number
  document: Uint8Array
}

/** Every point ever logged, clustered by (run, name, step). */
interface MetricPointsTable {
  run_id: number
  name_id: number
  step: Int64Column
  timestamp: Int64Column
  value: number
}

/** The point with the highest (step, timestamp, value) of each metric of a run: what search filters and orders by. */
interface LatestMetricsTable {
  run_id: number
  name_id: number
  value: number
  timestamp: Int64Column
  step: Int64Column
  /** 1 once the metric's times do not grow with its steps, so that a history in order of time must be sorted. */
  disordered: number
}

interface RunValuesTable {
  run_id: number
  name_id: number
  value: string
}

interface DatasetsTable {
  id: Generated<number>
  experiment_id: number
  name: string
  digest: string
  source_type: string
  source: string
  schema: string | null
  profile: string | null
}

interface RunDatasetsTable {
  run_id: number
  dataset_id: number
}

interface RunDatasetTagsTable {
  run_id: number
  dataset_id: number
  key: string
  value: string
}

interface RunModelInputsTable {
  run_id: number
  model_uuid: string
}

interface RunModelOutputsTable {
  run_id: number
  model_uuid: string
  step: Int64Column
}

/** Texts that were not given are ''. */
interface LoggedModelsTable {
  id: Generated<number>
  uuid: string
  experiment_id: number
  name: string
  model_type: string
  source_run_uuid: string
  status: string
  status_message: string
  artifact_uri: string
  creation_time: Int64Column
  last_update_time: Int64Column
  lifecycle_stage: Lifecycle
}

interface LoggedModelValuesTable {
  model_id: number
  key: string
  value: string
}

/** Every point that measures a logged model, clustered so that a metric's latest one is the last of its key. */
interface LoggedModelMetricsTable {
  model_id: number
  key: string
  timestamp: Int64Column
  step: Int64Column
  run_id: number
  /** '' when not given. */
  dataset_name: string
  dataset_digest: string
  value: number
}
