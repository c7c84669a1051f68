import { doesNotExist, invalidParameter } from '@trackway/api'
import type { EventKind, Int64, Run, RunInfo } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { KeyValue, Lifecycle, RunStatus, RunStore } from '../../tracking/store.ts'
import { together } from './database.ts'
import type { Database } from './database.ts'
import { activeExperiments, appendToUri, recallActiveExperiment } from './experiments.ts'
import type { KnownExperiment } from './experiments.ts'
import { createKnownRows } from './known-rows.ts'
import { recordEvent } from './events.ts'
import { recordModelMetrics } from './logged-model-metrics.ts'
import { recordPoints } from './metric-points.ts'
import type { Names } from './names.ts'
import { createNewKeys } from './new-keys.ts'
import { insertion, insertOrKeep, insertOrReplace } from './insertion.ts'
import type { RowOf } from './insertion.ts'
import { query } from './query.ts'
import { readRun } from './run-documents.ts'
import { moveRuns } from './run-moves.ts'
import { checkActive, findRun, findRunForUpdate, forgetDocument, openRunForWriting, toRunInfo } from './run-rows.ts'
import { recallRunForWriting, runsUnderWay } from './run-rows.ts'
import type { KnownRun, RunRow } from './run-rows.ts'
import { exportRuns, readRunKeys } from './run-export.ts'
import { readFacets } from './run-facets.ts'
import { readGroups } from './run-groups.ts'
import { queryRuns } from './run-query.ts'
import { searchRuns } from './run-search.ts'

/** The tag that always has the run's name, which is also kept in the run itself. */
const nameTag = 'mlflow.runName'

const valueColumns = { run_id: 'key', name_id: 'key', value: 'text' } as const
type RunValue = RowOf<typeof valueColumns>

const insertRuns = insertion('runs', {
  id: 'key',
  uuid: 'text',
  experiment_id: 'key',
  name: 'text',
  user_id: 'text',
  status: 'text',
  start_time: 'int64',
  artifact_uri: 'text',
  lifecycle_stage: 'text',
  settled: 'key',
})

const updateRun = query<{ id: number; status: string; end: Int64 | null; name: string }, unknown>(
  (p) => sql`update runs set status = ${p.status}, end_time = ${p.end}, name = ${p.name} where id = ${p.id}`,
)

const renameRun = query<{ id: number; name: string }, unknown>(
  (p) => sql`update runs set name = ${p.name} where id = ${p.id}`,
)

const setLifecycle = query<{ uuid: string; stage: Lifecycle; deleted: number | null }, unknown>(
  (p) => sql`update runs set lifecycle_stage = ${p.stage}, deleted_time = ${p.deleted}
    where uuid = ${p.uuid} and lifecycle_stage <> ${p.stage}`,
)

const artifactUriOf = query<{ uuid: string }, { artifact_uri: string }>(
  (p) => sql`select artifact_uri from runs where uuid = ${p.uuid}`,
)

const insertParams = insertOrKeep('params', valueColumns)

// A value that is another one becomes null, which the column does not take.
const insertSameParams = insertOrReplace(
  'params',
  valueColumns,
  ['run_id', 'name_id'],
  sql`value = null where params.value <> excluded.value`,
)

const paramsOf = query<{ run: number; names: readonly (number | null)[] }, { name_id: number; value: string }>(
  (p, engine) => sql`select name_id, value from params
    where run_id = ${p.run} and ${engine.among(sql`name_id`, p.names)}`,
)

const putTags = insertOrReplace('tags', valueColumns, ['run_id', 'name_id'])

const tagOf = query<{ run: number; name: number }, { value: string }>(
  (p) => sql`select value from tags where run_id = ${p.run} and name_id = ${p.name}`,
)

const removeTag = query<{ run: number; name: number }, unknown>(
  (p) => sql`delete from tags where run_id = ${p.run} and name_id = ${p.name}`,
)

