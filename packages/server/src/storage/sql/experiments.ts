import { ApiError, doesNotExist, invalidParameter } from '@trackway/api'
import type { Int64 } from '@trackway/api'
import sql, { raw } from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { ExperimentStore, ExperimentSummary, KeyValue, Lifecycle } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { experimentHeadline } from './experiment-headlines.ts'
import { experimentKeys, largestKey } from './experiment-keys.ts'
import { experimentColumns, experimentTimes, toExperiment } from './experiment-rows.ts'
import type { ExperimentRow } from './experiment-rows.ts'
import { searchExperiments } from './experiment-search.ts'
import { recordEvent } from './events.ts'
import { insertion, insertOrReplace } from './insertion.ts'
import { createKnownRows } from './known-rows.ts'
import type { Condition, KnownRows } from './known-rows.ts'
import { createNewKeys } from './new-keys.ts'
import { brief, query } from './query.ts'

export type KnownExperiment = Pick<ExperimentRow, 'id' | 'artifact_location'>

const findById = brief(
  query<{ id: number }, ExperimentRow>(
    (p) => sql`select ${raw(experimentColumns)} from experiments where id = ${p.id}`,
    experimentTimes,
  ),
)

/** It is neither deleted nor renamed before the transaction ends. */
const holdById = query<{ id: number }, ExperimentRow>(
  (p, engine) => sql`select ${raw(experimentColumns)} from experiments where id = ${p.id} ${engine.lock('share')}`,
  experimentTimes,
)

const findByName = brief(
  query<{ name: string }, ExperimentRow>(
    (p) => sql`select ${raw(experimentColumns)} from experiments where name = ${p.name}`,
    experimentTimes,
  ),
)

const summaryColumns = sql`experiment_id as id, count(*) as runs,
  sum(case when status = 'RUNNING' then 1 else 0 end) as running, max(start_time) as began, max(end_time) as ended`

interface SummaryRow {
  readonly id: number
  readonly runs: number
  readonly running: number
  readonly began: Int64 | null
  readonly ended: Int64 | null
}

const summariesOf = query<{ ids: readonly number[] }, SummaryRow>(
  (p, engine) => sql`select ${summaryColumns} from runs
    where lifecycle_stage = 'active' and ${engine.among(sql`experiment_id`, p.ids)} group by experiment_id`,
  ['began', 'ended'],
)

const activeKeys = query<Record<never, never>, { id: number }>(
  () => sql`select id from experiments where lifecycle_stage = 'active' order by id`,
)

const tagsById = brief(
  query<{ id: number }, KeyValue>(
    (p) => sql`select key, value from experiment_tags where experiment_id = ${p.id} order by key`,
  ),
)

const tagsByName = brief(
  query<{ name: string }, KeyValue>(
    (p) => sql`select key, value from experiment_tags
      where experiment_id = (select id from experiments where name = ${p.name}) order by key`,
  ),
)

const insertExperiments = insertion('experiments', {
  id: 'key',
  name: 'text',
  artifact_location: 'text',
  lifecycle_stage: 'text',
  creation_time: 'int64',
  last_update_time: 'int64',
})

const tagColumns = { experiment_id: 'key', key: 'text', value: 'text' } as const

/** Behind the experiments that they belong to, whatever tags others put meanwhile. */
const insertTags = insertion('experiment_tags', tagColumns)

const setName = query<{ id: number; name: string; now: number }, unknown>(
  (p) => sql`update experiments set name = ${p.name}, last_update_time = ${p.now} where id = ${p.id}`,
)

const setLifecycle = query<{ id: number; stage: Lifecycle; now: number }, unknown>(
  (p) => sql`update experiments set lifecycle_stage = ${p.stage}, last_update_time = ${p.now} where id = ${p.id}`,
)

const moveRuns = query<{ id: number; from: Lifecycle; to: Lifecycle; deleted: number | null }, unknown>(
  (p) => sql`update runs set lifecycle_stage = ${p.to}, deleted_time = ${p.deleted}
    where experiment_id = ${p.id} and lifecycle_stage = ${p.from}`,
)

const putTags = insertOrReplace('experiment_tags', tagColumns, ['experiment_id', 'key'])

const removeTag = query<{ id: number; key: string }, unknown>(
  (p) => sql`delete from experiment_tags where experiment_id = ${p.id} and key = ${p.key}`,
)

