import { ApiError } from '@trackway/api'
import type { RegisteredModel } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import { eventTags, promptTag, saysPrompt } from '../../registry/rules.ts'
import type { RegisteredModelStore } from '../../registry/store.ts'
import type { Database } from './database.ts'
import { recordEvent } from './events.ts'
import { findVersion } from './model-version-rows.ts'
import { insertOrReplace } from './insertion.ts'
import { query } from './query.ts'
import { findModel, lookUpModel, readRegisteredModels, touchModel } from './registered-model-rows.ts'
import type { ModelRow } from './registered-model-rows.ts'
import { searchRegisteredModels } from './registered-model-search.ts'

interface NewRow {
  readonly name: string
  readonly user: string
  readonly description: string | null
  readonly time: number
  readonly isPrompt: 0 | 1
}

const insert = query<NewRow, { id: number }>(
  (p) => sql`insert into registered_models (name, user_id, description, creation_time, last_update_time, is_prompt)
    values (${p.name}, ${p.user}, ${p.description}, ${p.time}, ${p.time}, ${p.isPrompt}) returning id`,
)

const setName = query<{ id: number; name: string }, unknown>(
  (p) => sql`update registered_models set name = ${p.name} where id = ${p.id}`,
)

const touchVersions = query<{ id: number; time: number }, unknown>(
  (p) => sql`update model_versions set last_update_time = ${p.time} where model_id = ${p.id}`,
)

const setDescription = query<{ id: number; description: string | null }, unknown>(
  (p) => sql`update registered_models set description = ${p.description} where id = ${p.id}`,
)

const setIsPrompt = query<{ id: number; isPrompt: 0 | 1 }, unknown>(
  (p) => sql`update registered_models set is_prompt = ${p.isPrompt} where id = ${p.id}`,
)

const putTags = insertOrReplace('registered_model_tags', { model_id: 'key', key: 'text', value: 'text' }, [
  'model_id',
  'key',
])

const removeTag = query<{ id: number; key: string }, unknown>(
  (p) => sql`delete from registered_model_tags where model_id = ${p.id} and key = ${p.key}`,
)

const putAlias = query<{ id: number; alias: string; version: number }, unknown>(
  (p) => sql`insert into registered_model_aliases (model_id, alias, version)
    values (${p.id}, ${p.alias}, ${p.version})
    on conflict (model_id, alias) do update set version = excluded.version`,
)

const removeAlias = query<{ id: number; alias: string }, unknown>(
  (p) => sql`delete from registered_model_aliases where model_id = ${p.id} and alias = ${p.alias}`,
)

const inProduction = query<{ id: number }, { version: number }>(
  (p) => sql`select version from model_versions where model_id = ${p.id} and stage = 'Production' order by version`,
)

type OfModel = { id: number }
const versionsOf = (id: number) => sql`(select id from model_versions where model_id = ${id})`

/** What goes with a model, in an order that the foreign keys allow; the model itself is last. */
const removals = [
  query<OfModel, unknown>((p) => sql`delete from model_version_activities where version_id in ${versionsOf(p.id)}`),
  query<OfModel, unknown>((p) => sql`delete from model_version_tags where version_id in ${versionsOf(p.id)}`),
  query<OfModel, unknown>((p) => sql`delete from model_versions where model_id = ${p.id}`),
  query<OfModel, unknown>((p) => sql`delete from registered_model_aliases where model_id = ${p.id}`),
  query<OfModel, unknown>((p) => sql`delete from registered_model_tags where model_id = ${p.id}`),
  query<OfModel, unknown>((p) => sql`delete from approval_rules where model_id = ${p.id}`),
  query<OfModel, unknown>((p) => sql`delete from registered_models where id = ${p.id}`),
]