export function createRunStore(database: Database, names: Names): RunStore {
  const experiments = createKnownRows<KnownExperiment>(activeExperiments)
  const runs = createKnownRows<KnownRun>(runsUnderWay)
  const keys = createNewKeys('runs', 32)

  async function toValues(inner: Database, run: number, pairs: readonly KeyValue[]): Promise<RunValue[]> {
    const ids = await names.intern(
      inner,
      pairs.map(({ key }) => key),
    )
    return pairs.map(({ value }, index) => ({ run_id: run, name_id: ids[index] ?? null, value }))
  }

  async function setTags(inner: Database, run: number, tags: readonly KeyValue[]): Promise<void> {
    // A run keeps its name where the tag would take it away, as in MLflow.
    const kept = tags.filter((tag) => tag.key !== nameTag || tag.value !== '')
    await inner.insertLast(putTags, await toValues(inner, run, kept))
    const renamed = kept.findLast((tag) => tag.key === nameTag)
    if (renamed) await inner.run(renameRun, { id: run, name: renamed.value })
  }

  async function logParams(inner: Database, run: KnownRun, runId: string, params: readonly KeyValue[]): Promise<void> {
    const values = await toValues(inner, run.id, params)
    if (inner.isHopeful) return inner.insertLast(insertSameParams, values)
    if ((await inner.insert(insertParams, values)) === values.length) return
    const rows = await inner.all(paramsOf, { run: run.id, names: values.map(({ name_id }) => name_id) })
    const present = new Map(rows.map((row) => [row.name_id, row.value]))
    const changed = params.flatMap(({ key, value }, index) => {
      const old = present.get(values[index]?.name_id ?? -1)
      return old === undefined || old === value ? [] : [{ key, old, new: value }]
    })
    if (changed.length > 0) throw paramsChanged(runId, changed)
  }

  return {
    create: ({ runId, experimentId, name, userId, startTime, tags }, author) =>
      database.transaction(async (inner): Promise<Run> => {
        const experiment = await recallActiveExperiment(inner, experiments, experimentId)
        const id = await keys.take(inner)
        const info = {
          run_id: runId,
          run_uuid: runId,
          run_name: name,
          experiment_id: experimentId,
          user_id: userId,
          status: 'RUNNING',
          start_time: startTime,
          artifact_uri: appendToUri(experiment.artifact_location, `${runId}/artifacts`),
          lifecycle_stage: 'active',
        } as const
        await inner.insertLast(insertRuns, [
          {
            id,
            uuid: runId,
            experiment_id: experiment.id,
            name,
            user_id: userId,
            status: info.status,
            start_time: startTime,
            artifact_uri: info.artifact_uri,
            lifecycle_stage: info.lifecycle_stage,
            settled: 0,
          },
        ])
        await inner.insertLast(putTags, await toValues(inner, id, tags))
        runs.remember(inner, runId, { id })
        await recordEvent(inner, 'run.created', author, { run_id: runId, run_name: name, experiment_id: experimentId })
        return { info, data: { tags: [...tags] }, inputs: {} }
      }, runId),

    getDocument: (runId) => readRun(database, names, runId),

    search: (search) => searchRuns(database, names, search),
    query: (search, level, columns) => queryRuns(database, names, search, level, columns),
    groups: (selection, request) => readGroups(database, names, selection, request),
    facets: (selection, request) => readFacets(database, names, selection, request),
    export: (search, columns) => exportRuns(database, names, search, columns),
    keys: (selection) => readRunKeys(database, names, selection),

    update: (runId, change, author) =>
      database.transaction(async (inner) => {
        const run = await findRunForUpdate(inner, runId)
        checkActive(runId, run.lifecycle_stage)
        const changed: RunRow = {
          ...run,
          status: change.status ?? run.status,
          // MLflow sends an end time of 0 as none.
          end_time: change.endTime === undefined ? run.end_time : change.endTime || null,
          name: change.name ?? run.name,
        }
        await inner.run(updateRun, {
          id: run.id,
          status: changed.status,
          end: changed.end_time,
          name: changed.name,
        })
        if (change.name !== undefined) {
          await forgetDocument(inner, run)
          await inner.insertLast(putTags, await toValues(inner, run.id, [{ key: nameTag, value: change.name }]))
        }
        const info = toRunInfo(changed)
        if (changed.status !== run.status) await recordEnd(inner, info, author)
        return info
      }, runId),

    delete: (runId, author) => changeLifecycle(runId, 'deleted', author),
    restore: (runId, author) => changeLifecycle(runId, 'active', author),
    move: (runIds, experimentId, author) => moveRuns(database, runIds, experimentId, author),

    log: (runId, { metrics, params, tags }) =>
      database.transaction(async (inner) => {
        const run = await recallRunForWriting(inner, runs, runId)
        if (params.length > 0) await logParams(inner, run, runId, params)
        await together([
          recordPoints(inner, names, run.id, metrics),
          recordModelMetrics(inner, run.id, metrics),
          ...(tags.length > 0 ? [setTags(inner, run.id, tags)] : []),
        ])
      }, runId),

    deleteTag: (runId, key) =>
      database.transaction(async (inner) => {
        const run = await openRunForWriting(inner, runId)
        const name = await names.find(inner, key)
        if (name === undefined || (await inner.run(removeTag, { run: run.id, name })) === 0) {
          throw doesNotExist(`No tag with name: ${key} in run with id ${runId}`)
        }
      }, runId),

    changeTag: (runId, key, change) =>
      database.transaction(async (inner) => {
        const run = await openRunForWriting(inner, runId)
        const [name = 0] = await names.intern(inner, [key])
        const present = await inner.first(tagOf, { run: run.id, name })
        await setTags(inner, run.id, [{ key, value: change(present?.value) }])
      }, runId),

    async artifactUri(runId) {
      const row = await database.first(artifactUriOf, { uuid: runId })
      return row?.artifact_uri ?? (await findRun(database, runId)).artifact_uri
    },
  }

  /** Deleting what is deleted and restoring what is there are no errors, as in MLflow. */
  async function changeLifecycle(runId: string, stage: Lifecycle, author: Author): Promise<void> {
    await database.transaction(async (inner) => {
      const deleted = stage === 'deleted' ? author.time : null
      const changes = await inner.run(setLifecycle, { uuid: runId, stage, deleted })
      const run = await findRun(inner, runId)
      if (changes === 0) return
      const kind = stage === 'deleted' ? 'run.deleted' : 'run.restored'
      await recordEvent(inner, kind, author, { run_id: runId, experiment_id: String(run.experiment_id) })
    }, runId)
  }
}