const insertDefault = query<{ location: string; now: number }, unknown>(
  (p) => sql`insert into experiments (id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
    values (0, 'Default', ${p.location}, 'active', ${p.now}, ${p.now}) on conflict do nothing`,
)

const lastKey = query<Record<never, never>, { key: number | null }>(() => sql`select max(id) as key from experiments`)

/** How many experiments were ever made: read in no time, and never less than there are. */
export async function countExperiments(database: Database): Promise<number> {
  return ((await database.first(lastKey, {}))?.key ?? 0) + 1
}

/** Makes the experiment '0', which takes the runs that name none, in a store that is new. */
export async function ensureDefaultExperiment(database: Database, artifactRoot: string, now: number): Promise<void> {
  await database.run(insertDefault, { location: appendToUri(artifactRoot, '0'), now })
}

function toSummary(key: number, row: SummaryRow | undefined): ExperimentSummary {
  const { runs = 0, running = 0, began = null, ended = null } = row ?? {}
  const lastActivity = ended !== null && (began === null || ended > began) ? ended : began
  return { experimentId: String(key), runs, running, lastActivity }
}

function unknownExperiment(experimentId: string): ApiError {
  return doesNotExist(`No Experiment with id=${experimentId} exists`)
}

/** @throws ApiError RESOURCE_DOES_NOT_EXIST for what is the id of none. */
function keyOf(experimentId: string): number {
  const key = /^\d{1,15}$/.test(experimentId) ? Number(experimentId) : Infinity
  if (key > largestKey) throw unknownExperiment(experimentId)
  return key
}

/** The experiment that an id of the wire names. */
async function findExperiment(
  database: Database,
  experimentId: string,
  definition: typeof findById = findById,
): Promise<ExperimentRow> {
  const row = await database.first(definition, { id: keyOf(experimentId) })
  if (!row) throw unknownExperiment(experimentId)
  return row
}

/** An experiment that is written to. @throws ApiError INVALID_PARAMETER_VALUE where it is deleted: it takes no writes. */
export async function findActiveExperiment(database: Database, experimentId: string): Promise<ExperimentRow> {
  const row = await findExperiment(database, experimentId, holdById)
  if (row.lifecycle_stage !== 'active') {
    throw invalidParameter(
      `The experiment ${experimentId} must be in the 'active' state. Current state is ${row.lifecycle_stage}.`,
    )
  }
  return row
}

/** For writes that many make to the same experiment. */
export const activeExperiments: Condition = { table: 'experiments', holds: sql`lifecycle_stage = 'active'` }

/** As `findActiveExperiment`, for what never changes of an experiment. */
export async function recallActiveExperiment(
  database: Database,
  known: KnownRows<KnownExperiment>,
  experimentId: string,
): Promise<KnownExperiment> {
  const recalled = known.recall(database, experimentId)
  if (recalled) return recalled
  const { id, artifact_location } = await findActiveExperiment(database, experimentId)
  known.remember(database, experimentId, { id, artifact_location })
  return { id, artifact_location }
}