export function createRegisteredModelStore(database: Database): RegisteredModelStore {
  /** Changes a model in one transaction; gives it as it is then. */
  async function change(
    name: string,
    author: Author,
    work: (inner: Database, row: ModelRow) => Promise<void>,
  ): Promise<RegisteredModel> {
    return database.transaction(async (inner) => {
      const row = await findModel(inner, name)
      await work(inner, row)
      await touchModel(inner, row.id, author.time)
      return readOne(inner, row.id)
    })
  }

  return {
    create: ({ name, description, tags }, author) =>
      database.transaction(async (inner) => {
        const isPrompt = saysPrompt(tags)
        const taken = await lookUpModel(inner, name)
        if (taken) throw nameTaken(taken, isPrompt)
        const added = await inner.first(insert, {
          name,
          user: author.user,
          description: description || null,
          time: author.time,
          isPrompt: isPrompt ? 1 : 0,
        })
        if (!added) throw new Error('The registered model was not stored')
        await inner.insert(
          putTags,
          tags.map(({ key, value }) => ({ model_id: added.id, key, value })),
        )
        await recordEvent(inner, isPrompt ? 'prompt.created' : 'registered_model.created', author, {
          name,
          tags: eventTags(tags, isPrompt),
          description: description || null,
        })
        return readOne(inner, added.id)
      }),

    get: (name) => database.snapshot(async (inner) => readOne(inner, (await findModel(inner, name)).id)),

    getId: async (name) => String((await findModel(database, name)).id),

    search: (search) => searchRegisteredModels(database, search),

    rename: (name, newName, author) =>
      change(name, author, async (inner, row) => {
        if (newName !== name) {
          if (await lookUpModel(inner, newName))
            throw alreadyExists(`Registered Model (name=${newName}) already exists.`)
          await inner.run(setName, { id: row.id, name: newName })
          await recordEvent(inner, row.is_prompt ? 'prompt.renamed' : 'registered_model.renamed', author, {
            name,
            new_name: newName,
          })
        }
        await inner.run(touchVersions, { id: row.id, time: author.time })
      }),

    describe: (name, description, author) =>
      change(name, author, async (inner, row) => {
        const described = description === undefined ? row.description : description || null
        await inner.run(setDescription, { id: row.id, description: described })
        await recordEvent(inner, row.is_prompt ? 'prompt.updated' : 'registered_model.updated', author, {
          name,
          description: described,
        })
      }),

    delete: (name, author) =>
      database.transaction(async (inner) => {
        const row = await findModel(inner, name)
        const production = await inner.all(inProduction, { id: row.id })
        for (const removal of removals) await inner.run(removal, { id: row.id })
        await (row.is_prompt
          ? recordEvent(inner, 'prompt.deleted', author, { name })
          : recordEvent(inner, 'registered_model.deleted', author, {
              name,
              production_versions: production.map(({ version }) => String(version)),
            }))
      }),

    setTag: (name, tag, author) =>
      database.transaction(async (inner) => {
        const { id, is_prompt } = await findModel(inner, name)
        await inner.insert(putTags, [{ model_id: id, key: tag.key, value: tag.value }])
        const isPrompt = tag.key === promptTag ? saysPrompt([tag]) : is_prompt === 1
        if (tag.key === promptTag) await inner.run(setIsPrompt, { id, isPrompt: isPrompt ? 1 : 0 })
        await recordEvent(inner, isPrompt ? 'prompt_tag.set' : 'registered_model_tag.set', author, { name, ...tag })
      }),

    deleteTag: (name, key, author) =>
      database.transaction(async (inner) => {
        const { id, is_prompt } = await findModel(inner, name)
        if ((await inner.run(removeTag, { id, key })) === 0) return
        if (key === promptTag) await inner.run(setIsPrompt, { id, isPrompt: 0 })
        const isPrompt = is_prompt === 1 && key !== promptTag
        await recordEvent(inner, isPrompt ? 'prompt_tag.deleted' : 'registered_model_tag.deleted', author, {
          name,
          key,
        })
      }),

    setAlias: (name, alias, version, author) =>
      database.transaction(async (inner) => {
        const found = await findVersion(inner, name, version)
        await inner.run(putAlias, { id: found.model_id, alias, version })
        await recordEvent(inner, found.is_prompt ? 'prompt_alias.created' : 'model_version_alias.created', author, {
          name,
          alias,
          version: String(version),
        })
      }),

    deleteAlias: (name, alias, author) =>
      database.transaction(async (inner) => {
        const { id, is_prompt } = await findModel(inner, name)
        if ((await inner.run(removeAlias, { id, alias })) === 0) return
        await recordEvent(inner, is_prompt ? 'prompt_alias.deleted' : 'model_version_alias.deleted', author, {
          name,
          alias,
        })
      }),
  }
}

async function readOne(database: Database, id: number): Promise<RegisteredModel> {
  const [model] = await readRegisteredModels(database, [id])
  if (!model) throw new Error('The registered model is gone')
  return model
}

function nameTaken({ name, is_prompt }: ModelRow, isPrompt: boolean): ApiError {
  const [wanted, present] = [isPrompt, is_prompt === 1].map((prompt) => (prompt ? 'Prompt' : 'Registered Model'))
  if (wanted === present) return alreadyExists(`${wanted} (name=${name}) already exists.`)
  return alreadyExists(
    `Tried to create a ${wanted?.toLowerCase()} with name '${name}', but the name is already taken by a ` +
      `${present?.toLowerCase()}. A model and a prompt cannot have the same name.`,
  )
}

function alreadyExists(message: string): ApiError {
  return new ApiError('RESOURCE_ALREADY_EXISTS', message)
}
