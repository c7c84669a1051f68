import type { Int64 } from '@trackway/api'
import { parseJson } from '@trackway/api/codec'

import type { Author } from '../../access/caller.ts'
import { parseOrderBy } from '../../search/order-by.ts'
import { parseFilter } from '../../search/parser.ts'
import type { KeyValue, MetricPoint, NewRun, RunDocument, ViewType } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import type { TestDatabase } from './test-engines.ts'
import { createTrackingStore } from './tracking-store.ts'
import type { SqlTrackingStore } from './tracking-store.ts'

/** Nobody in particular, at some time. */
export const at = (time: number): Author => ({ user: '', time })

/** A run as its JSON has it: int64 exact, NaN and the infinities as text. */
export interface WireRun {
  readonly info: {
    readonly run_id: string
    readonly run_name: string
    readonly experiment_id: string
    readonly status: string
    readonly start_time: Int64
    readonly end_time?: Int64
    readonly artifact_uri: string
    readonly lifecycle_stage: string
  }
  readonly data: {
    readonly metrics?: readonly { key: string; value: number | string; timestamp: Int64; step: Int64 }[]
    readonly params?: readonly KeyValue[]
    readonly tags?: readonly KeyValue[]
  }
  readonly inputs: Readonly<Record<string, unknown>>
  readonly outputs: Readonly<Record<string, unknown>>
}

export interface SearchText {
  readonly experiments: readonly string[]
  readonly filter?: string
  readonly orderBy?: readonly string[]
  readonly view?: ViewType
  readonly maxResults?: number
  readonly pageToken?: string | undefined
}

/** A tracking store on a database of its own, with short ways to fill it and to look into it. */
export interface TestTracking extends SqlTrackingStore {
  readonly database: Database
  readonly fill: TestDatabase['fill']
  newExperiment(name: string, artifactLocation?: string): Promise<string>
  /** A run that began at 1, without tags, in experiment '0' unless told otherwise; its id. */
  newRun(more?: Partial<NewRun>): Promise<string>
  log(runId: string, values: Partial<Parameters<SqlTrackingStore['runs']['log']>[1]>): Promise<void>
  readRun(runId: string): Promise<WireRun>
  /** One page of a search in MLflow's language. */
  searchRuns(search: SearchText): Promise<{ runs: WireRun[]; token: string | null }>
  /** The ids of all pages, in order. */
  findRuns(search: SearchText): Promise<string[]>
  close(): Promise<void>
}

export async function openTracking(
  open: () => Promise<TestDatabase>,
  artifactRoot = 'mlflow-artifacts:',
): Promise<TestTracking> {
  const { database, fill, close } = await open()
  const store = createTrackingStore(database, artifactRoot)
  await store.prepare()

  const tracking: TestTracking = {
    ...store,
    database,
    fill,
    close,
    newExperiment: (name, artifactLocation) => store.experiments.create({ name, artifactLocation, tags: [] }, at(1)),
    async newRun(more = {}) {
      const runId = crypto.randomUUID().replaceAll('-', '')
      const run = { runId, experimentId: '0', name: 'r', userId: '', startTime: 1, tags: [], ...more }
      await store.runs.create(run, at(1))
      return run.runId
    },
    log: (runId, values) => store.runs.log(runId, { metrics: [], params: [], tags: [], ...values }),
    readRun: async (runId) => toWire(await store.runs.getDocument(runId)),
    async searchRuns({ experiments, filter = '', orderBy = [], view = 'ACTIVE_ONLY', maxResults = 1000, pageToken }) {
      const { blocks, token } = await store.runs.search({
        experimentIds: experiments,
        filter: parseFilter('runs', filter),
        orderBy: parseOrderBy('runs', orderBy),
        view,
        maxResults,
        pageToken,
      })
      const runs: WireRun[] = []
      for await (const block of blocks) runs.push(...block.map(toWire))
      return { runs, token }
    },
    async findRuns(search) {
      const found: string[] = []
      let pageToken: string | undefined
      do {
        const page = await tracking.searchRuns({ ...search, pageToken })
        found.push(...page.runs.map((run) => run.info.run_id))
        pageToken = page.token ?? undefined
      } while (pageToken !== undefined)
      return found
    },
  }
  return tracking
}

function toWire(document: RunDocument): WireRun {
  return parseJson(textOf(document)) as WireRun
}

/** A run's wire JSON, put together. */
export function textOf(document: RunDocument): string {
  return document.map((piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString())).join('')
}

/** A point of a metric; time and step are 0 unless given. */
export function point(key: string, value: number, step: Int64 = 0, timestamp: Int64 = 0): MetricPoint {
  return { key, value, step, timestamp }
}
