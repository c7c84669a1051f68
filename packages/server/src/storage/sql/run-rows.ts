import { doesNotExist, invalidParameter } from '@trackway/api'
import type { Int64, RunInfo } from '@trackway/api'
import sql, { raw } from 'sql-template-tag'

import type { Database } from './database.ts'
import type { Condition, KnownRows } from './known-rows.ts'
import { query } from './query.ts'
import type { Lifecycle } from '../../tracking/store.ts'

export interface RunRow {
  readonly id: number
  readonly uuid: string
  readonly experiment_id: number
  readonly name: string
  readonly user_id: string
  readonly status: string
  readonly start_time: Int64
  readonly end_time: Int64 | null
  readonly artifact_uri: string
  readonly lifecycle_stage: Lifecycle
  readonly settled: number
}

export const runColumns =
  'id, uuid, experiment_id, name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage, settled'

const findByUuid = query<{ uuid: string }, RunRow>(
  (p) => sql`select ${raw(runColumns)} from runs where uuid = ${p.uuid}`,
  ['start_time', 'end_time'],
)

/** Runs by their internal ids, a JSON list. */
export const runsByIds = query<{ ids: readonly number[] }, RunRow>(
  (p, engine) => sql`select ${raw(runColumns)} from runs where ${engine.among(sql`id`, p.ids)}`,
  ['start_time', 'end_time'],
)

/** What a write needs to know of its run; fewer columns than `RunRow`, as every write reads it. */
export interface RunState {
  readonly id: number
  readonly experiment_id: number
  readonly lifecycle_stage: Lifecycle
  readonly settled: number
  readonly status: string
}

export type KnownRun = Pick<RunState, 'id'>

/** Others may write to the run at the same time, but not end, delete, move or settle it. */
const findState = query<{ uuid: string }, RunState>(
  (p, engine) => sql`select id, experiment_id, lifecycle_stage, settled, status from runs
    where uuid = ${p.uuid} ${engine.lock('share')}`,
)

const findForUpdate = query<{ uuid: string }, RunRow>(
  (p, engine) => sql`select ${raw(runColumns)} from runs where uuid = ${p.uuid} ${engine.lock('update')}`,
  ['start_time', 'end_time'],
)

const unsettle = query<{ id: number }, unknown>((p) => sql`update runs set settled = 0 where id = ${p.id}`)

const dropDocument = query<{ id: number }, unknown>((p) => sql`delete from run_documents where run_id = ${p.id}`)

export function unknownRun(uuid: string): Error {
  return doesNotExist(`Run with id=${uuid} not found`)
}

/** @throws ApiError RESOURCE_DOES_NOT_EXIST */
export async function findRun(database: Database, uuid: string): Promise<RunRow> {
  const row = await database.first(findByUuid, { uuid })
  if (!row) throw unknownRun(uuid)
  return row
}

/** A run that is to be changed: nobody else writes to it until the transaction ends. @throws ApiError RESOURCE_DOES_NOT_EXIST */
export async function findRunForUpdate(database: Database, uuid: string): Promise<RunRow> {
  const row = await database.first(findForUpdate, { uuid })
  if (!row) throw unknownRun(uuid)
  return row
}

/** A run that is written to. @throws ApiError RESOURCE_DOES_NOT_EXIST */
export async function findRunState(database: Database, uuid: string): Promise<RunState> {
  const run = await database.first(findState, { uuid })
  if (!run) throw unknownRun(uuid)
  return run
}

export function checkActive(uuid: string, lifecycle: Lifecycle): void {
  if (lifecycle !== 'active') {
    throw invalidParameter(`The run ${uuid} must be in the 'active' state. Current state is ${lifecycle}.`)
  }
}

/**
 * The run that a write goes to. Its document is dropped, as it will no longer tell what the run has; `settleRuns`
 * writes it anew. Only for writes that change what a document holds: values, inputs and outputs.
 * @throws ApiError RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE where the run is deleted.
 */
export async function openRunForWriting(database: Database, uuid: string): Promise<RunState> {
  const run = await findRunState(database, uuid)
  checkActive(uuid, run.lifecycle_stage)
  await forgetDocument(database, run)
  return run
}

/** A run that values are logged to as a rule: neither ended nor deleted, and without a document. */
export const runsUnderWay: Condition = {
  table: 'runs',
  holds: sql`lifecycle_stage = 'active' and settled = 0 and status in ('RUNNING', 'SCHEDULED')`,
}

/** As `openRunForWriting`, for what never changes of a run. */
export async function recallRunForWriting(
  database: Database,
  known: KnownRows<KnownRun>,
  uuid: string,
): Promise<KnownRun> {
  const recalled = known.recall(database, uuid)
  if (recalled) return recalled
  const { id, status } = await openRunForWriting(database, uuid)
  if (status === 'RUNNING' || status === 'SCHEDULED') known.remember(database, uuid, { id })
  return { id }
}

export async function forgetDocument(database: Database, run: Pick<RunState, 'id' | 'settled'>): Promise<void> {
  if (run.settled === 0) return
  await database.run(dropDocument, { id: run.id })
  await database.run(unsettle, { id: run.id })
}

export function toRunInfo(row: RunRow): RunInfo {
  return {
    run_id: row.uuid,
    run_uuid: row.uuid,
    run_name: row.name,
    experiment_id: String(row.experiment_id),
    user_id: row.user_id,
    status: row.status as RunInfo['status'],
    start_time: row.start_time,
    end_time: row.end_time ?? undefined,
    artifact_uri: row.artifact_uri,
    lifecycle_stage: row.lifecycle_stage,
  }
}
