import { ApiError, doesNotExist, invalidParameter } from '@trackway/api'
import type { Experiment, Int64 } from '@trackway/api'
import sql, { raw } from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { ExperimentStore, ExperimentSummary, KeyValue, Lifecycle } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { experimentHeadline } from './experiment-headlines.ts'
import { experimentKeys, largestKey } from './experiment-keys.ts'
import { experimentColumns, toExperiment } from './experiment-rows.ts'
import type { ExperimentRow } from './experiment-rows.ts'
import { searchExperiments } from './experiment-search.ts'
import { recordEvent } from './events.ts'
import { insertOrReplace } from './insertion.ts'
import { query } from './query.ts'

const times = ['creation_time', 'last_update_time']

const findById = query<{ id: number }, ExperimentRow>(
  (p) => sql`select ${raw(experimentColumns)} from experiments where id = ${p.id}`,
  times,
)

/** It is neither deleted nor renamed before the transaction ends. */
const holdById = query<{ id: number }, ExperimentRow>(
  (p, engine) => sql`select ${raw(experimentColumns)} from experiments where id = ${p.id} ${engine.lock('share')}`,
  times,
)

const findByName = query<{ name: string }, ExperimentRow>(
  (p) => sql`select ${raw(experimentColumns)} from experiments where name = ${p.name}`,
  times,
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

const tagsOf = query<{ id: number }, KeyValue>(
  (p) => sql`select key, value from experiment_tags where experiment_id = ${p.id} order by key`,
)

const insert = query<{ name: string; location: string; now: number }, { id: number }>(
  (p) => sql`insert into experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time)
    values (${p.name}, ${p.location}, 'active', ${p.now}, ${p.now}) returning id`,
)

const setLocation = query<{ id: number; location: string }, unknown>(
  (p) => sql`update experiments set artifact_location = ${p.location} where id = ${p.id}`,
)

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

const putTags = insertOrReplace('experiment_tags', { experiment_id: 'key', key: 'text', value: 'text' }, [
  'experiment_id',
  'key',
])

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

/** The experiment that an id of the wire names. */
async function findExperiment(
  database: Database,
  experimentId: string,
  definition: typeof findById = findById,
): Promise<ExperimentRow> {
  const key = /^\d{1,15}$/.test(experimentId) ? Number(experimentId) : Infinity
  const row = key <= largestKey ? await database.first(definition, { id: key }) : undefined
  if (!row) throw doesNotExist(`No Experiment with id=${experimentId} exists`)
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

function nameTaken(name: string, lifecycle: Lifecycle): ApiError {
  const hint = lifecycle === 'deleted' ? ' That experiment is deleted: restore it, or choose another name.' : ''
  return new ApiError('RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists.${hint}`)
}

/** @param artifactRoot where an experiment's artifacts lie that names no place of its own: `<root>/<experiment id>`. */
export function createExperimentStore(database: Database, artifactRoot: string): ExperimentStore {
  async function withTags(row: ExperimentRow): Promise<Experiment> {
    return toExperiment(row, await database.all(tagsOf, { id: row.id }))
  }

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
    create: ({ name, artifactLocation, tags }, author) =>
      database.transaction(async (inner) => {
        await refuseTaken(inner, name)
        const added = await inner.first(insert, { name, location: artifactLocation ?? '', now: author.time })
        if (!added) throw new Error('The experiment was not stored')
        if (artifactLocation === undefined) {
          await inner.run(setLocation, { id: added.id, location: appendToUri(artifactRoot, String(added.id)) })
        }
        await inner.insert(
          putTags,
          tags.map(({ key, value }) => ({ experiment_id: added.id, key, value })),
        )
        await recordEvent(inner, 'experiment.created', author, { experiment_id: String(added.id), name })
        return String(added.id)
      }),

    get: async (experimentId) => withTags(await findExperiment(database, experimentId)),

    async getByName(name) {
      const row = await database.first(findByName, { name })
      if (!row) throw doesNotExist(`Could not find experiment with name '${name}'`)
      return withTags(row)
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
      }),

    delete: (experimentId, author) => moveExperiment(experimentId, 'active', 'deleted', author),
    restore: (experimentId, author) => moveExperiment(experimentId, 'deleted', 'active', author),

    setTag: (experimentId, tag) =>
      database.transaction(async (inner) => {
        const row = await findActiveExperiment(inner, experimentId)
        await inner.insert(putTags, [{ experiment_id: row.id, key: tag.key, value: tag.value }])
      }),

    deleteTag: (experimentId, key) =>
      database.transaction(async (inner) => {
        const row = await findActiveExperiment(inner, experimentId)
        if ((await inner.run(removeTag, { id: row.id, key })) === 0) {
          throw doesNotExist(`No tag with name: ${key} in experiment with id ${experimentId}`)
        }
      }),
  }
}

/** Appends a path to a URI or local path, before its query and fragment. */
export function appendToUri(uri: string, path: string): string {
  const tail = /^[a-z][\w+.-]*:/i.test(uri) ? uri.search(/[?#]/) : -1
  const head = tail < 0 ? uri : uri.slice(0, tail)
  return `${head}${head.endsWith('/') ? '' : '/'}${path}${tail < 0 ? '' : uri.slice(tail)}`
}
