import { doesNotExist } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import { eventTags } from '../../registry/rules.ts'
import { splitUri } from '../../registry/source-uri.ts'
import type { ModelVersionStore, NewModelVersion } from '../../registry/store.ts'
import type { Database } from './database.ts'
import { recordEvent } from './events.ts'
import { appendToUri } from './experiments.ts'
import { tellLoggedModel } from './logged-model-registrations.ts'
import { findVersion, latestVersionKeys, readVersion, readVersions } from './model-version-rows.ts'
import { searchVersions } from './model-version-search.ts'
import { insertOrReplace } from './insertion.ts'
import { query } from './query.ts'
import { findModel, touchModel } from './registered-model-rows.ts'
import { findRun } from './run-rows.ts'
import { readLineage } from './version-lineage.ts'
import { findVersionByAlias, newestVersion } from './version-picks.ts'
import { placeVersion } from './version-placement.ts'
import type { VersionPlacement } from './version-placement.ts'

const nextNumber = query<{ model: number; time: number }, { last_version: number }>(
  (p) => sql`update registered_models set last_version = last_version + 1, last_update_time = ${p.time}
    where id = ${p.model} returning last_version`,
)

interface NewRow extends VersionPlacement {
  readonly model: number
  readonly version: number
  readonly user: string
  readonly description: string
  readonly runLink: string
  readonly time: number
}

const insert = query<NewRow, { id: number }>(
  (p) => sql`insert into model_versions (model_id, version, stage, user_id, description, source, storage_location,
      run_uuid, run_link, model_uuid, source_version_id, status, status_message, creation_time, last_update_time)
    values (${p.model}, ${p.version}, 'None', ${p.user}, ${p.description}, ${p.source}, ${p.storageLocation},
      ${p.runId}, ${p.runLink}, ${p.modelUuid}, ${p.sourceVersionId}, 'READY', '', ${p.time}, ${p.time})
    returning id`,
)

const setDescription = query<{ id: number; description: string; time: number }, unknown>(
  (p) => sql`update model_versions set description = ${p.description}, last_update_time = ${p.time} where id = ${p.id}`,
)

const setTime = query<{ id: number; time: number }, unknown>(
  (p) => sql`update model_versions set last_update_time = ${p.time} where id = ${p.id}`,
)

const putTags = insertOrReplace('model_version_tags', { version_id: 'key', key: 'text', value: 'text' }, [
  'version_id',
  'key',
])

const removeTag = query<{ id: number; key: string }, unknown>(
  (p) => sql`delete from model_version_tags where version_id = ${p.id} and key = ${p.key}`,
)

const removeAliases = query<{ model: number; version: number }, unknown>(
  (p) => sql`delete from registered_model_aliases where model_id = ${p.model} and version = ${p.version}`,
)

const removals = [
  query<{ id: number }, unknown>((p) => sql`delete from model_version_tags where version_id = ${p.id}`),
  query<{ id: number }, unknown>((p) => sql`delete from model_version_activities where version_id = ${p.id}`),
  query<{ id: number }, unknown>((p) => sql`delete from model_versions where id = ${p.id}`),
]

