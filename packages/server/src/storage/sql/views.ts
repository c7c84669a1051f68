import { randomBytes } from 'node:crypto'

import { doesNotExist, invalidParameter } from '@trackway/api'
import type { View } from '@trackway/api'
import sql from 'sql-template-tag'

import type { ViewStore } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { findActiveExperiment } from './experiments.ts'
import { query } from './query.ts'

interface ViewRow {
  readonly uuid: string
  readonly name: string
  readonly experiment_id: number | null
  /** JSON text. */
  readonly state: string
  readonly is_default: number
  readonly user_id: string
  readonly creation_time: number
  readonly last_update_time: number
}

const columns = sql`uuid, name, experiment_id, state, is_default, user_id, creation_time, last_update_time`

const find = query<{ uuid: string }, ViewRow>((p) => sql`select ${columns} from views where uuid = ${p.uuid}`)

const listOf = query<{ experiment: number }, ViewRow>(
  (p) => sql`select ${columns} from views where experiment_id = ${p.experiment} order by name, id`,
)

const listOfNone = query<Record<never, never>, ViewRow>(
  () => sql`select ${columns} from views where experiment_id is null order by name, id`,
)

const insert = query<ViewRow, unknown>(
  (p) => sql`insert into views (${columns}) values (${p.uuid}, ${p.name}, ${p.experiment_id}, ${p.state},
    ${p.is_default}, ${p.user_id}, ${p.creation_time}, ${p.last_update_time})`,
)

const replace = query<ViewRow, unknown>(
  (p) => sql`update views set name = ${p.name}, state = ${p.state}, is_default = ${p.is_default},
    last_update_time = ${p.last_update_time} where uuid = ${p.uuid}`,
)

const endDefault = query<{ experiment: number }, unknown>(
  (p) => sql`update views set is_default = 0 where experiment_id = ${p.experiment} and is_default = 1`,
)

const remove = query<{ uuid: string }, unknown>((p) => sql`delete from views where uuid = ${p.uuid}`)

function unknownView(viewId: string): Error {
  return doesNotExist(`View with id=${viewId.slice(0, 200)} not found`)
}

async function findView(database: Database, viewId: string): Promise<ViewRow> {
  const row = await database.first(find, { uuid: viewId })
  if (!row) throw unknownView(viewId)
  return row
}

/** Makes room for a view that is to be the default. */
async function takeDefault(database: Database, experiment: number | null): Promise<void> {
  if (experiment === null) {
    throw invalidParameter('A view of no experiment cannot be a default: no experiment would open with it.')
  }
  await database.run(endDefault, { experiment })
}

export function createViewStore(database: Database): ViewStore {
  return {
    create: ({ name, experimentId, state, isDefault }, author) =>
      database.transaction(async (inner) => {
        const experiment = experimentId === undefined ? null : (await findActiveExperiment(inner, experimentId)).id
        if (isDefault) await takeDefault(inner, experiment)
        const row: ViewRow = {
          uuid: newViewId(),
          name,
          experiment_id: experiment,
          state,
          is_default: isDefault ? 1 : 0,
          user_id: author.user,
          creation_time: author.time,
          last_update_time: author.time,
        }
        await inner.run(insert, row)
        return toView(row)
      }),

    async list(experimentId) {
      const rows =
        experimentId === undefined
          ? await database.all(listOfNone, {})
          : await database.all(listOf, { experiment: Number(experimentId) })
      return rows.map(toView)
    },

    get: async (viewId) => toView(await findView(database, viewId)),

    update: (viewId, { name, state, isDefault }, now) =>
      database.transaction(async (inner) => {
        const row = await findView(inner, viewId)
        if (isDefault === true) await takeDefault(inner, row.experiment_id)
        const changed: ViewRow = {
          ...row,
          name: name ?? row.name,
          state: state ?? row.state,
          is_default: isDefault === undefined ? row.is_default : isDefault ? 1 : 0,
          last_update_time: now,
        }
        await inner.run(replace, changed)
        return toView(changed)
      }),

    delete: (viewId) =>
      database.transaction(async (inner) => {
        if ((await inner.run(remove, { uuid: viewId })) === 0) throw unknownView(viewId)
      }),
  }
}

/** 60 random bits: short in an address, and unique among more views than anybody keeps. */
function newViewId(): string {
  return randomBytes(8).toString('base64url').slice(0, 10)
}

function toView(row: ViewRow): View {
  return {
    view_id: row.uuid,
    name: row.name,
    experiment_id: row.experiment_id === null ? undefined : String(row.experiment_id),
    state: JSON.parse(row.state) as unknown,
    is_default: row.is_default === 1,
    user_id: row.user_id === '' ? undefined : row.user_id,
    creation_timestamp: row.creation_time,
    last_updated_timestamp: row.last_update_time,
  }
}
