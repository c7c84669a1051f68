import type { RegisteredModel } from '@trackway/api'
import sql from 'sql-template-tag'

import type { RegistrySearch } from '../../registry/store.ts'
import type { Page } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readRegisteredModels } from './registered-model-rows.ts'
import { findPage } from './registry-page.ts'
import type { RegistryTable } from './registry-page.ts'

const models: RegistryTable = {
  noun: 'registered models',
  from: () => sql`registered_models m`,
  joined: [],
  id: sql`m.id`,
  attributes: {
    name: { expression: sql`m.name`, kind: 'text' },
    creation_timestamp: { expression: sql`m.creation_time`, kind: 'int64' },
    last_updated_timestamp: { expression: sql`m.last_update_time`, kind: 'int64' },
    description: { expression: sql`m.description`, kind: 'text', mayMiss: true },
  },
  tags: { table: 'registered_model_tags', owner: 'model_id' },
  order: [],
  tieBreak: [{ key: 'name', ascending: true }],
}

/** One page of models, by name unless ordered otherwise: keys by filter and order first, then the page's models. */
export function searchRegisteredModels(database: Database, search: RegistrySearch): Promise<Page<RegisteredModel>> {
  return database.snapshot(async (inner) => {
    const { keys, token } = await findPage(inner, models, search)
    return { items: await readRegisteredModels(inner, keys), token }
  })
}