export function createModelVersionStore(database: Database): ModelVersionStore {
  return {
    create: (version, author) =>
      database.transaction(async (inner) => {
        const placement = await placeVersion(inner, version)
        const model = await findModel(inner, version.name)
        const taken = await inner.first(nextNumber, { model: model.id, time: author.time })
        if (!taken) throw new Error('The version got no number')
        const added = await inner.first(insert, {
          ...placement,
          model: model.id,
          version: taken.last_version,
          user: author.user,
          description: version.description ?? '',
          runLink: version.runLink,
          time: author.time,
        })
        if (!added) throw new Error('The version was not stored')
        await inner.insert(
          putTags,
          version.tags.map(({ key, value }) => ({ version_id: added.id, key, value })),
        )
        if (placement.modelUuid !== '') {
          await tellLoggedModel(inner, placement.modelUuid, model.name, taken.last_version)
        }
        await tellOfNew(
          inner,
          version,
          placement,
          { version: taken.last_version, isPrompt: model.is_prompt === 1 },
          author,
        )
        return readVersion(inner, added.id)
      }),

    get: (name, version) =>
      database.snapshot(async (inner) => readVersion(inner, (await findVersion(inner, name, version)).id)),

    getByAlias: (name, alias) =>
      database.snapshot(async (inner) => {
        const model = await findModel(inner, name)
        if (alias.toLowerCase() !== 'latest') {
          return readVersion(inner, (await findVersionByAlias(inner, model, alias)).id)
        }
        const newest = await newestVersion(inner, model, undefined)
        if (!newest) throw doesNotExist(`Latest version not found for model ${name}.`)
        return readVersion(inner, newest.id)
      }),

    latest: (name, stages) =>
      database.snapshot(async (inner) => {
        const { id } = await findModel(inner, name)
        const versions = await readVersions(inner, (await latestVersionKeys(inner, [id])).get(id) ?? [])
        if (stages.length === 0) return versions
        return [...new Set(stages)].flatMap((stage) => versions.filter((version) => version.current_stage === stage))
      }),

    search: (search) => searchVersions(database, search),

    describe: (name, version, description, author) =>
      database.transaction(async (inner) => {
        const { id, is_prompt } = await findVersion(inner, name, version)
        const { time } = author
        await (description === undefined
          ? inner.run(setTime, { id, time })
          : inner.run(setDescription, { id, description, time }))
        const described = await readVersion(inner, id)
        await recordEvent(inner, is_prompt ? 'prompt_version.updated' : 'model_version.updated', author, {
          name,
          version: described.version,
          description: described.description || null,
        })
        return described
      }),

    delete: (name, version, author) =>
      database.transaction(async (inner) => {
        const found = await findVersion(inner, name, version)
        await inner.run(removeAliases, { model: found.model_id, version: found.version })
        for (const removal of removals) await inner.run(removal, { id: found.id })
        await touchModel(inner, found.model_id, author.time)
        const told = { name, version: String(found.version) }
        await (found.is_prompt
          ? recordEvent(inner, 'prompt_version.deleted', author, told)
          : recordEvent(inner, 'model_version.deleted', author, { ...told, stage: found.stage }))
      }),

    setTag: (name, version, tag, author) =>
      database.transaction(async (inner) => {
        const found = await findVersion(inner, name, version)
        await inner.insert(putTags, [{ version_id: found.id, key: tag.key, value: tag.value }])
        const kind = found.is_prompt ? 'prompt_version_tag.set' : 'model_version_tag.set'
        await recordEvent(inner, kind, author, { name, version: String(found.version), ...tag })
      }),

    deleteTag: (name, version, key, author) =>
      database.transaction(async (inner) => {
        const found = await findVersion(inner, name, version)
        if ((await inner.run(removeTag, { id: found.id, key })) === 0) return
        const kind = found.is_prompt ? 'prompt_version_tag.deleted' : 'model_version_tag.deleted'
        await recordEvent(inner, kind, author, { name, version: String(found.version), key })
      }),

    downloadUri: async (name, version) => (await findVersion(database, name, version)).storage_location,

    artifactUri: (name, version) =>
      database.snapshot(async (inner) => {
        const { storage_location } = await findVersion(inner, name, version)
        const { scheme, path } = splitUri(storage_location)
        if (scheme !== 'runs') return storage_location
        const [, runId = '', ...names] = path.split('/')
        const { artifact_uri } = await findRun(inner, runId)
        return names.length === 0 ? artifact_uri : appendToUri(artifact_uri, names.join('/'))
      }),

    lineage: (name, version) =>
      database.snapshot(async (inner) => readLineage(inner, await findVersion(inner, name, version))),
  }
}

async function tellOfNew(
  database: Database,
  { name, tags, description }: NewModelVersion,
  { source, runId }: VersionPlacement,
  made: { readonly version: number; readonly isPrompt: boolean },
  author: Author,
): Promise<void> {
  const told = {
    name,
    version: String(made.version),
    tags: eventTags(tags, made.isPrompt),
    description: description || null,
  }
  if (made.isPrompt) {
    const template = tags.find(({ key }) => key === 'mlflow.prompt.text')?.value ?? null
    await recordEvent(database, 'prompt_version.created', author, { ...told, template })
  } else {
    await recordEvent(database, 'model_version.created', author, { ...told, source, run_id: runId || null })
  }
}
