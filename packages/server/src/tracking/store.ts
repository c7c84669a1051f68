import type { Dataset, Experiment, Int64, LoggedModel, Run, RunInfo, View } from '@trackway/api'

import type { Author } from '../access/caller.ts'
import type { FieldKind, Filter, ModelOrderTerm, OrderTerm, RunOrderTerm } from '../search/filter.ts'
import type { GroupPage, GroupRequest } from './run-grouping.ts'
import type { RunExportStore } from './run-export-store.ts'

export type Lifecycle = 'active' | 'deleted'
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'
export type RunStatus = RunInfo['status']

/** A point of a metric. Times are milliseconds since the epoch. */
export interface MetricPoint {
  readonly key: string
  readonly value: number
  readonly timestamp: Int64
  readonly step: Int64
  /** The logged model that it measures, and the dataset it was measured on. */
  readonly modelId?: string | undefined
  readonly datasetName?: string | undefined
  readonly datasetDigest?: string | undefined
}

export interface KeyValue {
  readonly key: string
  readonly value: string
}

/** One page of a search. `token` is null on the last page. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly token: string | null
}

/** What a search asks for. `query` identifies all but the page, so that a page token cannot be used with another. */
export interface PageRequest {
  readonly maxResults: number
  readonly pageToken: string | undefined
}

export interface NewRun {
  readonly runId: string
  readonly experimentId: string
  readonly name: string
  readonly userId: string
  readonly startTime: Int64
  readonly tags: readonly KeyValue[]
}

export interface RunChange {
  readonly status?: RunStatus | undefined
  readonly endTime?: Int64 | undefined
  readonly name?: string | undefined
}

/** Which runs a search is about. */
export interface RunSelection {
  readonly experimentIds: readonly string[]
  readonly filter: Filter
  readonly view: ViewType
  /** Only these; with them, no experiments are any experiments. */
  readonly runIds?: readonly string[] | undefined
}

export interface RunSearch extends RunSelection, PageRequest {
  readonly orderBy: readonly RunOrderTerm[]
}

/**
 * Which of the runs that match: all of them, those that are nested in none of them, or those directly below a run. Of
 * runs that are nested in a circle, the one that was made first counts as nested in none.
 */
export type RunLevel = 'ALL' | 'ROOTS' | { readonly parent: string }

/** A run's wire JSON in pieces, each text or UTF-8: what is long is copied once only, where it is sent. */
export type RunDocument = readonly (string | Uint8Array)[]

/** A page of runs, read block by block as they are taken. */
export interface RunPage {
  readonly blocks: AsyncIterable<readonly RunDocument[]>
  readonly token: string | null
}

/** A value to show of each run of a page. */
export interface RunColumn {
  readonly on: Exclude<FieldKind, 'dataset'>
  readonly key: string
  /** Which of a metric's values. */
  readonly value: 'LAST' | 'MIN' | 'MAX' | 'COUNT'
}

/** A run with the values of the columns asked for, in their order; null for none. */
export interface QueriedRun {
  readonly runId: string
  readonly name: string
  readonly experimentId: string
  readonly status: string
  readonly lifecycle: Lifecycle
  readonly startTime: Int64
  readonly endTime: Int64 | null
  /** The run that its tag names, be there such a run or not; undefined without one. */
  readonly parentId: string | undefined
  /** How many matching runs are directly below it; undefined where all levels are asked for. */
  readonly children: number | undefined
  readonly values: readonly ColumnValue[]
}

export type ColumnValue = string | number | bigint | null

export interface RunCounts {
  readonly total: number
  readonly running: number
}

/** A page of runs, and how many there are in all: of the level asked for, and of all levels. */
export interface QueriedPage extends Page<QueriedRun>, RunCounts {
  readonly matching: RunCounts
}

/** A field that runs have, or may have. */
export type FacetField = Pick<RunColumn, 'on' | 'key'>

export interface FacetRequest {
  /** All when undefined. */
  readonly fields: readonly FacetField[] | undefined
  /** How many values of a field are listed at most. */
  readonly values: number
  /** Of each histogram; 0 for none. */
  readonly bins: number
}

/** The values of a field over some runs, in short. */
export interface RunFacet extends FacetField {
  readonly runs: number
  /** Counted up to 1,000. */
  readonly distinct: number
  /** Of texts, the most frequent first. */
  readonly values: readonly { readonly value: string; readonly runs: number }[] | undefined
  /** Of its finite numbers; undefined where it has none or not only numbers. */
  readonly range: { readonly min: number; readonly max: number } | undefined
  readonly histogram: readonly number[] | undefined
}

