import type { ModelVersion } from '@trackway/api'
import sql from 'sql-template-tag'

import type { RegistrySearch } from '../../registry/store.ts'
import { isCondition } from '../../search/filter.ts'
import type { Page } from '../../tracking/store.ts'
import type { Database } from './database.ts'
import { readListedVersions } from './model-version-rows.ts'
import { findPage } from './registry-page.ts'
import type { RegistryTable } from './registry-page.ts'

const versions: RegistryTable = {
  noun: 'model versions',
  // A cross join is walked in the order that it is written in.
  from: (search) =>
    isByName(search)
      ? sql`registered_models m cross join model_versions v`
      : sql`model_versions v cross join registered_models m`,
  joined: [sql`v.model_id = m.id`],
  id: sql`v.id`,
  attributes: {
    name: { expression: sql`m.name`, kind: 'text' },
    version_number: { expression: sql`v.version`, kind: 'int64' },
    run_id: { expression: sql`v.run_uuid`, kind: 'text', mayMiss: true },
    source_path: { expression: sql`v.source`, kind: 'text' },
    creation_timestamp: { expression: sql`v.creation_time`, kind: 'int64' },
    last_updated_timestamp: { expression: sql`v.last_update_time`, kind: 'int64' },
    current_stage: { expression: sql`v.stage`, kind: 'text' },
    status: { expression: sql`v.status`, kind: 'text' },
    user_id: { expression: sql`v.user_id`, kind: 'text', mayMiss: true },
    description: { expression: sql`coalesce(v.description, '')`, kind: 'text', mayMiss: true },
  },
  tags: { table: 'model_version_tags', owner: 'version_id' },
  order: [{ key: 'last_updated_timestamp', ascending: false }],
  tieBreak: [
    { key: 'name', ascending: true },
    { key: 'version_number', ascending: false },
  ],
}

/** Whether it is a few models' versions, or begins with a model's name: then the models lead to the versions. */
function isByName({ filter, orderBy }: RegistrySearch): boolean {
  const namesModels = filter
    .filter(isCondition)
    .some(
      ({ on, key, comparator, value }) =>
        on === 'attribute' &&
        key === 'name' &&
        (comparator === '=' || comparator === 'IN' || (comparator === 'LIKE' && !/^[%_]/.test(value))),
    )
  return namesModels || orderBy[0]?.key === 'name'
}

/**
 * One page of versions, the last changed first unless ordered otherwise: keys by filter and order first, then the page's
 * versions. As in MLflow a version without a run has the run_id ''.
 */
export function searchVersions(database: Database, search: RegistrySearch): Promise<Page<ModelVersion>> {
  return database.snapshot(async (inner) => {
    const { keys, token } = await findPage(inner, versions, search)
    return { items: await readListedVersions(inner, keys), token }
  })
}
