import type { Event, Stage } from '@trackway/api'
import sql from 'sql-template-tag'

import type { Author } from '../../access/caller.ts'
import type { ModelVersionStore, NewModelVersion, RegisteredModelStore, RegistrySearch } from '../../registry/store.ts'
import { parseOrderBy } from '../../search/order-by.ts'
import { parseFilter } from '../../search/parser.ts'
import type { KeyValue, Page } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { eventsAfter } from './events.ts'
import { createModelVersionStore } from './model-versions.ts'
import { query } from './query.ts'
import { createRegisteredModelStore } from './registered-models.ts'
import type { TestDatabase } from './test-engines.ts'

const setStage = query<{ name: string; version: number; stage: Stage }, unknown>(
  (p) => sql`update model_versions set stage = ${p.stage}
    where version = ${p.version} and model_id = (select id from registered_models where name = ${p.name})`,
)

export type Tags = Readonly<Record<string, string>>

export interface RegistryAsk {
  readonly filter?: string
  readonly orderBy?: readonly string[]
  readonly maxResults?: number
  readonly pageToken?: string | undefined
}

/** The registry's stores on a database of their own, with short ways to fill them and to look into them. */
export interface TestRegistry {
  readonly database: Database
  readonly fill: TestDatabase['fill']
  readonly models: RegisteredModelStore
  readonly versions: ModelVersionStore
  newModel(name: string, more?: { time?: number; description?: string; tags?: Tags }): Promise<void>
  /** Its number. */
  newVersion(
    name: string,
    more?: Partial<Omit<NewModelVersion, 'tags'>> & { time?: number; user?: string; tags?: Tags; stage?: Stage },
  ): Promise<number>
  /** A search in MLflow's language. */
  search(entity: 'registeredModels' | 'modelVersions', ask: RegistryAsk): RegistrySearch
  /** The names of all pages, in order. */
  findModels(ask: RegistryAsk): Promise<string[]>
  /** `name/number` of all pages, in order. */
  findVersions(ask: RegistryAsk): Promise<string[]>
  events(): Promise<Pick<Event, 'kind' | 'data'>[]>
  close(): Promise<void>
}

/** Somebody at a time. */
export const by = (time: number, user = 'ann'): Author => ({ user, time })

export const pairs = (tags: Tags = {}): KeyValue[] => Object.entries(tags).map(([key, value]) => ({ key, value }))

export async function openRegistry(open: () => Promise<TestDatabase>): Promise<TestRegistry> {
  const { database, fill, close } = await open()
  const models = createRegisteredModelStore(database)
  const versions = createModelVersionStore(database)
  const search: TestRegistry['search'] = (entity, { filter = '', orderBy = [], maxResults = 1000, pageToken }) => ({
    filter: parseFilter(entity, filter),
    orderBy: parseOrderBy(entity, orderBy),
    maxResults,
    pageToken,
  })
  return {
    database,
    models,
    versions,
    fill,
    close,
    search,
    async newModel(name, { time = 1, description, tags } = {}) {
      await models.create({ name, description, tags: pairs(tags) }, by(time))
    },
    async newVersion(name, { time = 1, user = 'ann', tags, stage, ...more } = {}) {
      const made = await versions.create(
        {
          name,
          source: 's3://bucket/model',
          runId: undefined,
          modelId: undefined,
          runLink: '',
          description: undefined,
          ...more,
          tags: pairs(tags),
        },
        by(time, user),
      )
      const version = Number(made.version)
      if (stage) await database.run(setStage, { name, version, stage })
      return version
    },
    findModels: (ask) =>
      allPages(async (pageToken) => {
        const { items, token } = await models.search(search('registeredModels', { ...ask, pageToken }))
        return { items: items.map(({ name }) => name), token }
      }),
    findVersions: (ask) =>
      allPages(async (pageToken) => {
        const { items, token } = await versions.search(search('modelVersions', { ...ask, pageToken }))
        return { items: items.map(({ name, version }) => `${name}/${version}`), token }
      }),
    events: async () => (await eventsAfter(database, 0, 1000)).map(({ kind, data }) => ({ kind, data })),
  }
}

async function allPages(read: (pageToken: string | undefined) => Promise<Page<string>>): Promise<string[]> {
  const found: string[] = []
  let page = await read(undefined)
  found.push(...page.items)
  while (page.token !== null) {
    page = await read(page.token)
    found.push(...page.items)
    if (found.length > 10_000) throw new Error('The pages have no end')
  }
  return found
}