/** `counted` of the `total` runs that match, the newest of them, are what the facets are about. */
export interface RunFacets {
  readonly total: number
  readonly counted: number
  readonly facets: readonly RunFacet[]
}

export interface ExperimentSearch extends PageRequest {
  readonly filter: Filter
  readonly orderBy: readonly OrderTerm[]
  readonly view: ViewType
}

/** A block of a metric's history: step, timestamp and value of each point, in order. */
export type PointRows = readonly (readonly [step: Int64, timestamp: Int64, value: number])[]

/**
 * What tracking needs of a storage. Each method is atomic. Unknown ids reject with RESOURCE_DOES_NOT_EXIST, writes to
 * deleted things with INVALID_PARAMETER_VALUE, each with a message for the caller. Ids are those of the wire.
 */
export interface TrackingStore {
  readonly experiments: ExperimentStore
  readonly runs: RunStore
  readonly metrics: MetricStore
  readonly datasets: DatasetStore
  readonly loggedModels: LoggedModelStore
  readonly views: ViewStore
}

export interface ExperimentSummary {
  readonly experimentId: string
  readonly runs: number
  readonly running: number
  /** When a run last began or ended; null where there is none. */
  readonly lastActivity: Int64 | null
}

/** The metric that an experiment is about, as its newest runs have it. */
export interface ExperimentHeadline {
  readonly experimentId: string
  readonly metric: string
  readonly lowerIsBetter: boolean
  readonly best: number
  readonly bestRunId: string
  /** The newest last. */
  readonly recent: readonly number[]
}

export interface ExperimentStore {
  /** @returns the new id. `artifactLocation` is made from the id where none is given. */
  create(
    experiment: {
      name: string
      artifactLocation: string | undefined
      tags: readonly KeyValue[]
    },
    author: Author,
  ): Promise<string>
  get(experimentId: string): Promise<Experiment>
  getByName(name: string): Promise<Experiment>
  search(search: ExperimentSearch): Promise<Page<Experiment>>
  /** Of these experiments, or of all that are active where none is named. */
  summaries(experimentIds: readonly string[]): Promise<readonly ExperimentSummary[]>
  /** Of these experiments, but for those without a number to show. */
  headlines(experimentIds: readonly string[]): Promise<readonly ExperimentHeadline[]>
  rename(experimentId: string, name: string, author: Author): Promise<void>
  delete(experimentId: string, author: Author): Promise<void>
  restore(experimentId: string, author: Author): Promise<void>
  setTag(experimentId: string, tag: KeyValue): Promise<void>
  deleteTag(experimentId: string, key: string): Promise<void>
}

export interface RunStore extends RunExportStore {
  create(run: NewRun, author: Author): Promise<Run>
  /** The run's wire JSON. */
  getDocument(runId: string): Promise<RunDocument>
  search(search: RunSearch): Promise<RunPage>
  /** As `search`, with the columns asked for only. */
  query(search: RunSearch, level: RunLevel, columns: readonly RunColumn[]): Promise<QueriedPage>
  groups(selection: RunSelection, request: GroupRequest): Promise<GroupPage>
  /** The fields that the runs have, by kind, then by key. */
  facets(selection: RunSelection, request: FacetRequest): Promise<RunFacets>
  update(runId: string, change: RunChange, author: Author): Promise<RunInfo>
  delete(runId: string, author: Author): Promise<void>
  restore(runId: string, author: Author): Promise<void>
  /**
   * Moves all of them or none; the number of those that were in another experiment. Their datasets are then those of
   * the new experiment; artifacts and logged models stay where they are.
   */
  move(runIds: readonly string[], experimentId: string, author: Author): Promise<number>
  /** Stores all of it or nothing: metric points, params that may not change and tags that may. */
  log(
    runId: string,
    values: { metrics: readonly MetricPoint[]; params: readonly KeyValue[]; tags: readonly KeyValue[] },
  ): Promise<void>
  deleteTag(runId: string, key: string): Promise<void>
  /** Replaces a tag by what `change` makes of its present value. */
  changeTag(runId: string, key: string, change: (value: string | undefined) => string): Promise<void>
  artifactUri(runId: string): Promise<string>
}