function nameTaken(name: string, lifecycle: Lifecycle): ApiError {
  const hint = lifecycle === 'deleted' ? ' That experiment is deleted: restore it, or choose another name.' : ''
  return new ApiError('RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists.${hint}`)
}

/** @param artifactRoot where an experiment's artifacts lie that names no place of its own: `<root>/<experiment id>`. */
export function createExperimentStore(database: Database, artifactRoot: string): ExperimentStore {
  const keys = createNewKeys('experiments', 4)
  const active = createKnownRows<KnownExperiment>(activeExperiments)

  async function refuseTaken(inner: Database, name: string): Promise<void> {
    const taken = await inner.first(findByName, { name })
    if (taken) throw nameTaken(name, taken.lifecycle_stage)
  }

  async function moveExperiment(experimentId: string, from: Lifecycle, to: Lifecycle, author: Author): Promise<void> {
    const now = author.time
    await database.transaction(async (inner) => {
      const row = await findExperiment(inner, experimentId)
      if (row.lifecycle_stage !== from) {
        // MLflow answers 404 here: what is deleted is not there to be deleted.
        throw doesNotExist(
          `No Experiment with id=${experimentId} exists in the '${from}' state. Current state is ${row.lifecycle_stage}.`,
        )
      }
      await inner.run(setLifecycle, { id: row.id, stage: to, now })
      await inner.run(moveRuns, { id: row.id, from, to, deleted: to === 'deleted' ? now : null })
      const kind = to === 'deleted' ? 'experiment.deleted' : 'experiment.restored'
      await recordEvent(inner, kind, author, { experiment_id: experimentId })
    })
  }

  return {
    // Where the name is thought to be free and is not, the table refuses it, and the work is done again with a look.
    create: ({ name, artifactLocation, tags }, author) =>
      database.transaction(async (inner) => {
        if (!inner.isHopeful) await refuseTaken(inner, name)
        const id = await keys.take(inner)
        await inner.insertLast(insertExperiments, [
          {
            id,
            name,
            artifact_location: artifactLocation ?? appendToUri(artifactRoot, String(id)),
            lifecycle_stage: 'active',
            creation_time: author.time,
            last_update_time: author.time,
          },
        ])
        await inner.insertLast(
          insertTags,
          tags.map(({ key, value }) => ({ experiment_id: id, key, value })),
        )
        await recordEvent(inner, 'experiment.created', author, { experiment_id: String(id), name })
        return String(id)
      }, `experiment ${name}`),

    // What is asked for at once shares a round trip.
    async get(experimentId) {
      const id = keyOf(experimentId)
      const [row, tags] = await Promise.all([database.first(findById, { id }), database.all(tagsById, { id })])
      if (!row) throw unknownExperiment(experimentId)
      return toExperiment(row, tags)
    },

    async getByName(name) {
      const [row, tags] = await Promise.all([database.first(findByName, { name }), database.all(tagsByName, { name })])
      if (!row) throw doesNotExist(`Could not find experiment with name '${name}'`)
      return toExperiment(row, tags)
    },

    search: (search) => searchExperiments(database, search),

    summaries: (experimentIds) =>
      database.snapshot(async (inner) => {
        const keys =
          experimentIds.length > 0
            ? experimentKeys(experimentIds)
            : (await inner.all(activeKeys, {})).map(({ id }) => id)
        const rows = await inner.all(summariesOf, { ids: keys })
        const found = new Map(rows.map((row) => [row.id, row]))
        return keys.map((key) => toSummary(key, found.get(key)))
      }),

    headlines: (experimentIds) =>
      database.snapshot(async (inner) => {
        const found = []
        for (const key of experimentKeys(experimentIds)) found.push(await experimentHeadline(inner, key))
        return found.filter((headline) => headline !== undefined)
      }),

    rename: (experimentId, name, author) =>
      database.transaction(async (inner) => {
        const row = await findActiveExperiment(inner, experimentId)
        if (name !== row.name) await refuseTaken(inner, name)
        await inner.run(setName, { id: row.id, name, now: author.time })
        if (name !== row.name)
          await recordEvent(inner, 'experiment.renamed', author, { experiment_id: experimentId, name })
      }, `experiment ${experimentId}`),

    delete: (experimentId, author) => moveExperiment(experimentId, 'active', 'deleted', author),
    restore: (experimentId, author) => moveExperiment(experimentId, 'deleted', 'active', author),

    setTag: (experimentId, tag) =>
      database.transaction(async (inner) => {
        const { id } = await recallActiveExperiment(inner, active, experimentId)
        await inner.insertLast(putTags, [{ experiment_id: id, key: tag.key, value: tag.value }])
      }, `experiment ${experimentId}`),

    deleteTag: (experimentId, key) =>
      database.transaction(async (inner) => {
        const row = await findActiveExperiment(inner, experimentId)
        if ((await inner.run(removeTag, { id: row.id, key })) === 0) {
          throw doesNotExist(`No tag with name: ${key} in experiment with id ${experimentId}`)
        }
      }, `experiment ${experimentId}`),
  }
}

/** Appends a path to a URI or local path, before its query and fragment. */
export function appendToUri(uri: string, path: string): string {
  const tail = /^[a-z][\w+.-]*:/i.test(uri) ? uri.search(/[?#]/) : -1
  const head = tail < 0 ? uri : uri.slice(0, tail)
  return `${head}${head.endsWith('/') ? '' : '/'}${path}${tail < 0 ? '' : uri.slice(tail)}`
}