const endings: Readonly<Partial<Record<RunStatus, EventKind>>> = {
  FINISHED: 'run.finished',
  FAILED: 'run.failed',
  KILLED: 'run.failed',
}

async function recordEnd(database: Database, info: RunInfo, author: Author): Promise<void> {
  const kind = endings[info.status]
  if (!kind) return
  const { run_id, run_name, experiment_id, status, start_time, end_time } = info
  // JSON has no bigints; times beyond 2^53 are nobody's.
  const times = { start_time: Number(start_time), end_time: end_time === undefined ? undefined : Number(end_time) }
  await recordEvent(database, kind, author, { run_id, run_name, experiment_id, status, ...times })
}

/** MLflow's sentences: one for a single param, another for a batch, which lists them in Python's notation. */
function paramsChanged(runId: string, changed: readonly { key: string; old: string; new: string }[]): Error {
  const [first] = changed
  if (changed.length === 1 && first) {
    return invalidParameter(
      `Changing param values is not allowed. Param with key='${first.key}' was already logged with ` +
        `value='${first.old}' for run ID='${runId}'. Attempted logging new value '${first.new}'. ` +
        `[{'key': '${first.key}', 'old_value': '${first.old}', 'new_value': '${first.new}'}]`,
    )
  }
  const list = changed.map((one) => `{'key': '${one.key}', 'old_value': '${one.old}', 'new_value': '${one.new}'}`)
  return invalidParameter(
    `Changing param values is not allowed. Params were already logged='[${list.join(', ')}]' for run ID='${runId}'.`,
  )
}
