import type { Dataset, Request } from '@trackway/sdk'

export type RunStatus = NonNullable<Request<'updateRun'>['status']>

/** A run as it is to be, before any server knows of it. Times are milliseconds since the epoch. */
export interface RunPlan {
  readonly name: string
  readonly user: string
  readonly startTime: number
  /** Absent while it is running. */
  readonly endTime?: number
  readonly status: RunStatus
  readonly params: Readonly<Record<string, string | number | boolean>>
  readonly series: readonly Series[]
  readonly tags: Readonly<Record<string, string>>
  readonly datasets?: readonly DatasetUse[]
  /** Made when they are written, so that few are held at once. */
  readonly files?: () => readonly PlannedFile[]
  readonly model?: ModelPlan
  readonly children?: readonly RunPlan[]
  readonly isDeleted?: true
}

/** The points of one metric, in the order of steps. */
export interface Series {
  readonly key: string
  readonly points: readonly Point[]
}

interface Point {
  readonly step: number
  readonly value: number
  readonly time: number
}

export interface DatasetUse {
  readonly dataset: Dataset
  readonly context: string
}

export interface PlannedFile {
  readonly path: string
  readonly content: string | Uint8Array<ArrayBuffer>
}

/** A model that a run makes: a folder that clients of MLflow 2 log, a logged model of MLflow 3, or both. */
export interface ModelPlan {
  readonly name: string
  readonly type: string
  readonly params: Readonly<Record<string, string | number | boolean>>
  /** What it comes to on a dataset: points of the run that name the model. */
  readonly scores: Readonly<Record<string, number>>
  readonly scoredOn: Dataset
  readonly files: (ids: { runId: string; modelId: string }) => readonly PlannedFile[]
}

/** What becomes of an experiment: its name, what is said of it, and its runs. */
export interface ExperimentPlan {
  readonly name: string
  readonly note: string
  readonly tags: Readonly<Record<string, string>>
  readonly runs: readonly RunPlan[]
  readonly isDeleted?: true
}

/** The last value of a metric; NaN where there is none. */
export function lastValue(plan: RunPlan, key: string): number {
  return plan.series.find((each) => each.key === key)?.points.at(-1)?.value ?? Number.NaN
}