export interface MetricStore {
  /**
   * A history in blocks, in order of timestamp, step, value; nothing for an unknown metric or run.
   * @param range where it begins, behind a point, and how many points it has at most; all of it where undefined.
   */
  history(
    runId: string,
    key: string,
    range: { after: PointRows[number] | undefined; limit: number | undefined },
  ): AsyncIterable<PointRows>
  /** About `limit` points of each run, evenly over the steps, the first and the last of each among them. */
  sample(
    runIds: readonly string[],
    key: string,
    range: { limit: number; startStep: number | undefined; endStep: number | undefined },
  ): Promise<readonly { runId: string; points: PointRows }[]>
  /** Curves by key, then by run, one at a time. What a run lacks and unknown runs are left out. */
  curves(request: CurveRequest): AsyncIterable<Curve>
}

/**
 * What the curves of metrics are drawn over: steps, ms since the epoch, ms since the run began, or the values of another
 * metric of the run at the same steps.
 */
export type CurveAxis = 'STEP' | 'TIME' | 'RELATIVE' | 'METRIC'

export interface CurveRequest {
  readonly runIds: readonly string[]
  readonly keys: readonly string[]
  readonly axis: CurveAxis
  /** The metric that METRIC reads x from; other axes have none. */
  readonly xKey: string | undefined
  /** The range of x, both ends included. */
  readonly from: number
  readonly to: number
  /** How many points a curve has at most. */
  readonly buckets: number
  /** Curves whose latest point is not younger are left out. */
  readonly changedSince: Int64 | undefined
}

/** A curve, whole or sampled. All lists are of one length. */
export interface Curve {
  readonly runId: string
  readonly key: string
  /** How many points there are in the range. */
  readonly points: number
  readonly x: readonly number[]
  readonly last: readonly number[]
  /** The least and the greatest value of each bucket; undefined where the curve is whole. NaN where it has only NaN. */
  readonly extremes: { readonly min: readonly number[]; readonly max: readonly number[] } | undefined
}

export interface DatasetInput {
  readonly dataset: Dataset
  readonly tags: readonly KeyValue[]
}

export interface DatasetSummary {
  readonly experiment_id: string
  readonly name: string
  readonly digest: string
  readonly context?: string | undefined
}

export interface DatasetStore {
  /** A dataset is known by name and digest in its experiment. What a run has already, it keeps as it is. */
  logInputs(runId: string, datasets: readonly DatasetInput[], modelIds: readonly string[]): Promise<void>
  logOutputs(runId: string, models: readonly { modelId: string; step: Int64 }[]): Promise<void>
  summaries(experimentIds: readonly string[], limit: number): Promise<readonly DatasetSummary[]>
}

export interface NewLoggedModel {
  readonly modelId: string
  readonly experimentId: string
  readonly name: string
  readonly modelType: string | undefined
  readonly sourceRunId: string | undefined
  readonly params: readonly KeyValue[]
  readonly tags: readonly KeyValue[]
  readonly now: number
}

export interface LoggedModelSearch extends PageRequest {
  readonly experimentIds: readonly string[]
  readonly filter: Filter
  readonly orderBy: readonly ModelOrderTerm[]
  /** Metrics count only when measured on one of these; on any where empty. */
  readonly datasets: readonly { name: string; digest: string | undefined }[]
}

/** A deleted model is unknown to all but `get` with `allowDeleted` and `delete`. */
export interface LoggedModelStore {
  create(model: NewLoggedModel): Promise<LoggedModel>
  get(modelId: string, options: { allowDeleted: boolean }): Promise<LoggedModel>
  search(search: LoggedModelSearch): Promise<Page<LoggedModel>>
  finalize(modelId: string, status: LoggedModel['info']['status'], now: number): Promise<LoggedModel>
  delete(modelId: string, now: number): Promise<void>
  setTags(modelId: string, tags: readonly KeyValue[]): Promise<void>
  deleteTag(modelId: string, key: string): Promise<void>
  /** Stores all of them or none; a param that is there keeps its value. */
  logParams(modelId: string, params: readonly KeyValue[]): Promise<void>
  artifactUri(modelId: string): Promise<string>
}

export interface NewView {
  readonly name: string
  /** None where it is about several experiments: it is then no default. */
  readonly experimentId: string | undefined
  /** JSON text. */
  readonly state: string
  readonly isDefault: boolean
}

/** What is undefined stays as it is. */
export interface ViewChange {
  readonly name: string | undefined
  readonly state: string | undefined
  readonly isDefault: boolean | undefined
}

/** An experiment has one default at most: a new one takes the place of the former. */
export interface ViewStore {
  create(view: NewView, author: Author): Promise<View>
  /** By name: those of the experiment, or those of none. An unknown experiment has none. */
  list(experimentId: string | undefined): Promise<readonly View[]>
  get(viewId: string): Promise<View>
  update(viewId: string, change: ViewChange, now: number): Promise<View>
  delete(viewId: string): Promise<void>
}
