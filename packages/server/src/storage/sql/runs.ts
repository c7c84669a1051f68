import { doesNotExist, invalidParameter } from '@trackway/api'
import type { EventKind, Int64, Run, RunInfo } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { KeyValue, Lifecycle, RunStatus, RunStore } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { appendToUri, findActiveExperiment } from './experiments.ts'
import { recordEvent } from './events.ts'
import { recordModelMetrics } from './logged-model-metrics.ts'
import { recordPoints } from './metric-points.ts'
import type { Names } from './names.ts'
import { query } from './query.ts'
import { readRuns } from './run-documents.ts'
import { moveRuns } from './run-moves.ts'
import { checkActive, findRun, forgetDocument, openRunForWriting, toRunInfo } from './run-rows.ts'
import type { RunRow, RunState } from './run-rows.ts'
import { exportRuns, readRunKeys } from './run-export.ts'
import { readFacets } from './run-facets.ts'
import { readGroups } from './run-groups.ts'
import { queryRuns } from './run-query.ts'
import { searchRuns } from './run-search.ts'

/** The tag that always has the run's name, which is also kept in the run itself. */
const nameTag = 'mlflow.runName'

type RunValue = { run: number; name: number; value: string }

const insertRun = query<
  { uuid: string; experiment: number; name: string; user: string; start: Int64; uri: string },
  { id: number }
>(
  (p) => sql`insert into runs
    (uuid, experiment_id, name, user_id, status, start_time, artifact_uri, lifecycle_stage, settled)
    values (${p.uuid}, ${p.experiment}, ${p.name}, ${p.user}, 'RUNNING', ${p.start}, ${p.uri}, 'active', 0)
    returning id`,
)

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

const insertParam = query<RunValue, unknown>(
  (p) => sql`insert into params (run_id, name_id, value) values (${p.run}, ${p.name}, ${p.value})
    on conflict do nothing`,
)

const paramOf = query<{ run: number; name: number }, { value: string }>(
  (p) => sql`select value from params where run_id = ${p.run} and name_id = ${p.name}`,
)

const putTag = query<RunValue, unknown>(
  (p) => sql`insert into tags (run_id, name_id, value) values (${p.run}, ${p.name}, ${p.value})
    on conflict (run_id, name_id) do update set value = excluded.value`,
)

const tagOf = query<{ run: number; name: number }, { value: string }>(
  (p) => sql`select value from tags where run_id = ${p.run} and name_id = ${p.name}`,
)

const removeTag = query<{ run: number; name: number }, unknown>(
  (p) => sql`delete from tags where run_id = ${p.run} and name_id = ${p.name}`,
)

export function createRunStore(database: Database, names: Names): RunStore {
  async function toValues(inner: Database, run: number, pairs: readonly KeyValue[]): Promise<RunValue[]> {
    const values: RunValue[] = []
    for (const { key, value } of pairs) values.push({ run, name: await names.intern(inner, key), value })
    return values
  }

  async function putTags(inner: Database, run: number, tags: readonly KeyValue[]): Promise<void> {
    // A run keeps its name where the tag would take it away, as in MLflow.
    const kept = tags.filter((tag) => tag.key !== nameTag || tag.value !== '')
    await inner.runMany(putTag, await toValues(inner, run, kept))
    const renamed = kept.findLast((tag) => tag.key === nameTag)
    if (renamed) await inner.run(renameRun, { id: run, name: renamed.value })
  }

  async function insertParams(
    inner: Database,
    run: RunState,
    runId: string,
    params: readonly KeyValue[],
  ): Promise<void> {
    const values = await toValues(inner, run.id, params)
    if ((await inner.runMany(insertParam, values)) === values.length) return
    const changed: { key: string; old: string; new: string }[] = []
    for (const [index, { name, value }] of values.entries()) {
      const present = await inner.first(paramOf, { run: run.id, name })
      if (present && present.value !== value) {
        changed.push({ key: params[index]?.key ?? '', old: present.value, new: value })
      }
    }
    if (changed.length > 0) throw paramsChanged(runId, changed)
  }

  return {
    create: ({ runId, experimentId, name, userId, startTime, tags }, author) =>
      database.transaction(async (inner): Promise<Run> => {
        const experiment = await findActiveExperiment(inner, experimentId)
        const row = {
          uuid: runId,
          experiment: experiment.id,
          name,
          user: userId,
          start: startTime,
          uri: appendToUri(experiment.artifact_location, `${runId}/artifacts`),
        }
        const added = await inner.first(insertRun, row)
        if (!added) throw new Error('The run was not stored')
        await inner.runMany(putTag, await toValues(inner, added.id, tags))
        await recordEvent(inner, 'run.created', author, { run_id: runId, run_name: name, experiment_id: experimentId })
        return {
          info: {
            run_id: runId,
            run_uuid: runId,
            run_name: name,
            experiment_id: experimentId,
            user_id: userId,
            status: 'RUNNING',
            start_time: startTime,
            artifact_uri: row.uri,
            lifecycle_stage: 'active',
          },
          data: { tags: [...tags] },
          inputs: {},
        }
      }),

    async getDocument(runId) {
      const [document] = await database.snapshot(async () =>
        readRuns(database, names, [await findRun(database, runId)]),
      )
      if (!document) throw new Error(`The run ${runId} was not read`)
      return document
    },

    search: (search) => searchRuns(database, names, search),
    query: (search, level, columns) => queryRuns(database, names, search, level, columns),
    groups: (selection, request) => readGroups(database, names, selection, request),
    facets: (selection, request) => readFacets(database, names, selection, request),
    export: (search, columns) => exportRuns(database, names, search, columns),
    keys: (selection) => readRunKeys(database, names, selection),

    update: (runId, change, author) =>
      database.transaction(async (inner) => {
        const run = await findRun(inner, runId)
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
          await inner.runMany(putTag, await toValues(inner, run.id, [{ key: nameTag, value: change.name }]))
        }
        const info = toRunInfo(changed)
        if (changed.status !== run.status) await recordEnd(inner, info, author)
        return info
      }),

    delete: (runId, author) => changeLifecycle(runId, 'deleted', author),
    restore: (runId, author) => changeLifecycle(runId, 'active', author),
    move: (runIds, experimentId, author) => moveRuns(database, runIds, experimentId, author),

    log: (runId, { metrics, params, tags }) =>
      database.transaction(async (inner) => {
        const run = await openRunForWriting(inner, runId)
        if (params.length > 0) await insertParams(inner, run, runId, params)
        if (metrics.length > 0) {
          await recordPoints(inner, names, run.id, metrics)
          await recordModelMetrics(inner, run.id, metrics)
        }
        if (tags.length > 0) await putTags(inner, run.id, tags)
      }),

    deleteTag: (runId, key) =>
      database.transaction(async (inner) => {
        const run = await openRunForWriting(inner, runId)
        const name = await names.find(inner, key)
        if (name === undefined || (await inner.run(removeTag, { run: run.id, name })) === 0) {
          throw doesNotExist(`No tag with name: ${key} in run with id ${runId}`)
        }
      }),

    changeTag: (runId, key, change) =>
      database.transaction(async (inner) => {
        const run = await openRunForWriting(inner, runId)
        const name = await names.intern(inner, key)
        const present = await inner.first(tagOf, { run: run.id, name })
        await putTags(inner, run.id, [{ key, value: change(present?.value) }])
      }),

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
    })
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
